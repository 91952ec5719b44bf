package io.millrace.storage.bookkeeper;

import static io.millrace.storage.bookkeeper.StoreLife.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.OwnershipLostException;
import io.millrace.testkit.LeakCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever opens a store last has it; who had it before never confirms anything again. */
@LeakCheck
class OwnershipTest {
    @RegisterExtension
    static final ClusterExtension CLUSTER = new ClusterExtension();

    private final LocalCluster cluster = CLUSTER.cluster();

    @Test
    void theWriterBeforeNeverConfirmsAgain() throws Exception {
        BookKeeperOptions options = CLUSTER.options(2);
        try (StoreLife first = new StoreLife(options)) {
            first.confirm(0, bytes(100, 1));
            first.confirm(1, bytes(100, 2));
            try (StoreLife second = new StoreLife(options)) {
                assertThat(second.store.epoch()).isGreaterThan(first.store.epoch());
                assertThat(second.owners.get(0).records).containsExactly(bytes(100, 1));
                long synced = first.owners.get(0).synced();
                first.append(0, bytes(100, 3));
                assertThat(first.owners.get(0).awaitFailure()).isInstanceOf(OwnershipLostException.class);
                CompletableFuture<Void> checkpoint = first.checkpoint(1, 0, bytes(10, 1));
                assertThat(first.owners.get(1).awaitFailure()).isInstanceOf(OwnershipLostException.class);

                second.confirm(0, bytes(100, 4));
                second.confirm(1, bytes(100, 5));
                first.append(0, bytes(100, 6));
                assertThat(first.owners.get(0).synced()).isEqualTo(synced);
                assertThat(checkpoint).isNotCompleted();
                assertThat(second.store.failure()).isNull();
            }
        }
        try (StoreLife third = new StoreLife(options)) {
            assertThat(third.owners.get(0).records).containsExactly(bytes(100, 1), bytes(100, 4));
            assertThat(third.owners.get(1).records).containsExactly(bytes(100, 2), bytes(100, 5));
            assertThat(third.owners.get(1).manifest()).isNull();
        }
    }

    /** It has nothing to write, and so would not notice by itself. */
    @Test
    void anIdleOwnerNoticesThatItIsReplaced() throws Exception {
        BookKeeperOptions options = CLUSTER.options(2);
        try (StoreLife first = new StoreLife(options)) {
            assertThatThrownBy(() -> new StoreLife(options.withShards(1))).hasMessageContaining("more shards");
            assertThat(first.store.failure()).isNull();
            try (StoreLife second = new StoreLife(options)) {
                for (int shard = 0; shard < 2; shard++) {
                    assertThat(first.owners.get(shard).awaitFailure()).isInstanceOf(OwnershipLostException.class);
                }
                assertThat(first.store.failure()).hasMessageContaining("later start, number 2");
                second.confirm(0, bytes(100, 1));
                assertThat(second.store.failure()).isNull();
            }
        }
    }

    /** The second one comes while the first one writes as fast as it can. */
    @RepeatedTest(3)
    void whatTheWriterBeforeHasConfirmedIsThere() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        List<byte[]> appended = new ArrayList<>();
        List<Long> positions = new ArrayList<>();
        try (StoreLife first = new StoreLife(options)) {
            CompletableFuture<StoreLife> taken = new CompletableFuture<>();
            Thread taker = new Thread(() -> complete(taken, options, null));
            for (int i = 0; first.owners.get(0).failure() == null; i++) {
                appended.add(bytes(3000, i));
                positions.add(first.append(0, appended.get(i)));
                if (i == 200) {
                    taker.start();
                }
            }
            long confirmed = first.owners.get(0).synced();
            try (StoreLife second = taken.get()) {
                List<byte[]> found = second.owners.get(0).records;
                long count = positions.stream().filter(each -> each < confirmed).count();
                assertThat(found).hasSizeGreaterThanOrEqualTo((int) count);
                assertThat(found).containsExactlyElementsOf(appended.subList(0, found.size()));
                second.confirm(0, bytes(10, 1));
            }
        }
    }

    @RepeatedTest(5)
    void ofTwoThatOpenTogetherExactlyOneGoesOn() throws Exception {
        BookKeeperOptions options = CLUSTER.options(3);
        CyclicBarrier together = new CyclicBarrier(2);
        List<CompletableFuture<StoreLife>> opened = List.of(new CompletableFuture<>(), new CompletableFuture<>());
        for (CompletableFuture<StoreLife> each : opened) {
            new Thread(() -> complete(each, options, together)).start();
        }
        // Until the other one is there, the first may confirm.
        opened.forEach(each -> each.handle((life, failure) -> life).join());
        int confirming = 0;
        for (CompletableFuture<StoreLife> each : opened) {
            confirming += confirmsAll(each) ? 1 : 0;
        }
        assertThat(confirming).isEqualTo(1);
        for (CompletableFuture<StoreLife> each : opened) {
            if (!each.isCompletedExceptionally()) {
                each.get().close();
            }
        }
    }

    private static void complete(
            CompletableFuture<StoreLife> opened, BookKeeperOptions options, CyclicBarrier barrier) {
        try {
            if (barrier != null) {
                barrier.await();
            }
            opened.complete(new StoreLife(options));
        } catch (Throwable e) {
            opened.completeExceptionally(e);
        }
    }

    /** Whether every shard of it confirms, now that both have been opened or refused. */
    private static boolean confirmsAll(CompletableFuture<StoreLife> opened) throws Exception {
        StoreLife life;
        try {
            life = opened.get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(OwnershipLostException.class);
            return false;
        }
        boolean all = true;
        for (var owner : life.owners) {
            long position = life.append(life.owners.indexOf(owner), bytes(10, 1));
            owner.awaitOutcome(position);
            all &= owner.failure() == null;
        }
        return all;
    }

    @Test
    void ofTwoChangesOfOneVersionOfANodeExactlyOneIsMade() throws Exception {
        Nodes nodes = Nodes.connect(cluster.zooKeeper(), 5000);
        Later later = new Later();
        try {
            StoreNodes storeNodes = new StoreNodes(nodes, CLUSTER.options(1).root(), later);
            storeNodes.begin(new Random(1));
            String path = storeNodes.shard(0);
            storeNodes.createIfMissing(path, ShardStateFormat.encode(ShardState.NEW));
            int version = storeNodes.read(path).version();
            List<IOException> lost = new ArrayList<>();
            BookKeeperCounters counters = new BookKeeperCounters();
            ShardNode one = new ShardNode(nodes, path, ShardState.NEW, version, later, counters, lost::add);
            ShardNode other = new ShardNode(nodes, path, ShardState.NEW, version, later, counters, lost::add);

            one.change(state -> state.continued(1, 0, 11)).get();
            CompletableFuture<ShardState> refused = other.change(state -> state.continued(2, 0, 22));

            assertThatThrownBy(refused::get).hasCauseInstanceOf(OwnershipLostException.class);
            assertThatThrownBy(() -> other.change(state -> state).get())
                    .hasCauseInstanceOf(OwnershipLostException.class);
            assertThat(lost).hasSize(1);
            ShardState found = ShardStateFormat.decode(storeNodes.read(path).content(), path);
            assertThat(found.epoch()).isEqualTo(1);
            assertThat(one.change(state -> state.continued(1, 0, 33))
                            .get()
                            .last()
                            .ledger())
                    .isEqualTo(33);
        } finally {
            later.close();
            nodes.close();
        }
    }

    @Test
    void ledgersThatNoNodeHasComeToNameAreDeletedAndNoOthers() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        BookKeeperCounters counters = new BookKeeperCounters();
        StoreIdentity identity;
        long named;
        try (StoreLife life = new StoreLife(options)) {
            life.confirm(0, bytes(100, 1));
            Nodes nodes = Nodes.connect(cluster.zooKeeper(), 5000);
            identity = StoreIdentity.decode(
                    nodes.read(options.root() + "/store").get().content(), "store");
            named = ShardStateFormat.decode(
                            nodes.read(options.root() + "/shards/0").get().content(), "shard")
                    .last()
                    .ledger();
            nodes.close();
        }
        Ledgers ours = Ledgers.connect(options, identity.id(), counters);
        Ledgers theirs = Ledgers.connect(options, new UUID(1, 2), counters);
        try {
            long orphan =
                    ours.create(0, identity.epoch(), LedgerKind.SEGMENT).get().getId();
            long later = ours.create(0, 1000, LedgerKind.LOG).get().getId();
            long foreign =
                    theirs.create(0, identity.epoch(), LedgerKind.LOG).get().getId();
            try (StoreLife life = new StoreLife(options)) {
                StoreLife.await(() -> life.store.counters().orphans() > 0, "an orphan deleted");
                life.confirm(0, bytes(100, 2));
            }
            assertThatThrownBy(() -> ours.metadata(orphan).get())
                    .satisfies(e -> assertThat(Ledgers.isGone(e)).isTrue());
            assertThat(ours.metadata(later).get()).isNotNull();
            assertThat(ours.metadata(foreign).get()).isNotNull();
            assertThat(ours.metadata(named).get()).isNotNull();
        } finally {
            ours.close();
            theirs.close();
        }
        try (StoreLife life = new StoreLife(options)) {
            assertThat(life.owners.get(0).records).containsExactly(bytes(100, 1), bytes(100, 2));
        }
    }

    @Test
    void aStoreOfAnUnknownVersionIsRefused() throws Exception {
        BookKeeperOptions options = CLUSTER.options(1);
        new StoreLife(options).close();
        Nodes nodes = Nodes.connect(cluster.zooKeeper(), 5000);
        try {
            String path = options.root() + "/store";
            String text = new String(nodes.read(path).get().content(), StandardCharsets.US_ASCII);
            byte[] newer = text.replace("format 1\n", "format 7\n").getBytes(StandardCharsets.US_ASCII);
            nodes.set(path, newer, -1).get();

            assertThatThrownBy(() -> new StoreLife(options))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("format 7, this Millrace reads format 1");
            assertThat(nodes.read(path).get().content()).isEqualTo(newer);
        } finally {
            nodes.close();
        }
    }

    @Test
    void noShardIsLeftOut() throws Exception {
        BookKeeperOptions options = CLUSTER.options(3);
        new StoreLife(options).close();

        assertThatThrownBy(() -> new StoreLife(options.withShards(2))).hasMessageContaining("more shards than 2");
        new StoreLife(options.withShards(4)).close();
    }

    @Test
    void aClusterThatIsNotThereIsSaidToBeSo() {
        BookKeeperOptions options = BookKeeperOptions.of("127.0.0.1:1").withTimes(1000, 1000, 1000);

        assertThatThrownBy(() -> new StoreLife(options)).hasMessageContaining("no ZooKeeper at 127.0.0.1:1");
    }
}
