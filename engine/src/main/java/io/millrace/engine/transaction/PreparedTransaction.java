package io.millrace.engine.transaction;

import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * What a transaction will have done in this shard if it is committed. Until that is known, its messages and those that
 * it acknowledges are kept back. The loop's.
 */
public final class PreparedTransaction {
    private final int coordinator;
    private final long token;
    private final List<EntryEnvelope> entries = new ArrayList<>();
    private final List<Acknowledged> acknowledged = new ArrayList<>();

    /**
     * A message that is settled if the transaction is committed, and goes back otherwise.
     *
     * @param logId its log
     * @param offset its offset
     * @param priority its priority, unsigned
     */
    public record Acknowledged(long logId, long offset, int priority) {}

    /** One that the shard {@code coordinator} decides, and knows by {@code token}. */
    public PreparedTransaction(int coordinator, long token) {
        this.coordinator = coordinator;
        this.token = token;
    }

    /** The shard that decides. */
    public int coordinator() {
        return coordinator;
    }

    /** What that shard knows it by. */
    public long token() {
        return token;
    }

    /** The entries that it has published, in their order: what their envelopes say of where and when. */
    public List<EntryEnvelope> entries() {
        return entries;
    }

    /** The messages that it acknowledges. */
    public List<Acknowledged> acknowledged() {
        return acknowledged;
    }

    /** Whether it has published an entry to log {@code logId} whose key has these halves. */
    public boolean hasKey(long logId, long high, long low) {
        for (EntryEnvelope each : entries) {
            if (each.logId == logId && each.deduplicationHigh == high && each.deduplicationLow == low) {
                return true;
            }
        }
        return false;
    }

    void writeTo(ByteBuf target) {
        target.writeInt(coordinator).writeLong(token);
        target.writeInt(entries.size());
        for (EntryEnvelope each : entries) {
            target.writeLong(each.logId).writeLong(each.firstOffset).writeInt(each.span);
            target.writeInt(each.priority).writeByte(each.flags).writeLong(each.dueMillis);
            target.writeLong(each.deduplicationHigh).writeLong(each.deduplicationLow);
            target.writeLong(each.deduplicationUntilMillis);
        }
        target.writeInt(acknowledged.size());
        for (Acknowledged each : acknowledged) {
            target.writeLong(each.logId).writeLong(each.offset).writeInt(each.priority);
        }
    }

    static PreparedTransaction read(ByteBuf source) {
        PreparedTransaction prepared = new PreparedTransaction(source.readInt(), source.readLong());
        for (int left = source.readInt(); left > 0; left--) {
            EntryEnvelope entry = new EntryEnvelope();
            entry.reset(source.readLong(), source.readLong(), source.readInt(), 0);
            entry.priority = source.readInt();
            entry.flags = source.readUnsignedByte();
            entry.dueMillis = source.readLong();
            entry.deduplicationHigh = source.readLong();
            entry.deduplicationLow = source.readLong();
            entry.deduplicationUntilMillis = source.readLong();
            prepared.entries.add(entry);
        }
        for (int left = source.readInt(); left > 0; left--) {
            prepared.acknowledged.add(new Acknowledged(source.readLong(), source.readLong(), source.readInt()));
        }
        return prepared;
    }
}
