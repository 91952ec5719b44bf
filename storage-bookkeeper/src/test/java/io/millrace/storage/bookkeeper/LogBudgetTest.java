package io.millrace.storage.bookkeeper;

import static io.millrace.storage.bookkeeper.StoreLife.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All logs of a store together may be so long: then the longest are to become shorter, and no others. */
class LogBudgetTest {
    private static final int RECORD_BYTES = 64 << 10;

    @RegisterExtension
    static final ClusterExtension CLUSTER = new ClusterExtension();

    @Test
    void theLongestLogsAreTrimmedWhenAllTogetherAreTooLong() throws Exception {
        BookKeeperOptions options = CLUSTER.options(3);
        try (StoreLife life = new StoreLife(options)) {
            write(life, 0, 30);
            write(life, 1, 20);
            assertThat(life.owners).allMatch(owner -> owner.trimWanted() == 0);

            write(life, 2, 30);

            StoreLife.await(
                    () -> life.owners.get(0).trimWanted() > 0
                            || life.owners.get(2).trimWanted() > 0,
                    "one of the longest is to be trimmed");
            assertThat(life.owners.get(1).trimWanted()).isZero();
        }
        try (StoreLife life = new StoreLife(options)) {
            StoreLife.await(
                    () -> life.owners.stream().anyMatch(owner -> owner.trimWanted() > 0), "asked again after a start");
            assertThat(life.owners.get(1).trimWanted()).isZero();
        }
    }

    private static void write(StoreLife life, int shard, int records) throws Exception {
        for (int i = 0; i < records; i++) {
            life.confirm(shard, bytes(RECORD_BYTES, i));
        }
    }
}
