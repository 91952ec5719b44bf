package io.millrace.engine;

import io.millrace.storage.index.EntryIndex;
import io.millrace.storage.index.IndexCache;

/**
 * A log of a shard: the offsets it has given out, and where its entries are. The loop's.
 */
final class MessageLog {
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

    long id() {
        return id;
    }

    EntryIndex entries() {
        return entries;
    }

    /** The offset that the next message will have. */
    long nextOffset() {
        return nextOffset;
    }

    /** Messages below it are synced and may be delivered. */
    long readableOffset() {
        return readableOffset;
    }

    /**
     * Notes the entry that was appended at {@code position}, or replayed from there, and whose greatest timestamp is
     * {@code millis}.
     */
    void append(long firstOffset, int span, long position, int recordBytes, long millis) {
        entries.add(firstOffset, span, position, recordBytes, millis);
        nextOffset = firstOffset + span;
    }

    /** Lets messages below {@code offset} be delivered. */
    void publishReadable(long offset) {
        readableOffset = Math.max(readableOffset, offset);
    }

    /** Gives the offsets below {@code offset} out to nobody. */
    void skipTo(long offset) {
        nextOffset = offset;
    }
}
