package io.millrace.engine;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The position of a queue's workers on its log: what is settled, what was handed out, what came back. A first-in
 * first-out backlog costs no memory per message. The loop's.
 *
 * <p>Every unsettled offset below the cursor is exactly one of: leased, returned, delayed, damaged.
 */
final class IndividualSubscription {
    private final SettledSet settled;
    /** Messages that came back and may be delivered again, before new ones. */
    private final OffsetSet returned = new OffsetSet();

    private final OffsetSet delayed = new OffsetSet();
    /** Messages that could not be read; they stay where they are until an operator purges them. */
    private final OffsetSet damaged = new OffsetSet();
    /** Deliveries so far of those that came back. */
    private @Nullable DeliveryCounts deliveryCounts;

    private long cursor;
    private long leased;

    IndividualSubscription(long floor) {
        settled = new SettledSet(floor);
        cursor = floor;
    }

    SettledSet settled() {
        return settled;
    }

    OffsetSet returned() {
        return returned;
    }

    OffsetSet delayed() {
        return delayed;
    }

    OffsetSet damaged() {
        return damaged;
    }

    /** The next offset that was never delivered. */
    long cursor() {
        return cursor;
    }

    long leased() {
        return leased;
    }

    /** Messages that could be delivered now, of a log readable up to {@code readableOffset}. */
    long ready(long readableOffset) {
        long unsettled = readableOffset - settled.floor() - settled.sizeAbove();
        return Math.max(0, unsettled - leased - delayed.size() - damaged.size());
    }

    boolean hasReady(long readableOffset) {
        return !returned.isEmpty() || nextNew(readableOffset) >= 0;
    }

    /** Whether a consumer holds the message at {@code offset}. */
    boolean isLeased(long offset) {
        return offset < cursor
                && !settled.contains(offset)
                && !returned.contains(offset)
                && !delayed.contains(offset)
                && !damaged.contains(offset);
    }

    /** The next message to deliver; -1 where there is none. */
    long next(long readableOffset) {
        return returned.isEmpty() ? nextNew(readableOffset) : returned.first();
    }

    /** Takes out what {@link #next} has given: it is leased from now on. */
    void take(long offset) {
        if (!returned.remove(offset)) {
            cursor = offset + 1;
        }
        leased++;
    }

    /** How often the message at {@code offset}, which is not leased, was delivered. */
    int deliveries(long offset) {
        DeliveryCounts counts = deliveryCounts;
        return counts == null ? 0 : counts.get(offset);
    }

    /** Ends a lease because the message is settled. */
    void settleLeased(long offset) {
        leased--;
        settled.settle(offset);
        forgetCount(offset);
    }

    /** Ends a lease because the message goes back; it can be delivered at once. */
    void returnLeased(long offset, int deliveries) {
        leased--;
        noteDeliveries(offset, deliveries);
        returned.add(offset);
    }

    /** Ends a lease because the message goes back, to be delivered later. */
    void delayLeased(long offset, int deliveries) {
        leased--;
        noteDeliveries(offset, deliveries);
        delayed.add(offset);
    }

    /** Ends a lease because the message cannot be read. */
    void damageLeased(long offset) {
        leased--;
        damaged.add(offset);
    }

    /** A delayed message is due. */
    void returnDelayed(long offset) {
        if (delayed.remove(offset)) {
            returned.add(offset);
        }
    }

    /** Settles a range none of which is leased; returns how many messages that were. */
    long settleUnleased(long from, long to) {
        long count = settled.settleRange(from, to);
        returned.removeRange(from, to);
        delayed.removeRange(from, to);
        damaged.removeRange(from, to);
        forgetCounts(from, to);
        return count;
    }

    private long nextNew(long readableOffset) {
        long offset = settled.nextUnsettled(cursor);
        return offset < readableOffset ? offset : -1;
    }

    private void noteDeliveries(long offset, int deliveries) {
        DeliveryCounts counts = deliveryCounts;
        if (counts == null) {
            counts = new DeliveryCounts();
            deliveryCounts = counts;
        }
        counts.put(offset, deliveries);
    }

    private void forgetCounts(long from, long to) {
        DeliveryCounts counts = deliveryCounts;
        if (counts != null) {
            counts.removeRange(from, to);
        }
    }

    private void forgetCount(long offset) {
        DeliveryCounts counts = deliveryCounts;
        if (counts != null) {
            counts.remove(offset);
        }
    }

    /** Writes what is settled, and what is known of the rest but the leases. */
    void writeTo(ByteBuf target) {
        target.writeLong(settled.floor()).writeLong(cursor);
        settled.above().writeTo(target);
        delayed.writeTo(target);
        damaged.writeTo(target);
        target.writeBoolean(deliveryCounts != null);
        if (deliveryCounts != null) {
            deliveryCounts.writeTo(target);
        }
    }

    /** Takes over what {@link #writeTo} wrote: every other unsettled message below the cursor counts as returned. */
    void restore(ByteBuf source) {
        long floor = source.readLong();
        cursor = source.readLong();
        settled.restore(floor, OffsetSet.read(source));
        for (long next = settled.nextUnsettled(floor); next < cursor; ) {
            long end = settled.nextSettled(next, cursor);
            returned.addRange(next, end);
            next = settled.nextUnsettled(end);
        }
        delayed.addAll(OffsetSet.read(source));
        returned.removeAll(delayed);
        damaged.addAll(OffsetSet.read(source));
        returned.removeAll(damaged);
        deliveryCounts = source.readBoolean() ? DeliveryCounts.read(source) : null;
    }

    /** After {@link #restore}: a consumer holds the message. */
    void restoreLeased(long offset) {
        returned.remove(offset);
        leased++;
    }

    // Replay hands out and takes back exactly the messages that the records name.

    /** Replays that {@code offset}, which is not settled, was leased. */
    void replayLeased(long offset) {
        // Those in between were leased before it, in records that are lost.
        for (long missed = settled.nextUnsettled(cursor); missed < offset; missed = settled.nextUnsettled(missed + 1)) {
            returned.add(missed);
        }
        returned.remove(offset);
        delayed.remove(offset);
        cursor = Math.max(cursor, offset + 1);
        leased++;
    }
}
