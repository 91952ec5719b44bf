package io.millrace.engine.segment;

import io.millrace.storage.Extent;
import org.jspecify.annotations.Nullable;

/** A segment of entries of a shard, and what is known of how much lives in it. The loop's. */
public final class EntrySegment {
    private final long number;
    private final long bytes;
    private final long entryBytes;
    private final @Nullable Extent adopted;

    /** Runs of logs that are in use. */
    int runs;
    /** Jobs that read in it: it stays for them though no run is in use. */
    int pins;
    /** What storage was told of the bytes that live. */
    long toldLiveBytes;

    private long liveBytes;
    private long countedBytes;
    private boolean wanted;
    private boolean unreadable;

    /**
     * Makes segment {@code number} of {@code bytes} bytes, written with {@code entryBytes} bytes of entries, in which
     * nothing lives yet; its records have stayed in the extent {@code adopted}, or where that is null it has them
     * itself.
     */
    public EntrySegment(long number, long bytes, long entryBytes, @Nullable Extent adopted) {
        this.number = number;
        this.bytes = bytes;
        this.entryBytes = entryBytes;
        this.adopted = adopted;
    }

    /** The same as a checkpoint names it, which has told storage that {@code liveBytes} live. */
    public EntrySegment(long number, long bytes, long entryBytes, @Nullable Extent adopted, long liveBytes) {
        this(number, bytes, entryBytes, adopted);
        this.liveBytes = liveBytes;
        toldLiveBytes = liveBytes;
    }

    /** Its number, which no other segment of the shard has had. */
    public long number() {
        return number;
    }

    /** The length of the segment itself. */
    public long bytes() {
        return bytes;
    }

    /**
     * Bytes of its entries when it was written; the rest of it is the index. An entry that several logs share counts
     * for each of them: there may be more than the segment has.
     */
    public long entryBytes() {
        return entryBytes;
    }

    /** Where its records have stayed; null where it has them itself. */
    public @Nullable Extent adopted() {
        return adopted;
    }

    /** The bytes that would be free without it. */
    public long heldBytes() {
        return adopted == null ? bytes : adopted.to() - adopted.from();
    }

    /**
     * The bytes that would be free if what lives were written anew, with its part of the index, and what is shared for
     * each log.
     */
    public long spareBytes() {
        return heldBytes() - (adopted == null ? Math.max(bytes * liveBytes / entryBytes, liveBytes) : liveBytes);
    }

    /** Whether less than half of what was written into it lives, and copies for each log would not be more either. */
    public boolean isSparse() {
        return liveBytes < Math.min(entryBytes, bytes) / 2;
    }

    /** Whether a run of a log in it is in use. */
    public boolean isUsed() {
        return runs > 0;
    }

    /** About how many bytes of its records live, those of each log; counted now and then. */
    public long liveBytes() {
        return liveBytes;
    }

    /** So many bytes more of its records live. */
    public void addLiveBytes(long more) {
        liveBytes += more;
    }

    /** Begins to count what lives; until {@link #endCount} the last count holds. */
    public void beginCount() {
        countedBytes = 0;
    }

    /** Counts some of what lives. */
    public void count(long more) {
        countedBytes += more;
    }

    /** What was counted holds from now on. */
    public void endCount() {
        liveBytes = countedBytes;
    }

    /** Whether storage wants the extent back that its records have stayed in. */
    public boolean isWanted() {
        return wanted;
    }

    /** Storage wants the extent back that its records have stayed in. */
    public void markWanted() {
        wanted = true;
    }

    /** Whether something in it could not be read when it was to be moved: it stays as it is. */
    public boolean isUnreadable() {
        return unreadable;
    }

    /** Something in it cannot be read. */
    public void markUnreadable() {
        unreadable = true;
    }
}
