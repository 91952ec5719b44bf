package io.millrace.storage.local;

import io.millrace.base.AgentHost;
import io.millrace.base.Clock;
import io.millrace.base.Loop;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStoreContract;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.StorageContract.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.io.TempDir;

/** The local segments and checkpoints on real files with real threads. */
class LocalSegmentStoreContractTest extends SegmentStoreContract {
    private static final long CLOSE_MILLIS_MAX = 60_000;

    @TempDir
    private Path directory;

    @Override
    protected Storage open(IntFunction<Replay> replays) throws IOException {
        LocalStoreOptions options = LocalStoreOptions.DEFAULT
                .withShards(SHARDS)
                .withSizes(1 << 20, 1 << 20, 64 << 10)
                .withJournalBytes(0);
        LocalStore store =
                LocalStore.open(directory, new DiskFileSystem(), Clock.SYSTEM, new Random(1), options, replays);
        return new Storage() {
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
        };
    }
}
