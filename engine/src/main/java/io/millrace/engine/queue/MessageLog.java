package io.millrace.engine.queue;

import io.millrace.storage.index.EntryIndex;
import io.millrace.storage.index.IndexCache;
import org.jspecify.annotations.Nullable;

/**
 * A log of a shard: the offsets it has given out, and where its entries are. That of a subscription has an id of its
 * own and the messages of another log, its <em>source</em>. The loop's.
 */
public final class MessageLog {
    private final long id;
    private final EntryIndex entries;
    private @Nullable MessageLog source;
    private long nextOffset;
    private long readableOffset;

    MessageLog(long id, long nextOffset, IndexCache cache) {
        this.id = id;
        this.entries = new EntryIndex(cache);
        this.nextOffset = nextOffset;
        this.readableOffset = nextOffset;
    }

    /** Has the messages of {@code other} from now on. */
    void follow(MessageLog other) {
        source = other;
    }

    public long id() {
        return id;
    }

    /** Where its entries are, those that are still needed. */
    public EntryIndex entries() {
        return source == null ? entries : source.entries;
    }

    /** The offset that the next message will have. */
    public long nextOffset() {
        return source == null ? nextOffset : source.nextOffset;
    }

    /** Messages below it are synced and may be delivered. */
    public long readableOffset() {
        return source == null ? readableOffset : source.readableOffset;
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
