package io.millrace.engine.queue;

import io.millrace.storage.index.EntryIndex;
import io.millrace.storage.index.IndexCache;

/**
 * A log of a shard: the offsets it has given out, and where its entries are. The loop's.
 */
public final class MessageLog {
    private final long id;
    private final EntryIndex entries;
    private long nextOffset;
    private long readableOffset;

    MessageLog(long id, long nextOffset, IndexCache cache) {
        this.id = id;
        this.entries = new EntryIndex(cache);
        this.nextOffset = nextOffset;
        this.readableOffset = nextOffset;
    }

    public long id() {
        return id;
    }

    /** Where its entries are, those that are still needed. */
    public EntryIndex entries() {
        return entries;
    }

    /** The offset that the next message will have. */
    public long nextOffset() {
        return nextOffset;
    }

    /** Messages below it are synced and may be delivered. */
    public long readableOffset() {
        return readableOffset;
    }

    /**
     * Notes the entry that was appended at {@code position}, or replayed from there, and whose greatest timestamp is
     * {@code millis}.
     */
    public void append(long firstOffset, int span, long position, int recordBytes, long millis) {
        entries.add(firstOffset, span, position, recordBytes, millis);
        nextOffset = firstOffset + span;
    }

    /** Lets messages below {@code offset} be delivered. */
    void publishReadable(long offset) {
        readableOffset = Math.max(readableOffset, offset);
    }

    /** Gives the offsets below {@code offset} out to nobody. */
    public void skipTo(long offset) {
        nextOffset = offset;
    }
}
