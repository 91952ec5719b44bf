package io.millrace.storage.bookkeeper;

import io.millrace.base.Clock;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.ClusterStoreOptions;
import io.millrace.storage.ClusterStoreProvider;
import io.millrace.storage.Replay;
import io.millrace.storage.ShardStore;
import io.millrace.storage.StoreOpener;
import java.io.IOException;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/** The store on BookKeeper as a broker comes to it. */
public final class BookKeeperStoreProvider implements ClusterStoreProvider {
    private static final int SECOND_MILLIS = 1000;

    /** For {@link java.util.ServiceLoader}. */
    public BookKeeperStoreProvider() {}

    @Override
    public StoreOpener opener(ClusterStoreOptions options) {
        BookKeeperOptions.Sizes usual = BookKeeperOptions.Sizes.DEFAULT;
        BookKeeperOptions defaults = BookKeeperOptions.of(options.zooKeeper());
        // The client counts in whole seconds.
        int entryMillis = (options.entryMillis() + SECOND_MILLIS - 1) / SECOND_MILLIS * SECOND_MILLIS;
        return new Opener(new BookKeeperOptions(
                options.zooKeeper(),
                options.root(),
                options.ledgersRoot(),
                new Replication(options.ensemble(), options.writeQuorum(), options.ackQuorum()),
                options.shards(),
                new BookKeeperOptions.Sizes(
                        options.partBytes(),
                        Math.max(options.logBytes(), options.partBytes()),
                        usual.entryBytes(),
                        usual.entriesInFlight(),
                        options.tailCacheBytes(),
                        usual.chunkBytes(),
                        usual.pieceBytes()),
                defaults.sessionMillis(),
                entryMillis,
                options.repairMillis()));
    }

    private record Opener(BookKeeperOptions options) implements StoreOpener {
        @Override
        public int shards() {
            return options.shards();
        }

        @Override
        public ShardStore open(FileSystem fileSystem, Clock clock, RandomGenerator random, IntFunction<Replay> replays)
                throws IOException {
            return BookKeeperStore.open(options, clock, random, replays);
        }
    }
}
