package io.millrace.engine;

import io.millrace.engine.index.TimeIndex;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.transaction.PreparedTransaction;
import io.millrace.engine.transaction.PreparedTransaction.Acknowledged;
import io.millrace.storage.EntryEnvelope;
import java.util.function.Consumer;
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

    /** Keeps the messages of {@code entry} back, which was appended to {@code queue}, but where that is known. */
    void hold(Queue queue, EntryEnvelope entry, LongPredicate hasIt) {
        if (hasIt.test(entry.logId)) {
            queue.undecided().addRange(entry.firstOffset, entry.firstOffset + entry.span);
        } else {
            Intake.noteExpiry(shard, queue, entry);
            keepBack(queue, entry);
            queue.hold(entry);
        }
        forSubscriptions(queue, hasIt, subscription -> keepBack(subscription, entry));
    }

    private void keepBack(Queue queue, EntryEnvelope entry) {
        if (entry.isGrouped() && !queue.subscription().unsifted().isUsed()) {
            queue.subscription().appendGrouped(entry, true, isReplayed);
        } else {
            queue.subscription().appendDelayed(entry.firstOffset, entry.firstOffset + entry.span);
        }
        queue.markDirty();
    }

    /** Keeps a message back that was leased, and whose delivery is in the history. */
    void holdLeased(Queue queue, long offset) {
        queue.subscription().delayLeased(offset);
        queue.claimed().add(offset);
    }

    /** What {@code prepared} has done takes effect, but in those logs whose state has it already. */
    void commit(PreparedTransaction prepared, LongPredicate hasIt) {
        for (EntryEnvelope each : prepared.entries()) {
            Queue queue = decide(each);
            if (queue != null && !hasIt.test(each.logId)) {
                arrive(queue, each);
            }
            forSubscriptions(queue, hasIt, subscription -> arriveLater(subscription, each));
        }
        for (Acknowledged each : prepared.acknowledged()) {
            Queue queue = release(each, hasIt);
            if (queue != null && queue.subscription().settleUnleased(each.offset(), each.offset() + 1) > 0) {
                queue.countAcknowledged();
                shard.queues().dropSettledEntries(queue);
            }
        }
    }

    /** What {@code prepared} has done was not to be, but in those logs whose state knows that already. */
    void abort(PreparedTransaction prepared, LongPredicate hasIt) {
        for (EntryEnvelope each : prepared.entries()) {
            Queue queue = decide(each);
            if (queue != null && !hasIt.test(each.logId)) {
                settle(queue, each);
                shard.queues().dropSettledEntries(queue);
            }
            forSubscriptions(queue, hasIt, subscription -> settle(subscription, each));
        }
        for (Acknowledged each : prepared.acknowledged()) {
            Queue queue = release(each, hasIt);
            if (queue != null) {
                queue.subscription().returnDelayed(each.offset(), each.priority());
            }
        }
    }

    /** The queue of {@code entry}, whose messages are not undecided any more; null where it is gone. */
    private @Nullable Queue decide(EntryEnvelope entry) {
        Queue queue = shard.queues().get(entry.logId);
        if (queue != null) {
            queue.undecided().removeRange(entry.firstOffset, entry.firstOffset + entry.span);
        }
        return queue;
    }

    private static void forSubscriptions(@Nullable Queue queue, LongPredicate hasIt, Consumer<Queue> action) {
        if (queue != null) {
            for (Queue each : queue.subscriptions()) {
                if (!hasIt.test(each.log().id())) {
                    action.accept(each);
                }
            }
        }
    }

    private @Nullable Queue release(Acknowledged message, LongPredicate hasIt) {
        Queue queue = shard.queues().get(message.logId());
        if (queue == null) {
            return null;
        }
        queue.claimed().remove(message.offset());
        if (hasIt.test(message.logId())) {
            return null;
        }
        touch(queue);
        return queue;
    }

    private void touch(Queue queue) {
        queue.markDirty();
        shard.queues().wake(queue);
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
        touch(queue);
    }

    /** The same for a subscription of a log where the messages have arrived: what is not due there is not here. */
    private void arriveLater(Queue queue, EntryEnvelope entry) {
        OffsetSet later = queue.source().subscription().delayed();
        for (long offset = entry.firstOffset; offset < entry.firstOffset + entry.span; offset++) {
            if (!later.contains(offset)) {
                queue.subscription().returnDelayed(offset, entry.priority);
            }
        }
        queue.subscription().unsifted().addDelayed(entry.firstOffset, entry.firstOffset + entry.span);
        queue.countArrived(entry.span);
        touch(queue);
    }

    private void settle(Queue queue, EntryEnvelope entry) {
        queue.subscription().settleUnleased(entry.firstOffset, entry.firstOffset + entry.span);
        touch(queue);
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
        if (queue == null) {
            return;
        }
        expireLapsed(queue, from, to);
        queue.subscriptions().forEach(each -> expireLapsed(each, from, to));
        shard.parts().settling().endExpired();
    }

    private void expireLapsed(Queue queue, long from, long to) {
        for (long offset = from; offset < to && !queue.subscription().lapsed().isEmpty(); offset++) {
            if (queue.subscription().hasLapsed(offset)) {
                var unused = shard.parts().settling().expire(queue, offset); // it is readable
            }
        }
    }
}
