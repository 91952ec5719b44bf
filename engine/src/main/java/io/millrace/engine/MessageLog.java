package io.millrace.engine;

/**
 * A log of a shard: the offsets it has given out, and where its entries are. The loop's.
 */
final class MessageLog {
    private final long id;
    private final EntryIndex entries = new EntryIndex();
    private long nextOffset;
    private long readableOffset;
    /** Position of the newest record that says what the next offset is: an entry, or a log state. */
    private long statePosition;

    MessageLog(long id, long nextOffset) {
        this.id = id;
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

    long statePosition() {
        return statePosition;
    }

    /** Notes the entry that was appended at {@code position}, or replayed from there. */
    void append(long firstOffset, int span, long position, int recordBytes) {
        entries.add(firstOffset, span, position, recordBytes);
        nextOffset = firstOffset + span;
        statePosition = position;
    }

    /** Lets messages below {@code offset} be delivered. */
    void publishReadable(long offset) {
        readableOffset = Math.max(readableOffset, offset);
    }

    /** Gives the offsets below {@code offset} out to nobody. */
    void skipTo(long offset) {
        nextOffset = offset;
    }

    /** Notes that the record at {@code position} states the next offset. */
    void noteState(long position) {
        statePosition = position;
    }
}
