package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.OffsetTimes;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.record.RunWriter;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.time.ShardTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes messages back or ends them as consumers say. Part of a shard; the loop's. */
final class Settling {
    private static final long NOWHERE = -1;

    private final Shard shard;
    private final RecordWriter writer;
    private final LeaseTable leases;
    private final RunWriter acknowledged = new RunWriter();
    private final OffsetTimes released = new OffsetTimes();
    private final OffsetTimes extended = new OffsetTimes();
    private final RunWriter expired = new RunWriter();
    private @Nullable Queue expiredOf;
    private boolean isExpiredKept;

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
        boolean isDone = acknowledged.isEmpty() && released.isEmpty() && extended.isEmpty();
        long position = isDone ? NOWHERE : append(queue);
        position = Math.max(position, shard.parts().dying().record());
        if (position == NOWHERE) {
            settlement.onSettled();
            return;
        }
        shard.parts().earlyAnswers().await(queue, position, settlement);
        shard.queues().dropSettledEntries(queue);
        shard.queues().wake(queue);
    }

    private void apply(Queue queue, Settlement settlement, int index, int slot, long nowNanos) {
        long offset = settlement.offset(index);
        long argumentNanos = settlement.argumentNanos(index);
        switch (settlement.action(index)) {
            case Settlement.ACKNOWLEDGE -> {
                queue.countAcknowledged();
                acknowledge(queue, offset, slot);
            }
            case Settlement.RELEASE -> {
                queue.countReleased();
                release(queue, settlement, index, slot, argumentNanos);
            }
            case Settlement.RETRY -> {
                queue.countReleased();
                long millis = shard.host()
                        .retryPolicy(shard, queue.log().id())
                        .delayMillis(leases.deliveryCount(slot), settlement.leaseToken(index));
                release(queue, settlement, index, slot, TimeUnit.MILLISECONDS.toNanos(millis));
            }
            case Settlement.REJECT -> {
                queue.countRejected();
                if (shard.parts().dying().policy(queue).hasTarget()) {
                    leases.noteInHistory(slot, queue.subscription().history());
                    shard.parts().dying().endLeased(queue, slot, DeathReason.REJECTED, settlement.text(index));
                } else {
                    acknowledge(queue, offset, slot);
                }
            }
            case Settlement.EXTEND -> {
                leases.reschedule(slot, nowNanos + argumentNanos);
                leases.noteTerm(slot, shard.time().millis(), ShardTime.millisOf(argumentNanos));
                extended.add(offset, ShardTime.millisOf(argumentNanos));
            }
            default -> throw new IllegalStateException("no such action: " + settlement.action(index));
        }
    }

    private void acknowledge(Queue queue, long offset, int slot) {
        leases.free(slot);
        queue.subscription().settleLeased(offset);
        acknowledged.add(offset);
    }

    private void release(Queue queue, Settlement settlement, int index, int slot, long delayNanos) {
        IndividualSubscription subscription = queue.subscription();
        long offset = leases.offset(slot);
        int count = leases.deliveryCount(slot);
        int priority = leases.priority(slot);
        leases.noteInHistory(slot, subscription.history());
        if (subscription.hasLapsed(offset)) {
            endLapsed(queue, offset, slot);
        } else if (shard.parts().dying().isExhausted(queue, count)) {
            shard.parts().dying().endLeased(queue, slot, DeathReason.DELIVERIES, settlement.text(index));
        } else if (delayNanos > 0) {
            leases.free(slot);
            subscription.delayLeased(offset);
            long dueMillis = shard.time().endOf(delayNanos);
            shard.indexes().delays().add(dueMillis, priority, queue.log().id(), count, offset);
            released.add(offset, ShardTime.millisOf(delayNanos));
        } else {
            leases.free(slot);
            subscription.returnLeased(offset, priority);
            released.add(offset, 0);
        }
    }

    /** A message comes back that has expired while it was leased. */
    private void endLapsed(Queue queue, long offset, int slot) {
        queue.countMessageExpired();
        if (shard.parts().dying().policy(queue).keepsExpired()) {
            shard.parts().dying().endLeased(queue, slot, DeathReason.EXPIRED, null);
        } else {
            acknowledge(queue, offset, slot);
        }
    }

    /**
     * The expiry of a message has passed: it is settled or dead, or will be when whoever holds it lets it go, or when
     * it is known that it is wanted at all; {@link #endExpired} follows. Returns whether that is so: one that is not
     * readable yet is looked at again later.
     */
    boolean expire(Queue queue, long offset) {
        IndividualSubscription subscription = queue.subscription();
        if (subscription.settled().contains(offset) || subscription.dead().contains(offset)) {
            return true;
        }
        if (offset >= queue.log().readableOffset()) {
            return false;
        }
        queue.markDirty();
        boolean isHeld = queue.claimed().contains(offset)
                || queue.undecided().contains(offset)
                || subscription.unsifted().contains(offset)
                || subscription.isLeased(offset);
        if (isHeld) {
            subscription.lapsed().add(offset);
            return true;
        }
        if (expiredOf != queue) {
            endExpired();
            expiredOf = queue;
            isExpiredKept = shard.parts().dying().policy(queue).keepsExpired();
        }
        queue.countMessageExpired();
        if (isExpiredKept && !subscription.damaged().contains(offset)) {
            shard.parts().dying().endUnleased(queue, offset, DeathReason.EXPIRED);
        } else {
            subscription.settleUnleased(offset, offset + 1);
            expired.add(offset);
        }
        return true;
    }

    /** At the start: ends what expired under a lease that has ended with the process before. */
    void expireLapsed() {
        for (Queue queue : List.copyOf(shard.queues().all())) {
            OffsetSet lapsed = queue.subscription().lapsed();
            if (!lapsed.isEmpty()) {
                OffsetSet all = lapsed.copy();
                for (long offset = all.nextPresent(0); offset >= 0; offset = all.nextPresent(offset + 1)) {
                    var unused = expire(queue, offset); // all is readable
                }
                endExpired();
            }
        }
    }

    /** Puts on record what has expired. */
    void endExpired() {
        Queue queue = expiredOf;
        if (queue != null) {
            expiredOf = null;
            begin();
            if (!expired.isEmpty()) {
                writer.settlement(queue.log().id(), shard.time().millis(), expired, released, extended);
                expired.clear();
            }
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
        return shard.queues().settleForAll(queue, from, to);
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
