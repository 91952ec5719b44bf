package io.millrace.engine;

import io.millrace.engine.index.TimeIndex;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.TimeRecord;
import io.millrace.engine.subscription.IndividualSubscription;
import org.agrona.collections.Long2LongHashMap;

/** Has delayed messages delivered when they are due. Part of a shard; the loop's. */
final class DueMessages implements TimeIndex.Listener {
    private final Shard shard;

    DueMessages(Shard shard) {
        this.shard = shard;
    }

    @Override
    public boolean onTime(long logId, long offset, int priority, long round) {
        Queue queue = shard.queues().get(logId);
        if (queue == null) {
            return true;
        }
        boolean isKnown = returnDue(queue, offset, priority, round);
        for (Queue each : queue.subscriptions()) {
            isKnown &= returnDue(each, offset, priority, round);
        }
        return isKnown;
    }

    /** Returns whether it is done with: a message that is not readable yet is looked at again later. */
    private boolean returnDue(Queue queue, long offset, int priority, long round) {
        IndividualSubscription subscription = queue.subscription();
        boolean isCurrent = subscription.delayed().contains(offset)
                && TimeRecord.isOfRound(round, subscription.history().count(offset));
        if (isCurrent && offset >= queue.log().readableOffset()) {
            return false;
        }
        if (isCurrent) {
            subscription.returnDelayed(offset, priority);
            queue.markDirty();
            shard.queues().wake(queue);
        }
        return true;
    }

    @Override
    public void onTurnEnd() {
        // Queues that have something to deliver are looked after at the end of the turn.
    }

    /** Where nobody knows any more when something is due, it is due. */
    @Override
    public void onEmpty() {
        if (!shard.indexes().takeLost()) {
            return;
        }
        for (Queue queue : shard.queues().all()) {
            if (!queue.subscription().delayed().isEmpty()) {
                queue.subscription()
                        .returnDelayedBelow(
                                queue.log().readableOffset(),
                                offset -> queue.undecided().contains(offset)
                                        || queue.claimed().contains(offset));
                queue.markDirty();
                shard.queues().wake(queue);
            }
        }
    }

    @Override
    public Long2LongHashMap floors() {
        return shard.queues().floors(queue -> !queue.subscription().delayed().isEmpty());
    }
}
