package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.queue.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that logs of a shard have besides their own: each delivers all messages of the log from an offset
 * on in its own way, with leases, acknowledgements and consumers of its own, and is a log by its id that has those
 * messages. They are there once they were made, not by being defined. Part of a shard; the loop's.
 */
public final class Subscriptions {
    private final Shard shard;

    Subscriptions(Shard shard) {
        this.shard = shard;
    }

    /**
     * Makes {@code logId} a subscription of the log {@code sourceId} that begins where {@code seek} says. Where it is
     * one already nothing is changed, and it is told where that begins.
     */
    public void subscribe(long logId, long sourceId, Seek seek) {
        Queue source = shard.openOr(sourceId, seek::onRefused);
        Queue present = shard.queues().get(logId);
        if (source != null && present == null) {
            position(shard.queues().make(logId, 0), source, seek);
            shard.parts().askPolicies(Check.notNull(shard.queues().get(logId), "what was made is there"));
        } else if (source != null && present != null) {
            Check.that(present.sourceId() == sourceId, "log %d is a subscription of log %d", logId, sourceId);
            seek.setOffset(present.subscription().settled().floor());
            shard.whenSynced(() -> seek.onSynced(shard), seek::onLost);
        }
    }

    /**
     * Has the subscription {@code logId} go on where {@code seek} says. Refused while transactions hold messages of
     * it, for what becomes of these is not known.
     */
    public void seek(long logId, Seek seek) {
        Queue queue = shard.openOr(logId, seek::onRefused);
        if (queue == null) {
            return;
        }
        if (!queue.isFollower()) {
            seek.onRefused(Refusal.QUEUE_NOT_FOUND);
        } else if (!queue.claimed().isEmpty()) {
            seek.onRefused(Refusal.TRANSACTION_UNDECIDED);
        } else {
            position(queue, queue.source(), seek);
        }
    }

    private void position(Queue queue, Queue source, Seek seek) {
        long floor = source.subscription().settled().floor();
        long offset = Math.max(floor, Math.min(seek.fromOffset(), source.stableOffset()));
        seek.setOffset(offset);
        long logId = queue.log().id();
        boolean isSifted =
                shard.host().keys(shard, logId) != null || shard.host().filter(shard, logId) != null;
        shard.parts().leasing().beginAnew(queue, () -> shard.queues().begin(queue, source, offset, isSifted));
        queue.subscription().publishReadable(queue.log().readableOffset());
        long position = shard.parts().writer().subscription(logId, source.log().id(), offset, isSifted);
        shard.queues().wake(queue);
        shard.await(position, seek);
        shard.touch();
    }

    /** The log whose messages log {@code logId} has; null where it is no subscription. */
    public @Nullable Long source(long logId) {
        Queue queue = shard.queues().get(logId);
        return queue == null || !queue.isFollower() ? null : queue.sourceId();
    }
}
