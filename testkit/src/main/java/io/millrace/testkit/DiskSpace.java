package io.millrace.testkit;

/** The room on the disk in bytes. A file takes as many as it is long. Guarded by the lock of the disk. */
final class DiskSpace {
    private long capacityBytes = Long.MAX_VALUE;
    private long usedBytes;
    private boolean canReserve = true;

    void capacity(long bytes) {
        capacityBytes = bytes;
    }

    void canReserve(boolean can) {
        canReserve = can;
    }

    boolean canReserve() {
        return canReserve;
    }

    /** May be less than is used. */
    long usableBytes() {
        return Math.max(0, capacityBytes - usedBytes);
    }

    /** Takes note that this many more bytes are used, or fewer if negative. */
    void grow(long bytes) {
        usedBytes += bytes;
    }

    void recount(long bytes) {
        usedBytes = bytes;
    }
}
