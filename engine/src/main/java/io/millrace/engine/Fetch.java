package io.millrace.engine;

import io.millrace.base.Loop;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.read.EntrySet;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.RegionChoice;
import io.millrace.storage.StoredRegion;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A request for the entries of a log from an offset on, whole and in order; it changes nothing. A door subclasses it;
 * {@link Shard#fetch} takes it, and exactly one outcome is called on the shard's loop, unless it was cancelled ({@link
 * Shard#cancel(Fetch)}). After {@link #onFetched} the receiver calls {@link #release}.
 *
 * <p>Bodies are in memory and verified. A door that sends bodies as they are to a socket, in a format whose clients
 * verify a checksum of their own, can ask for those on disk as {@link StoredRegion}s; it gets what can be had.
 */
public abstract class Fetch {
    /** Stands for the first offset that is there. */
    public static final long EARLIEST = -2;

    /** Stands for the end: what is stored from now on. */
    public static final long LATEST = -1;

    private long fromOffset;
    private final int entriesMax;
    private final int bytesMax;
    private final long waitNanos;
    private final @Nullable RegionChoice regionChoice;
    private long nextOffset;
    private long earliestOffset;
    private long endOffset;

    @Nullable
    EntrySet entries;

    @Nullable
    Queue queue;

    /** When the wait is over, while it waits. */
    Loop.@Nullable Timer timer;

    boolean cancelled;
    boolean waited;
    long bytes;

    /**
     * Asks for up to {@code entriesMax} entries of up to {@code bytesMax} bytes in all, but at least one, from {@code
     * fromOffset} on, which may be {@link #EARLIEST} or {@link #LATEST}; waits up to {@code waitNanos} for the first.
     */
    protected Fetch(long fromOffset, int entriesMax, int bytesMax, long waitNanos) {
        this(fromOffset, entriesMax, bytesMax, waitNanos, null);
    }

    /** The same; bodies that {@code regions} says may come as regions of files. */
    protected Fetch(long fromOffset, int entriesMax, int bytesMax, long waitNanos, @Nullable RegionChoice regions) {
        if (entriesMax < 1 || waitNanos < 0) {
            throw new IllegalArgumentException("a fetch asks for at least one entry, and waits for 0 or more");
        }
        this.fromOffset = fromOffset;
        this.entriesMax = entriesMax;
        this.bytesMax = bytesMax;
        this.waitNanos = waitNanos;
        this.regionChoice = regions;
        this.nextOffset = fromOffset;
    }

    /** The entries are there; none where the wait was in vain. */
    protected abstract void onFetched();

    /** The log has messages from {@code floor} up to but not {@code end}; the offset lies outside. */
    protected abstract void onOutOfRange(long floor, long end);

    /** Nothing can be had of the log. */
    protected abstract void onRefused(Refusal reason);

    /**
     * Whether it is of no interest that messages from the offset on are gone: then it begins with the first that is
     * there, instead of being told {@link #onOutOfRange}. On the shard's loop.
     */
    protected boolean passesOverGaps() {
        return false;
    }

    /** The offset that it begins at. Known when an outcome is called. */
    public final long fromOffset() {
        return fromOffset;
    }

    /** Says what the log has: messages from {@code earliest} up to but not {@code end}. */
    void begin(long earliest, long end) {
        earliestOffset = earliest;
        endOffset = end;
        if (fromOffset == LATEST) {
            fromOffset = end;
        } else if (fromOffset == EARLIEST || (fromOffset < earliest && passesOverGaps())) {
            fromOffset = earliest;
        }
    }

    int entriesMax() {
        return entriesMax;
    }

    int bytesMax() {
        return bytesMax;
    }

    long waitNanos() {
        return waitNanos;
    }

    @Nullable
    RegionChoice regionChoice() {
        return regionChoice;
    }

    /** Begins anew, with what {@code set} will hold. */
    void restart(EntrySet set) {
        release();
        entries = set;
        bytes = 0;
        nextOffset = fromOffset;
    }

    void end(long offset) {
        nextOffset = offset;
    }

    /** The number of entries. */
    public final int size() {
        return entries == null ? 0 : entries.size();
    }

    /** Whether entry {@code index} could be read; what is damaged is passed over by the next fetch. */
    public final boolean isReadable(int index) {
        return entries != null && entries.entry(index) != null;
    }

    /**
     * The offset of the first message of entry {@code index}; that of the first entry may lie before what was asked.
     */
    public final long firstOffset(int index) {
        if (entries == null) {
            throw new IndexOutOfBoundsException(index);
        }
        return entries.firstOffset(index);
    }

    /**
     * Entry {@code index}, which is readable, from the envelope on; valid until {@link #release}. It ends with the
     * envelope where its body is a {@link #region}.
     */
    public final ByteBuf entry(int index) {
        ByteBuf entry = entries == null ? null : entries.entry(index);
        if (entry == null) {
            throw new IllegalStateException("entry " + index + " cannot be read");
        }
        return entry;
    }

    /**
     * The body of entry {@code index} as a region of a file, not verified; null where it is in memory. Valid until
     * {@link #release}; who sends it retains it until that is done.
     */
    public final @Nullable StoredRegion region(int index) {
        return entries == null ? null : entries.body(index);
    }

    /** Reads the envelope of entry {@code index}, which is readable, into {@code target}. */
    public final void readEnvelope(int index, EntryEnvelope target) {
        ByteBuf entry = entry(index);
        StoredRegion body = region(index);
        try {
            int bytes = entry.readableBytes() + (body == null ? 0 : body.bytes());
            target.read(entry, entry.readerIndex(), bytes, "an entry");
        } catch (CorruptEntryException e) {
            throw new IllegalStateException("what was verified does not have its checksum", e);
        }
    }

    /** The first offset that the log has, as it was when the entries were found. */
    public final long earliestOffset() {
        return earliestOffset;
    }

    /** Where the messages end that can be read, as it was when the entries were found. */
    public final long endOffset() {
        return endOffset;
    }

    /**
     * Whether the message at {@code offset} is gone, as consumers have settled it or it is kept no more, though its
     * entry is there. While an outcome is called.
     */
    public final boolean isGone(long offset) {
        return queue != null && queue.isSettled(offset, offset + 1);
    }

    /** Where the next fetch goes on. */
    public final long nextOffset() {
        return nextOffset;
    }

    /** Gives the memory back, and the regions. */
    public final void release() {
        if (entries != null) {
            entries.release();
        }
    }
}
