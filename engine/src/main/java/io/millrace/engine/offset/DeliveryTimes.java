package io.millrace.engine.offset;

import io.netty.buffer.ByteBuf;
import org.agrona.collections.Long2LongHashMap;

/**
 * When messages that came back were delivered first and last, in milliseconds of the shard's time. Kept for {@value
 * #MESSAGES_MAX} messages of a queue at most; of others that come back meanwhile it is not known. The loop's.
 */
public final class DeliveryTimes {
    /** Says that a time is not known. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    private static final int MESSAGES_MAX = 65_536;

    private final Long2LongHashMap first = new Long2LongHashMap(UNKNOWN);
    private final Long2LongHashMap last = new Long2LongHashMap(UNKNOWN);

    /** The message at {@code offset} comes back from its {@code count}th delivery, which was at {@code millis}. */
    public void put(long offset, int count, long millis) {
        if (last.size() >= MESSAGES_MAX && !last.containsKey(offset)) {
            return;
        }
        last.put(offset, millis);
        if (count == 1) {
            first.put(offset, millis);
        }
    }

    /** When the message at {@code offset} was delivered first; {@link #UNKNOWN}. */
    public long first(long offset) {
        return first.get(offset);
    }

    /** When it was delivered last; {@link #UNKNOWN}. */
    public long last(long offset) {
        return last.get(offset);
    }

    /** Forgets the message at {@code offset}. */
    public void remove(long offset) {
        if (!last.isEmpty()) {
            first.remove(offset);
            last.remove(offset);
        }
    }

    /** Forgets {@code from} up to but not {@code to}. */
    public void removeRange(long from, long to) {
        if (to - from < last.size()) {
            for (long offset = from; offset < to; offset++) {
                remove(offset);
            }
        } else {
            first.keySet().removeIfLong(offset -> offset >= from && offset < to);
            last.keySet().removeIfLong(offset -> offset >= from && offset < to);
        }
    }

    /** Writes the number of messages, then of each its offset, the first time or {@link #UNKNOWN}, and the last. */
    public void writeTo(ByteBuf target) {
        target.writeInt(last.size());
        last.forEachLong((offset, millis) ->
                target.writeLong(offset).writeLong(first.get(offset)).writeLong(millis));
    }

    /** Takes over what {@link #writeTo} wrote. */
    public void restore(ByteBuf source) {
        for (int left = source.readInt(); left > 0; left--) {
            long offset = source.readLong();
            long firstMillis = source.readLong();
            last.put(offset, source.readLong());
            if (firstMillis != UNKNOWN) {
                first.put(offset, firstMillis);
            }
        }
    }
}
