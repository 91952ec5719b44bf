package io.millrace.storage;

import io.millrace.base.Clock;
import io.millrace.base.file.FileSystem;
import java.io.IOException;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/** Where a broker's store is, and how it is laid out. Immutable; any thread. */
public interface StoreOpener {
    /** The number of shards that the store has when it is open. */
    int shards();

    /**
     * Opens the store, made if it is not there, and replays it: {@code replays} gives the receiver for each shard. One
     * receiver is called by one thread, several of them at the same time by several. Returns when everything replayed
     * is on stable storage, and nobody who had the store before can confirm anything. After a failure nothing is left
     * open. Blocks.
     *
     * @param fileSystem the files of this machine, for a store that keeps any
     */
    ShardStore open(FileSystem fileSystem, Clock clock, RandomGenerator random, IntFunction<Replay> replays)
            throws IOException;
}
