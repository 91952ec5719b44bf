package io.millrace.storage.bookkeeper;

import io.millrace.base.AgentHost;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.storage.Replay;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.StorageContract;
import java.io.IOException;
import java.util.Random;
import java.util.function.IntFunction;

/** A store on a cluster, as the contracts use one. */
record OpenStore(BookKeeperStore store) implements StorageContract.Storage {
    private static final long CLOSE_MILLIS_MAX = 30_000;

    static OpenStore open(BookKeeperOptions options, IntFunction<Replay> replays) throws IOException {
        return new OpenStore(BookKeeperStore.open(options, Clock.SYSTEM, new Random(), replays));
    }

    @Override
    public ShardLog attach(int shard, Loop loop, ShardLogListener listener) {
        return store.attach(shard, loop, listener);
    }

    @Override
    public void start() {
        store.start(AgentHost.THREADS);
    }

    @Override
    public void close() throws IOException {
        store.close(CLOSE_MILLIS_MAX);
    }
}
