package io.millrace.storage.bookkeeper;

import io.millrace.base.Clock;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStoreContract;
import io.millrace.storage.ShardStore;
import java.io.IOException;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checkpoints and segments on three bookies; ledgers and budgets are small, so that old ones are given up. */
class BookKeeperSegmentStoreContractTest extends SegmentStoreContract {
    @RegisterExtension
    static final ClusterExtension CLUSTER = new ClusterExtension();

    private BookKeeperOptions options;

    @Override
    protected ShardStore open(IntFunction<Replay> replays) throws IOException {
        if (options == null) {
            options = CLUSTER.options(SHARDS);
        }
        return BookKeeperStore.open(options, Clock.SYSTEM, new Random(), replays);
    }
}
