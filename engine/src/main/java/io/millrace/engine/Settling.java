package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.OffsetTimes;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.record.RunWriter;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.time.ShardTime;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes messages back or ends them as consumers say. Part of a shard; the loop's. */
final class Settling {
    private final Shard shard;
    private final RecordWriter writer;
    private final LeaseTable leases;
    private final RunWriter acknowledged = new RunWriter();
    private final OffsetTimes released = new OffsetTimes();
    private final OffsetTimes extended = new OffsetTimes();
    private final RunWriter expired = new RunWriter();
    private @Nullable Queue expiredOf;

    Settling(Shard shard, RecordWriter writer) {
        this.shard = shard;
        this.writer = writer;
        this.leases = shard.leases();
    }

    void settle(Queue queue, Settlement settlement) {
        begin();
        long nowNanos = shard.clock().nanoTime();
        for (int i = 0; i < settlement.size(); i++) {
            int slot = leases.find(settlement.leaseToken(i), queue, settlement.offset(i));
            // A lease whose time is over but whose timer has not fired yet is over.
            if (slot >= 0 && leases.timers().deadlineNanos(slot) - nowNanos > 0) {
                settlement.markDone(i);
                apply(queue, settlement, i, slot, nowNanos);
            }
        }
        if (acknowledged.isEmpty() && released.isEmpty() && extended.isEmpty()) {
            settlement.onSettled();
            return;
        }
        shard.await(append(queue), settlement);
        shard.queues().dropSettledEntries(queue);
        shard.queues().wake(queue);
    }

    private void apply(Queue queue, Settlement settlement, int index, int slot, long nowNanos) {
        long offset = settlement.offset(index);
        long argumentNanos = settlement.argumentNanos(index);
        switch (settlement.action(index)) {
            case Settlement.ACKNOWLEDGE -> {
                leases.free(slot);
                queue.subscription().settleLeased(offset);
                queue.countAcknowledged();
                acknowledged.add(offset);
            }
            case Settlement.RELEASE -> {
                queue.countReleased();
                release(queue, offset, slot, argumentNanos);
            }
            case Settlement.RETRY -> {
                queue.countReleased();
                long millis = shard.host()
                        .retryPolicy(shard, queue.log().id())
                        .delayMillis(leases.deliveryCount(slot), settlement.leaseToken(index));
                release(queue, offset, slot, TimeUnit.MILLISECONDS.toNanos(millis));
            }
            case Settlement.EXTEND -> {
                leases.reschedule(slot, nowNanos + argumentNanos);
                leases.noteTerm(slot, shard.time().millis(), ShardTime.millisOf(argumentNanos));
                extended.add(offset, ShardTime.millisOf(argumentNanos));
            }
            default -> throw new IllegalStateException("no such action: " + settlement.action(index));
        }
    }

    private void release(Queue queue, long offset, int slot, long delayNanos) {
        IndividualSubscription subscription = queue.subscription();
        int count = leases.deliveryCount(slot);
        int priority = leases.priority(slot);
        leases.free(slot);
        if (subscription.hasLapsed(offset)) {
            subscription.settleLeased(offset);
            queue.countMessageExpired();
            acknowledged.add(offset);
            return;
        }
        if (delayNanos > 0) {
            subscription.delayLeased(offset, count);
            long dueMillis = shard.time().endOf(delayNanos);
            shard.indexes().delays().add(dueMillis, priority, queue.log().id(), count, offset);
        } else {
            subscription.returnLeased(offset, count, priority);
        }
        released.add(offset, ShardTime.millisOf(delayNanos));
    }

    /**
     * The expiry of a message has passed: it is settled, or will be when its lease ends; {@link #endExpired} follows.
     */
    void expire(Queue queue, long offset) {
        IndividualSubscription subscription = queue.subscription();
        if (subscription.settled().contains(offset)) {
            return;
        }
        queue.markDirty();
        if (offset < queue.log().readableOffset() && subscription.isLeased(offset)) {
            subscription.lapse(offset);
            return;
        }
        if (expiredOf != queue) {
            endExpired();
            expiredOf = queue;
        }
        subscription.settleUnleased(offset, offset + 1);
        queue.countMessageExpired();
        expired.add(offset);
    }

    /** Puts on record what has expired. */
    void endExpired() {
        Queue queue = expiredOf;
        if (queue != null) {
            expiredOf = null;
            begin();
            writer.settlement(queue.log().id(), shard.time().millis(), expired, released, extended);
            expired.clear();
            shard.queues().dropSettledEntries(queue);
            shard.queues().wake(queue);
            shard.touch();
        }
    }

    void discard(Queue queue, long offset, Purge purge) {
        Check.that(
                offset < queue.log().nextOffset() && !queue.subscription().isLeased(offset),
                "what is discarded is there and not leased: log %d, offset %d",
                queue.log().id(),
                offset);
        begin();
        purge.count = settleRange(queue, offset, offset + 1);
        shard.await(append(queue), purge);
        shard.queues().dropSettledEntries(queue);
        shard.queues().wake(queue);
    }

    void purge(Queue queue, Purge purge) {
        begin();
        long end = queue.log().nextOffset();
        long from = queue.subscription().settled().floor();
        for (long leased : leasedOffsets(queue)) {
            purge.count += settleRange(queue, from, leased);
            from = leased + 1;
        }
        purge.count += settleRange(queue, from, end);
        shard.await(append(queue), purge);
        shard.queues().dropSettledEntries(queue);
    }

    private long settleRange(Queue queue, long from, long to) {
        if (from >= to) {
            return 0;
        }
        acknowledged.addRun(from, to - from);
        return queue.subscription().settleUnleased(from, to);
    }

    /** The offsets that consumers hold, in order. */
    private long[] leasedOffsets(Queue queue) {
        long[] offsets = new long[(int) queue.subscription().leased()];
        int count = 0;
        for (int slot = leases.firstOf(queue); slot >= 0; slot = leases.nextOf(slot)) {
            offsets[count++] = leases.offset(slot);
        }
        Arrays.sort(offsets);
        return offsets;
    }

    /** Notes that messages of leases that were to outlive a restart went back, to be delivered at once. */
    void noteReturned(Queue queue, long[] offsets, int count) {
        begin();
        for (int i = 0; i < count; i++) {
            released.add(offsets[i], 0);
        }
        append(queue);
    }

    private long append(Queue queue) {
        queue.markDirty();
        return writer.settlement(queue.log().id(), shard.time().millis(), acknowledged, released, extended);
    }

    private void begin() {
        acknowledged.clear();
        released.clear();
        extended.clear();
    }
}
