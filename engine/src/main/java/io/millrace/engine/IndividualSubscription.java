package io.millrace.engine;

import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The position of a queue's workers on its log: what is settled, what was handed out, what came back. A first-in
 * first-out backlog costs no memory per message. The loop's.
 *
 * <p>Every unsettled offset below the cursor is exactly one of: leased, returned, delayed, damaged.
 */
final class IndividualSubscription {
    private static final long NEVER = 0;

    private final SettledSet settled;
    /** Messages that came back and may be delivered again, before new ones. */
    private final OffsetSet returned = new OffsetSet();

    private final OffsetSet delayed = new OffsetSet();
    /** Messages that could not be read; they stay where they are until an operator purges them. */
    private final OffsetSet damaged = new OffsetSet();
    /** Deliveries so far of those that came back. */
    private @Nullable Long2LongHashMap deliveryCounts;

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

    /** Takes the next message to deliver out; it is leased from now on. -1 where there is none. */
    long takeNext(long readableOffset) {
        long offset;
        if (!returned.isEmpty()) {
            offset = returned.first();
            returned.remove(offset);
        } else {
            offset = nextNew(readableOffset);
            if (offset < 0) {
                return -1;
            }
            cursor = offset + 1;
        }
        leased++;
        return offset;
    }

    /** How often the message at {@code offset}, which is not leased, was delivered. */
    int deliveries(long offset) {
        Long2LongHashMap counts = deliveryCounts;
        return counts == null ? 0 : (int) counts.get(offset);
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
        Long2LongHashMap counts = deliveryCounts;
        if (counts == null) {
            counts = new Long2LongHashMap(NEVER);
            deliveryCounts = counts;
        }
        counts.put(offset, deliveries);
    }

    private void forgetCounts(long from, long to) {
        Long2LongHashMap counts = deliveryCounts;
        if (counts == null || counts.isEmpty()) {
            return;
        }
        if (to - from > counts.size()) {
            counts.keySet().removeIfLong(offset -> offset >= from && offset < to);
            return;
        }
        for (long offset = from; offset < to; offset++) {
            counts.remove(offset);
        }
    }

    private void forgetCount(long offset) {
        Long2LongHashMap counts = deliveryCounts;
        if (counts != null) {
            counts.remove(offset);
        }
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
