package io.millrace.storage.local;

import io.millrace.base.Clock;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStoreContract;
import io.millrace.storage.ShardStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.io.TempDir;

/** The local segments and checkpoints on real files with real threads. */
class LocalSegmentStoreContractTest extends SegmentStoreContract {
    @TempDir
    private Path directory;

    @Override
    protected ShardStore open(IntFunction<Replay> replays) throws IOException {
        LocalStoreOptions options = LocalStoreOptions.DEFAULT
                .withShards(SHARDS)
                .withSizes(1 << 20, 1 << 20, 64 << 10)
                .withJournalBytes(0);
        return LocalStore.open(directory, new DiskFileSystem(), Clock.SYSTEM, new Random(1), options, replays);
    }

    @Override
    protected boolean givesRegions() {
        return true;
    }
}
