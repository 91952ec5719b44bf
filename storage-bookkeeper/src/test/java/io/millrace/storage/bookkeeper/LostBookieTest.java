package io.millrace.storage.bookkeeper;

import static io.millrace.storage.bookkeeper.StoreLife.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.LeakCheck;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Bookies and the ZooKeeper go and come back; what was confirmed stays, and the logs go on as far as there is a quorum.
 */
@LeakCheck
class LostBookieTest {
    @RegisterExtension
    static final ClusterExtension CLUSTER = new ClusterExtension();

    private final LocalCluster cluster = CLUSTER.cluster();
    private final List<byte[]> records = new ArrayList<>();

    @AfterEach
    void bringBack() throws Exception {
        for (int i = 0; i < cluster.bookieCount(); i++) {
            if (!cluster.hasBookie(i)) {
                cluster.startBookie(i);
            }
        }
    }

    @Test
    void aBookieThatIsLostWhileWritingLosesNothing() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        try (StoreLife life = new StoreLife(options)) {
            long last = appendMany(life, 300);
            cluster.stopBookie(1);
            last = Math.max(last, appendMany(life, 300));
            life.owners.get(0).awaitSynced(last);
            cluster.startBookie(1);
            life.owners.get(0).awaitSynced(appendMany(life, 100));

            assertThat(life.store.failure()).isNull();
            assertThat(life.store.counters().rolls()).isPositive();
        }
        assertAllThere(options);
    }

    @Test
    void aStoreOpensAndRollsWithTwoOfThreeBookies() throws Exception {
        BookKeeperOptions options = CLUSTER.options(2);
        try (StoreLife life = new StoreLife(options)) {
            records.add(bytes(100, 0));
            life.confirm(0, records.get(0));
        }
        cluster.stopBookie(2);
        try (StoreLife life = new StoreLife(options)) {
            assertThat(life.owners.get(0).records).containsExactlyElementsOf(records);
            life.owners.get(0).awaitSynced(appendMany(life, 400));
            assertThat(life.store.counters().degradedLedgers()).isPositive();
            assertThat(life.store.counters().rolls()).isPositive();
        }
        assertAllThere(options);
    }

    @Test
    void aLogGoesOnWhenTheQuorumComesBackInTime() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        try (StoreLife life = new StoreLife(options)) {
            life.owners.get(0).awaitSynced(appendMany(life, 20));
            long synced = life.owners.get(0).synced();
            cluster.stopBookie(0);
            cluster.stopBookie(1);
            // One that is split over entries, some of which may get to the bookie that is left.
            records.add(bytes(300_000, 1));
            life.append(0, records.get(records.size() - 1));
            long last = appendMany(life, 20);
            StoreLife.await(() -> life.store.counters().repairs() > 0, "a repair");
            assertThat(life.owners.get(0).synced()).isEqualTo(synced);
            cluster.startBookie(0);
            cluster.startBookie(1);

            life.owners.get(0).awaitSynced(last);
            assertThat(life.store.failure()).isNull();
            assertThat(life.store.counters().repairs()).isPositive();
        }
        assertAllThere(options);
    }

    @Test
    void aLogFailsWhenTheQuorumStaysAwayAndConfirmsNothingMore() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1).withTimes(5000, 1000, 2000);
        try (StoreLife life = new StoreLife(options)) {
            life.owners.get(0).awaitSynced(appendMany(life, 20));
            long synced = life.owners.get(0).synced();
            cluster.stopBookie(0);
            cluster.stopBookie(1);
            life.append(0, bytes(100, 1));

            IOException failure = life.owners.get(0).awaitFailure();
            assertThat(failure).hasMessageContaining("the bookies do not come back");
            assertThat(life.store.failure()).isSameAs(failure);
            cluster.startBookie(0);
            cluster.startBookie(1);
            life.append(0, bytes(100, 2));
            assertThat(life.checkpoint(0, synced, bytes(10, 1))).isNotCompleted();
            assertThat(life.owners.get(0).synced()).isEqualTo(synced);
        }
        try (StoreLife life = new StoreLife(options)) {
            assertThat(life.owners.get(0).records.subList(0, 20)).containsExactlyElementsOf(records);
        }
    }

    @Test
    void everythingIsThereAfterARestartOfEverything() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        try (StoreLife life = new StoreLife(options)) {
            life.owners.get(0).awaitSynced(appendMany(life, 100));
            life.checkpoint(0, 0, bytes(1000, 3)).get();
        }
        cluster.restart();

        try (StoreLife life = new StoreLife(options)) {
            assertThat(life.owners.get(0).manifest()).isEqualTo(bytes(1000, 3));
            assertThat(life.owners.get(0).records).containsExactlyElementsOf(records);
        }
    }

    @Test
    void anOpenStoreOutlivesARestartOfTheWholeCluster() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        try (StoreLife life = new StoreLife(options)) {
            life.owners.get(0).awaitSynced(appendMany(life, 100));
            cluster.restart();
            life.owners.get(0).awaitSynced(appendMany(life, 200));
            life.checkpoint(0, 0, bytes(1000, 3)).get();
            assertThat(life.store.failure()).isNull();
        }
        assertAllThere(options);
    }

    @Test
    void aSessionThatIsLostChangesNothing() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        try (StoreLife life = new StoreLife(options)) {
            for (int i = 0; i < 3; i++) {
                life.owners.get(0).awaitSynced(appendMany(life, 50));
                cluster.expireSessions();
                life.checkpoint(0, 0, bytes(1000, i)).get();
            }
            life.owners.get(0).awaitSynced(appendMany(life, 100));
            assertThat(life.store.failure()).isNull();
        }
        try (StoreLife life = new StoreLife(options)) {
            assertThat(life.owners.get(0).manifest()).isEqualTo(bytes(1000, 2));
            assertThat(life.owners.get(0).records).containsExactlyElementsOf(records);
        }
    }

    private long appendMany(StoreLife life, int count) throws Exception {
        long last = -1;
        for (int i = 0; i < count; i++) {
            byte[] record = bytes(5000, records.size());
            records.add(record);
            last = life.append(0, record);
            if (i % 20 == 0 && cluster.hasQuorum()) {
                life.owners.get(0).awaitSynced(last);
            }
        }
        return last;
    }

    private void assertAllThere(BookKeeperOptions options) throws Exception {
        try (StoreLife life = new StoreLife(options)) {
            assertThat(life.owners.get(0).records).containsExactlyElementsOf(records);
        }
    }
}
