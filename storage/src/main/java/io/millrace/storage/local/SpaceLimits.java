package io.millrace.storage.local;

/**
 * From where on a store takes no new messages. What frees space always goes on: acknowledgements and their like with
 * the journal files that they need, and moving what lives in old files. So {@code bytesMax} is held by refusing
 * messages early enough, not by stopping the journal.
 *
 * @param bytesMax what the data directory may have in bytes; {@link Long#MAX_VALUE} for no bound
 * @param freeBytesMin how many bytes of the disk stay free; less than a journal file is as much as one
 * @param unsyncedBytesMax bytes of messages that may have been taken and not be written yet when others are refused
 */
public record SpaceLimits(long bytesMax, long freeBytesMin, long unsyncedBytesMax) {
    /** No bounds: messages are refused where the disk has no room for a journal file, and only there. */
    public static final SpaceLimits NONE = new SpaceLimits(Long.MAX_VALUE, 0, 0);

    /** Journal files' worth that is kept: one for acknowledgements, one for what is moved and for snapshots. */
    private static final int RESERVED_FILES = 2;

    /** Manifest and snapshot of a shard, the old ones and the new, where there is little in them. */
    private static final long SHARD_BYTES = 4L * JournalFormat.BLOCK_BYTES;

    /** Checks the ranges. */
    public SpaceLimits {
        if (bytesMax < 1 || freeBytesMin < 0 || unsyncedBytesMax < 0) {
            throw new IllegalArgumentException("limits of space are not negative");
        }
    }

    /** Whether there is anything to hold. */
    boolean any() {
        return bytesMax < Long.MAX_VALUE || freeBytesMin > 0;
    }

    /**
     * Bytes of {@link #bytesMax} that messages do not get: what was taken already and is still to be written, journal
     * files for acknowledgements, and room to move what lives in old files.
     */
    static long reserveBytes(long fileBytes, long unsyncedBytesMax) {
        return RESERVED_FILES * fileBytes + unsyncedBytesMax;
    }

    /**
     * The least that {@link #bytesMax} can be: a journal at its size and the file by which it exceeds it before the
     * oldest leaves, the files that are prepared, what every shard needs, what is kept, and one more file, half of
     * which is the distance at which publishing goes on.
     */
    public static long bytesMaxLeast(
            long journalBytes, long fileBytes, int spareFiles, int shards, long unsyncedBytesMax) {
        long journalFiles = LocalStoreOptions.journalFilesMax(journalBytes, fileBytes) + 1L;
        return (journalFiles + spareFiles + 1) * fileBytes
                + shards * SHARD_BYTES
                + reserveBytes(fileBytes, unsyncedBytesMax);
    }
}
