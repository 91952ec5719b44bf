package io.millrace.engine;

import io.millrace.engine.index.TimeIndex;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.transaction.PreparedTransaction;
import io.millrace.engine.transaction.PreparedTransaction.Acknowledged;
import io.millrace.storage.EntryEnvelope;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the messages of transactions back that are not decided, and lets them go when they are. To the queue they are
 * delayed, and what ends the delay is the decision: so whatever else is asked of the queue passes over them. The
 * loop's.
 */
final class PreparedMessages {
    private final Shard shard;
    private final boolean isReplayed;

    /** Of {@code shard}, which is replayed or runs. */
    PreparedMessages(Shard shard, boolean isReplayed) {
        this.shard = shard;
        this.isReplayed = isReplayed;
    }

    /** Keeps the messages of {@code entry} back, which was appended to {@code queue}. */
    void hold(Queue queue, EntryEnvelope entry) {
        long end = entry.firstOffset + entry.span;
        Intake.noteExpiry(shard, queue, entry);
        if (entry.isGrouped()) {
            queue.subscription().appendGrouped(entry, true, isReplayed);
        } else {
            queue.subscription().appendDelayed(entry.firstOffset, end);
        }
        queue.hold(entry);
    }

    /** Keeps a message back that was leased, and whose delivery is in the history. */
    void holdLeased(Queue queue, long offset) {
        queue.subscription().delayLeased(offset);
        queue.claimed().add(offset);
    }

    /** What {@code prepared} has done takes effect, but in those logs whose state has it already. */
    void commit(PreparedTransaction prepared, LongPredicate hasIt) {
        for (EntryEnvelope each : prepared.entries()) {
            Queue queue = release(each.logId, each.firstOffset, each.firstOffset + each.span, hasIt);
            if (queue != null) {
                arrive(queue, each);
            }
        }
        for (Acknowledged each : prepared.acknowledged()) {
            Queue queue = release(each.logId(), each.offset(), each.offset() + 1, hasIt);
            if (queue != null && queue.subscription().settleUnleased(each.offset(), each.offset() + 1) > 0) {
                queue.countAcknowledged();
                shard.queues().dropSettledEntries(queue);
            }
        }
    }

    /** What {@code prepared} has done was not to be, but in those logs whose state knows that already. */
    void abort(PreparedTransaction prepared, LongPredicate hasIt) {
        for (EntryEnvelope each : prepared.entries()) {
            long end = each.firstOffset + each.span;
            Queue queue = release(each.logId, each.firstOffset, end, hasIt);
            if (queue != null) {
                queue.subscription().settleUnleased(each.firstOffset, end);
                shard.queues().dropSettledEntries(queue);
            }
        }
        for (Acknowledged each : prepared.acknowledged()) {
            Queue queue = release(each.logId(), each.offset(), each.offset() + 1, hasIt);
            if (queue != null) {
                queue.subscription().returnDelayed(each.offset(), each.priority());
            }
        }
    }

    private @Nullable Queue release(long logId, long from, long to, LongPredicate hasIt) {
        Queue queue = shard.queues().get(logId);
        if (queue == null) {
            return null;
        }
        queue.undecided().removeRange(from, to);
        queue.claimed().removeRange(from, to);
        if (hasIt.test(logId)) {
            return null;
        }
        queue.markDirty();
        shard.queues().wake(queue);
        return queue;
    }

    /** From here on the messages of {@code entry} are like those of any other publish. */
    private void arrive(Queue queue, EntryEnvelope entry) {
        IndividualSubscription subscription = queue.subscription();
        if (entry.isDeduplicated()) {
            shard.indexes().keys().add(entry);
        }
        TimeIndex due = Intake.dueIndex(shard, entry, isReplayed);
        for (long offset = entry.firstOffset; offset < entry.firstOffset + entry.span; offset++) {
            if (due == null) {
                subscription.returnDelayed(offset, entry.priority);
            } else {
                due.add(entry.dueMillis, entry.priority, entry.logId, 0, offset);
            }
        }
        queue.onChanged(entry.firstOffset, entry.firstOffset + entry.span);
        queue.countPublished(entry.span);
    }

    /** Ends what expired while it was kept back, and is there after all. */
    void expireLapsed(PreparedTransaction decided) {
        for (EntryEnvelope each : decided.entries()) {
            expireLapsed(each.logId, each.firstOffset, each.firstOffset + each.span);
        }
        for (Acknowledged each : decided.acknowledged()) {
            expireLapsed(each.logId(), each.offset(), each.offset() + 1);
        }
    }

    private void expireLapsed(long logId, long from, long to) {
        Queue queue = shard.queues().get(logId);
        if (queue == null || queue.subscription().lapsed().isEmpty()) {
            return;
        }
        for (long offset = from; offset < to; offset++) {
            if (queue.subscription().hasLapsed(offset)) {
                var unused = shard.parts().settling().expire(queue, offset); // it is readable
            }
        }
        shard.parts().settling().endExpired();
    }
}
