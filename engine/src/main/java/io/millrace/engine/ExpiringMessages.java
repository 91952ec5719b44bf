package io.millrace.engine;

import io.millrace.engine.index.TimeIndex;
import io.millrace.engine.queue.Queue;
import org.agrona.collections.Long2LongHashMap;

/** Has messages settled when their expiry has passed. Part of a shard; the loop's. */
final class ExpiringMessages implements TimeIndex.Listener {
    private final Shard shard;

    ExpiringMessages(Shard shard) {
        this.shard = shard;
    }

    @Override
    public boolean onTime(long logId, long offset, int priority, long round) {
        Queue queue = shard.queues().get(logId);
        if (queue == null) {
            return true;
        }
        if (queue.subscriptions().isEmpty()) {
            return shard.parts().settling().expire(queue, offset);
        }
        // A message of a log with several subscriptions expires for each of them, and the log goes on keeping it.
        boolean isKnown = true;
        for (Queue each : queue.subscriptions()) {
            isKnown &= shard.parts().settling().expire(each, offset);
        }
        return isKnown;
    }

    @Override
    public void onTurnEnd() {
        shard.parts().settling().endExpired();
    }

    @Override
    public void onEmpty() {
        // What has lost its record is settled when it would be delivered.
    }

    @Override
    public Long2LongHashMap floors() {
        return shard.queues().floors(Queue::expires);
    }
}
