package io.millrace.server.data;

import io.millrace.broker.catalog.Catalog;
import io.millrace.engine.Shard;
import io.millrace.engine.ShardHost;
import io.netty.buffer.ByteBuf;

/** What shards that are only replayed need around them: a catalog that hears of definitions. One thread. */
record CatalogHost(Catalog catalog) implements ShardHost {
    @Override
    public boolean isDefined(Shard shard, long logId) {
        throw notStarted();
    }

    @Override
    public void onDamage(Shard shard, long logId, long offset, Exception failure) {
        throw notStarted();
    }

    @Override
    public void onIndexDamage(Shard shard, String what) {
        throw notStarted();
    }

    @Override
    public void onCheckpointFailed(Shard shard, Exception reason) {
        throw notStarted();
    }

    @Override
    public void onFault(Shard shard, Throwable fault) {
        throw notStarted();
    }

    @Override
    public void onFailed(Shard shard, Exception cause) {
        throw notStarted();
    }

    @Override
    public void onDefinition(Shard shard, long offset, ByteBuf body) {
        catalog.replay(offset, body);
    }

    @Override
    public void onDefinitionsSettled(Shard shard, long firstOffset, long count) {
        catalog.replaySettled(firstOffset, count);
    }

    private static IllegalStateException notStarted() {
        return new IllegalStateException("a shard that is looked at does not run");
    }
}
