package io.millrace.engine;

import io.millrace.base.Loop;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A request for the entries of a log from an offset on, whole and in order; it changes nothing. A door subclasses it;
 * {@link Shard#fetch} takes it, and exactly one outcome is called on the shard's loop, unless it was cancelled ({@link
 * Shard#cancel(Fetch)}). After {@link #onFetched} the receiver calls {@link #release}.
 */
public abstract class Fetch {
    private final long fromOffset;
    private final int entriesMax;
    private final int bytesMax;
    private final long waitNanos;
    private long nextOffset;

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
     * fromOffset} on; waits up to {@code waitNanos} for the first.
     */
    protected Fetch(long fromOffset, int entriesMax, int bytesMax, long waitNanos) {
        if (entriesMax < 1 || waitNanos < 0) {
            throw new IllegalArgumentException("a fetch asks for at least one entry, and waits for 0 or more");
        }
        this.fromOffset = fromOffset;
        this.entriesMax = entriesMax;
        this.bytesMax = bytesMax;
        this.waitNanos = waitNanos;
        this.nextOffset = fromOffset;
    }

    /** The entries are there; none where the wait was in vain. */
    protected abstract void onFetched();

    /** The log has messages from {@code floor} up to but not {@code end}; the offset lies outside. */
    protected abstract void onOutOfRange(long floor, long end);

    /** Nothing can be had of the log. */
    protected abstract void onRefused(Refusal reason);

    long fromOffset() {
        return fromOffset;
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

    /** Entry {@code index}, which is readable, from the envelope on; valid until {@link #release}. */
    public final ByteBuf entry(int index) {
        ByteBuf entry = entries == null ? null : entries.entry(index);
        if (entry == null) {
            throw new IllegalStateException("entry " + index + " cannot be read");
        }
        return entry;
    }

    /** Where the next fetch goes on. */
    public final long nextOffset() {
        return nextOffset;
    }

    /** Gives the memory back. */
    public final void release() {
        if (entries != null) {
            entries.release();
        }
    }
}
