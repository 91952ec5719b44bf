package io.millrace.bench;

import io.millrace.base.AgentHost;
import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.engine.Shard;
import io.millrace.engine.ShardHost;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.local.LocalStore;
import io.millrace.storage.local.LocalStoreOptions;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One shard with one queue on one loop, over a local store. Made and closed by the thread that measures. */
final class OneShard implements ShardHost, AutoCloseable {
    final BenchLoop loop = new BenchLoop();
    final Shard shard;
    private final long queue;
    private final LocalStore store;

    /** Opens what is in {@code directory}; returns when the shard takes commands. */
    OneShard(Path directory, Clock clock, long queue) throws Exception {
        this.queue = queue;
        shard = new Shard(0, clock, loop, this, EngineLimits.DEFAULT);
        LocalStoreOptions all = LocalStoreOptions.DEFAULT;
        LocalStoreOptions one = new LocalStoreOptions(
                1,
                all.fileBytes(),
                all.spareFiles(),
                all.tailCacheBytes(),
                all.chunkBytes(),
                all.groupsAhead(),
                all.journalBytes());
        store = LocalStore.open(directory, new DiskFileSystem(), clock, new Random(), one, id -> shard.replay());
        CountDownLatch ready = new CountDownLatch(1);
        var log = store.attach(0, loop, shard);
        loop.execute(() -> shard.start(log, ready::countDown));
        store.start(AgentHost.THREADS);
        Check.that(ready.await(1, TimeUnit.MINUTES), "the shard starts");
    }

    @Override
    public void close() throws IOException {
        CountDownLatch closed = new CountDownLatch(1);
        loop.execute(() -> {
            shard.close();
            closed.countDown();
        });
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        store.close(10_000);
        loop.close();
    }

    @Override
    public boolean isDefined(Shard of, long logId) {
        return logId == queue;
    }

    @Override
    public void onDamage(Shard of, long logId, long offset, Exception failure) {
        throw new IllegalStateException("damage at " + offset, failure);
    }

    @Override
    public void onIndexDamage(Shard of, String what) {
        throw new IllegalStateException(what);
    }

    @Override
    public void onCheckpointFailed(Shard of, Exception reason) {
        throw new IllegalStateException("no checkpoint", reason);
    }

    @Override
    public void onFault(Shard of, Throwable fault) {
        fault.printStackTrace();
        System.exit(1);
    }

    @Override
    public void onFailed(Shard of, Exception cause) {
        throw new IllegalStateException("the log has failed", cause);
    }

    @Override
    public void onDefinition(Shard of, long offset, ByteBuf body) {
        // There is no catalog.
    }

    @Override
    public void onDefinitionsSettled(Shard of, long firstOffset, long count) {
        // There is no catalog.
    }
}
