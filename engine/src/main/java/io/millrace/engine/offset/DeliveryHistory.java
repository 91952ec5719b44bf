package io.millrace.engine.offset;

import io.netty.buffer.ByteBuf;

/** The deliveries of those messages of a queue that came back: how many, when the first and the last. The loop's. */
public final class DeliveryHistory {
    private final DeliveryCounts counts = new DeliveryCounts();
    private final DeliveryTimes times = new DeliveryTimes();

    /** The {@code count}th delivery of the message at {@code offset}, which was at {@code millis}, ends. */
    public void put(long offset, int count, long millis) {
        counts.put(offset, count);
        times.put(offset, count, millis);
    }

    /** How often the message at {@code offset} was delivered; 0 where nothing was noted. */
    public int count(long offset) {
        return counts.get(offset);
    }

    /** When it was delivered first, in milliseconds of the shard's time; {@link DeliveryTimes#UNKNOWN}. */
    public long firstMillis(long offset) {
        return times.first(offset);
    }

    /** When it was delivered last, in milliseconds of the shard's time; {@link DeliveryTimes#UNKNOWN}. */
    public long lastMillis(long offset) {
        return times.last(offset);
    }

    /** Forgets the message at {@code offset}. */
    public void remove(long offset) {
        counts.remove(offset);
        times.remove(offset);
    }

    /** Forgets {@code from} up to but not {@code to}. */
    public void removeRange(long from, long to) {
        counts.removeRange(from, to);
        times.removeRange(from, to);
    }

    /** Writes the counts, then the times. */
    public void writeTo(ByteBuf target) {
        counts.writeTo(target);
        times.writeTo(target);
    }

    /** Takes over what {@link #writeTo} wrote. */
    public void restore(ByteBuf source) {
        counts.restore(source);
        times.restore(source);
    }
}
