package io.millrace.storage.bookkeeper;

import io.millrace.storage.CheckpointContract;
import io.millrace.storage.Replay;
import java.io.IOException;
import java.util.function.IntFunction;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Checkpoints and segments on three bookies; ledgers and budgets are small, so that old ones are given up. */
class BookKeeperCheckpointContractTest extends CheckpointContract {
    @RegisterExtension
    static final ClusterExtension CLUSTER = new ClusterExtension();

    private BookKeeperOptions options;

    @Override
    protected Storage open(IntFunction<Replay> replays) throws IOException {
        if (options == null) {
            options = CLUSTER.options(SHARDS);
        }
        return OpenStore.open(options, replays);
    }
}
