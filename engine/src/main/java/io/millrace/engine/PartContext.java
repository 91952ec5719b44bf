package io.millrace.engine;

import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.engine.context.ShardContext;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.QueueOwner;
import io.millrace.engine.subscription.GroupReader;
import io.millrace.engine.time.ShardTime;

/** A shard as those of its parts see it that do not know shards. The loop's. */
final class PartContext implements ShardContext, QueueOwner {
    private final Shard shard;

    PartContext(Shard shard) {
        this.shard = shard;
    }

    @Override
    public int id() {
        return shard.id();
    }

    @Override
    public Clock clock() {
        return shard.clock();
    }

    @Override
    public Loop loop() {
        return shard.loop();
    }

    @Override
    public EngineLimits limits() {
        return shard.limits();
    }

    @Override
    public ShardTime time() {
        return shard.time();
    }

    @Override
    public LeaseTable leases() {
        return shard.leases();
    }

    @Override
    public boolean isRefusing() {
        return shard.isRefusing();
    }

    @Override
    public void touch() {
        shard.touch();
    }

    @Override
    public void whenSynced(Runnable then) {
        shard.whenSynced(then, reason -> {});
    }

    @Override
    public void onDamage(long logId, long offset, Exception failure) {
        shard.host().onDamage(shard, logId, offset, failure);
    }

    @Override
    public void onIndexDamage(String what) {
        shard.host().onIndexDamage(shard, what);
    }

    @Override
    public void onCheckpointFailed(Exception reason) {
        shard.host().onCheckpointFailed(shard, reason);
    }

    @Override
    public void onFront(Queue queue) {
        shard.parts().leasing().onLoaded(queue);
        shard.touch();
    }

    @Override
    public void onLengthChanged(Queue queue) {
        shard.parts().lengthLimits().note(queue);
    }

    @Override
    public GroupReader makeGroupReader(Queue queue) {
        return new PeekedGroups(shard, queue);
    }
}
