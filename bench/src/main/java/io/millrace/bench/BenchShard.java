package io.millrace.bench;

import io.millrace.base.AgentHost;
import io.millrace.base.Check;
import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.engine.EngineLimits;
import io.millrace.engine.Shard;
import io.millrace.engine.ShardHost;
import io.millrace.storage.local.LocalStore;
import io.millrace.storage.local.LocalStoreOptions;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One shard with one queue on a local store and a loop of its own. Whatever goes wrong ends the process. */
final class BenchShard implements ShardHost, AutoCloseable {
    static final long QUEUE = 1;

    private static final long CLOSE_MILLIS_MAX = 10_000;

    final BenchLoop loop = new BenchLoop();
    final Shard shard = new Shard(0, Clock.SYSTEM, loop, this, EngineLimits.DEFAULT);
    private final LocalStore store;

    /** Opens what is in {@code directory}; returns when commands are taken. */
    BenchShard(Path directory) throws Exception {
        LocalStoreOptions all = LocalStoreOptions.DEFAULT;
        LocalStoreOptions one = new LocalStoreOptions(
                1,
                all.fileBytes(),
                all.spareFiles(),
                all.tailCacheBytes(),
                all.chunkBytes(),
                all.groupsAhead(),
                all.journalBytes());
        store = LocalStore.open(directory, new DiskFileSystem(), Clock.SYSTEM, new Random(), one, id -> shard.replay());
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
        store.close(CLOSE_MILLIS_MAX);
        loop.close();
    }

    private static void fail(Throwable what) {
        what.printStackTrace();
        System.exit(1);
    }

    @Override
    public boolean isDefined(Shard of, long logId) {
        return logId == QUEUE;
    }

    @Override
    public void onDamage(Shard of, long logId, long offset, Exception failure) {
        fail(failure);
    }

    @Override
    public void onIndexDamage(Shard of, String what) {
        fail(new IllegalStateException(what));
    }

    @Override
    public void onCheckpointFailed(Shard of, Exception reason) {
        fail(reason);
    }

    @Override
    public void onFault(Shard of, Throwable fault) {
        fail(fault);
    }

    @Override
    public void onFailed(Shard of, Exception cause) {
        fail(cause);
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
