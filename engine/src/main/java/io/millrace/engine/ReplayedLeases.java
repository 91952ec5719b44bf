package io.millrace.engine;

import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.time.ShardTime;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/** The leases that a replay has found and whose end it has not; by message, for records name these. */
final class ReplayedLeases {
    /** There is no lease on the message. */
    static final int NONE = -1;

    private final Shard shard;
    private final LeaseTable leases;
    /** Per log the slot of each message that is leased. */
    private final Long2ObjectHashMap<Long2LongHashMap> slots = new Long2ObjectHashMap<>();

    ReplayedLeases(Shard shard) {
        this.shard = shard;
        this.leases = shard.leases();
    }

    /** The slot of the lease on the message at {@code offset}; {@link #NONE} where there is none. */
    int find(Queue queue, long offset) {
        return (int) slots(queue).get(offset);
    }

    /** The same; whatever becomes of the lease, it is looked for no more. */
    int take(Queue queue, long offset) {
        return (int) slots(queue).remove(offset);
    }

    /** There is a lease on a message that counts as leased; returns its slot. */
    int note(Queue queue, long offset, long token, int count, int priority, boolean durable) {
        // When it ends is known when it is known what time it is.
        int slot = leases.lease(
                queue, offset, token, count, priority, shard.clock().nanoTime(), durable);
        slots(queue).put(offset, slot);
        return slot;
    }

    /** The message at {@code offset}, which is not settled, was leased; a lease on it that is known had run out. */
    int lease(Queue queue, long offset, long token, int priority, boolean durable) {
        int before = take(queue, offset);
        if (before >= 0) {
            takeBack(queue, before);
        }
        int count = queue.subscription().history().count(offset) + 1;
        queue.subscription().replayLeased(offset);
        return note(queue, offset, token, count, priority, durable);
    }

    /** Messages from {@code from} up to but not {@code to} are settled, and those of them that are leased end so. */
    void settle(Queue queue, long from, long to) {
        Long2LongHashMap ofQueue = slots(queue);
        if (!ofQueue.isEmpty()) {
            for (long offset = from; offset < to; offset++) {
                int slot = (int) ofQueue.remove(offset);
                if (slot >= 0) {
                    leases.free(slot);
                    queue.subscription().settleLeased(offset);
                }
            }
        }
        queue.settleUnleased(from, to);
    }

    private void takeBack(Queue queue, int slot) {
        endUnsettled(queue, slot);
        queue.subscription().returnLeased(leases.offset(slot), leases.priority(slot));
    }

    /** Ends a lease that was taken; its message is not settled. What the slot says holds until the next lease. */
    void endUnsettled(Queue queue, int slot) {
        leases.noteInHistory(slot, queue.subscription().history());
        leases.free(slot);
    }

    /** Nothing is known any more of leases of log {@code logId}. */
    void forget(long logId) {
        slots.remove(logId);
    }

    /** There are no more records: leases of consumers that are gone end, the rest goes on as long as it was to. */
    void finish() {
        for (int slot = 0; slot < leases.slots(); slot++) {
            if (leases.state(slot) != LeaseTable.LEASED) {
                continue;
            }
            if (leases.isDurable(slot)) {
                long endMillis = ShardTime.endOf(leases.fromMillis(slot), leases.lengthMillis(slot));
                long leftNanos = shard.time().nanosUntil(endMillis);
                leases.reschedule(slot, shard.clock().nanoTime() + leftNanos);
            } else {
                Queue queue = (Queue) leases.owner(slot);
                takeBack(queue, slot);
                queue.markDirty();
            }
        }
        slots.clear();
    }

    private Long2LongHashMap slots(Queue queue) {
        return slots.computeIfAbsent(queue.log().id(), id -> new Long2LongHashMap(NONE));
    }
}
