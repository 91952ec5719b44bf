package io.millrace.engine;

import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.record.LeaseGroups;
import io.millrace.engine.record.PriorityRuns;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.record.RunWriter;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.time.ShardTime;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.EntryIndex;

/** Leases the next messages to a receive, and puts that on record. Part of a shard; the loop's. */
final class Granting {
    /** Room that is made for messages before it is known how many of them the byte limit allows. */
    private static final int EXPECTED_MAX = 64;

    private final Shard shard;
    private final ShardLog log;
    private final ShardReads reads;
    private final RecordWriter writer;
    private final LeaseTable leases;
    private final Selecting selecting;
    private final RunWriter runs = new RunWriter();
    private final PriorityRuns priorities = new PriorityRuns();
    private final LeaseGroups groups = new LeaseGroups();
    /** When the leases of the receive at hand begin and end. */
    private long nowMillis;

    private long deadlineNanos;

    Granting(Shard shard, ShardLog log, ShardReads reads, RecordWriter writer, Selecting selecting) {
        this.shard = shard;
        this.log = log;
        this.reads = reads;
        this.writer = writer;
        this.leases = shard.leases();
        this.selecting = selecting;
    }

    Deliveries nothing() {
        return new Deliveries(Shard.CATALOG_LOG, 0, log, reads, () -> {});
    }

    /** Leases messages to {@code receive}, for which there is one; {@code whenRead} runs when they are in memory. */
    void grant(Queue queue, Receive receive, Runnable whenRead) {
        IndividualSubscription subscription = queue.subscription();
        long readable = queue.log().readableOffset();
        long room = shard.limits().leasesPerQueueMax() - subscription.leased();
        int most = (int) Math.min(receive.messagesMax(), room);
        int expected = (int) Math.min(Math.min(most, EXPECTED_MAX), subscription.ready(readable));
        // What comes next of a group must not be given to another while somebody works on what came before.
        receive.durable |= subscription.hasGroups();
        Deliveries messages = new Deliveries(queue.source().log().id(), expected, log, reads, whenRead);
        long firstToken = shard.tokens().next();
        EntryIndex index = queue.log().entries();
        long bytes = 0;
        nowMillis = shard.time().millis();
        deadlineNanos = shard.clock().nanoTime() + receive.leaseNanos();
        runs.clear();
        priorities.clear();
        groups.clear();
        int ended = 0;
        while (messages.size() < most && bytes < receive.bytesMax() && ended < Dying.TURN_DEATHS) {
            long offset = next(queue, receive, readable);
            if (offset < 0) {
                break;
            }
            int priority = take(queue, receive, offset);
            if (shard.parts().dying().isExhausted(queue, subscription.history().count(offset))) {
                shard.parts().dying().endTaken(queue, offset);
                ended++;
                continue;
            }
            bytes += index.recordBytes() / index.span();
            grant(queue, receive, offset, priority, messages);
        }
        queue.clearLoads();
        receive.deliveries = messages;
        receive.late = messages.entries().startReading() || receive.isDurable();
        record(queue, receive, firstToken);
        receive.onLeased(messages.size(), bytes);
    }

    /** The next message for {@code receive}, which the index has found; negative where there is none now. */
    private long next(Queue queue, Receive receive, long readable) {
        if (receive.filter() != null) {
            return selecting.next(receive);
        }
        long offset = queue.subscription().next(readable);
        // The first can be found; the next receive looks for what cannot.
        return offset >= 0 && queue.log().entries().find(offset) == EntryIndex.FOUND
                ? offset
                : IndividualSubscription.NONE;
    }

    private int take(Queue queue, Receive receive, long offset) {
        return receive.filter() == null ? queue.subscription().take(offset) : selecting.take(receive);
    }

    private void grant(Queue queue, Receive receive, long offset, int priority, Deliveries messages) {
        IndividualSubscription subscription = queue.subscription();
        int count = subscription.history().count(offset) + 1;
        long token = shard.tokens().take();
        int slot = leases.lease(queue, offset, token, count, priority, deadlineNanos, receive.isDurable());
        leases.noteTerm(slot, nowMillis, ShardTime.millisOf(receive.leaseNanos()));
        if (receive.consumer != null) {
            leases.hold(slot, receive.consumer);
        }
        leases.noteDelivery(slot, nowMillis);
        messages.add(
                offset, token, count, messages.entries().addFound(queue.log().entries()));
        runs.add(offset);
        priorities.add(priority);
        subscription.noteGroup(offset, groups);
        queue.countDelivered(count > 1);
    }

    private void record(Queue queue, Receive receive, long firstToken) {
        queue.markDirty();
        long leaseMillis = ShardTime.millisOf(receive.leaseNanos());
        long position = writer.lease(
                queue.log().id(), receive.isDurable(), nowMillis, leaseMillis, firstToken, runs, priorities, groups);
        if (receive.isDurable()) {
            shard.await(position, receive);
        } else {
            receive.leaseSynced = true;
        }
    }
}
