package io.millrace.storage.bookkeeper;

import io.millrace.base.Clock;
import io.millrace.storage.Replay;
import io.millrace.storage.ShardLogContract;
import io.millrace.storage.ShardStore;
import java.io.IOException;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The logs on three bookies; their ledgers are small, so that they roll and are deleted. */
class BookKeeperShardLogContractTest extends ShardLogContract {
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
