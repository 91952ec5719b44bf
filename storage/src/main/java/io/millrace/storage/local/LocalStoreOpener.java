package io.millrace.storage.local;

import io.millrace.base.Clock;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.Replay;
import io.millrace.storage.ShardStore;
import io.millrace.storage.StoreOpener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * A store in a directory of this machine.
 *
 * @param directory where it is; whoever opens it holds the directory's lock
 * @param options how it is laid out
 * @param scrub how stored files are looked at while it runs
 */
public record LocalStoreOpener(Path directory, LocalStoreOptions options, ScrubOptions scrub) implements StoreOpener {
    @Override
    public int shards() {
        return options.shards();
    }

    @Override
    public ShardStore open(FileSystem fileSystem, Clock clock, RandomGenerator random, IntFunction<Replay> replays)
            throws IOException {
        LocalStore store = LocalStore.open(directory, fileSystem, clock, random, options, replays);
        store.scrub(scrub);
        return store;
    }
}
