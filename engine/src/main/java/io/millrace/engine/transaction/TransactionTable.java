package io.millrace.engine.transaction;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The transactions over several shards that are not done with. The loop's. */
public final class TransactionTable {
    private final Map<Key, PreparedTransaction> prepared = new LinkedHashMap<>();
    /** By token the shards that have prepared what was committed here, until all of them have that on record. */
    private final Map<Long, int[]> decisions = new LinkedHashMap<>();
    /** Up to which position of the log its restored state goes. */
    private long asOfPosition;

    private record Key(int coordinator, long token) {}

    /** Adds one that was prepared here. */
    public void add(PreparedTransaction transaction) {
        prepared.put(new Key(transaction.coordinator(), transaction.token()), transaction);
    }

    /** Takes out what was prepared for this token of {@code coordinator}; null where it is not known any more. */
    public @Nullable PreparedTransaction take(int coordinator, long token) {
        return prepared.remove(new Key(coordinator, token));
    }

    /** All that is prepared, the oldest first. */
    public Collection<PreparedTransaction> prepared() {
        return prepared.values();
    }

    /** Whether something is prepared that was published to log {@code logId} with the key of these halves. */
    public boolean hasKey(long logId, long high, long low) {
        for (PreparedTransaction each : prepared.values()) {
            if (each.hasKey(logId, high, low)) {
                return true;
            }
        }
        return false;
    }

    /** Notes that {@code token} is committed, which {@code participants} have prepared. */
    public void decide(long token, int[] participants) {
        decisions.put(token, participants);
    }

    /** All participants of {@code token} have on record what was decided; returns whether it was known. */
    public boolean forget(long token) {
        return decisions.remove(token) != null;
    }

    /** By token the participants of what was committed here and is not forgotten, the oldest first. */
    public Map<Long, int[]> decisions() {
        return decisions;
    }

    /** Up to which position the records are in the state that was restored. */
    public long asOfPosition() {
        return asOfPosition;
    }

    /** Its state with all records below {@code position}. */
    public ByteBuf write(long position) {
        ByteBuf target = Unpooled.buffer(64);
        target.writeLong(position);
        target.writeInt(prepared.size());
        prepared.values().forEach(each -> each.writeTo(target));
        target.writeInt(decisions.size());
        decisions.forEach((token, participants) -> {
            target.writeLong(token).writeInt(participants.length);
            for (int each : participants) {
                target.writeInt(each);
            }
        });
        return target;
    }

    /** Takes over what {@link #write} wrote, instead of what was there. */
    public void restore(ByteBuf source) {
        prepared.clear();
        decisions.clear();
        asOfPosition = source.readLong();
        for (int left = source.readInt(); left > 0; left--) {
            add(PreparedTransaction.read(source));
        }
        for (int left = source.readInt(); left > 0; left--) {
            long token = source.readLong();
            int[] participants = new int[source.readInt()];
            for (int i = 0; i < participants.length; i++) {
                participants[i] = source.readInt();
            }
            decisions.put(token, participants);
        }
    }
}
