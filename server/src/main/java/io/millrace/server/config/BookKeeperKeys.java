package io.millrace.server.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys of a store on Apache BookKeeper. */
final class BookKeeperKeys {
    private static final int BOOKIES_MAX = 100;
    private static final String PREFIX = "storage.bookkeeper.";

    static final Key<Optional<String>> ZOOKEEPER = Key.of(
            PREFIX + "zookeeper",
            ValueType.optional(ValueType.servers()),
            "",
            "The ZooKeeper servers of the BookKeeper cluster (flag --zookeeper).");
    static final Key<String> ROOT = Key.of(
            PREFIX + "root",
            ValueType.node(),
            "/millrace",
            "The node under which the store keeps what it knows; a cluster can hold several stores.");
    static final Key<String> LEDGERS_ROOT = Key.of(
            PREFIX + "ledgers-root",
            ValueType.node(),
            "/ledgers",
            "The node under which the BookKeeper cluster keeps its own metadata.");
    static final Key<Integer> ENSEMBLE = Key.of(
            PREFIX + "ensemble", ValueType.count(1, BOOKIES_MAX), "3", "Over how many bookies a ledger is spread.");
    static final Key<Integer> WRITE_QUORUM = Key.of(
            PREFIX + "write-quorum",
            ValueType.count(1, BOOKIES_MAX),
            "3",
            "To how many bookies of the ensemble each entry is sent.");
    static final Key<Integer> ACK_QUORUM = Key.of(
            PREFIX + "ack-quorum",
            ValueType.count(1, BOOKIES_MAX),
            "2",
            "How many bookies must have an entry on stable storage before it counts; one less may be lost.");
    static final Key<Long> LEDGER_BYTES = Key.of(
            PREFIX + "ledger-bytes",
            ValueType.bytes(1 << 20, 1L << 30),
            "32MiB",
            "After so much a shard's log goes on in another ledger; a ledger is deleted as a whole.");
    static final Key<Duration> ENTRY_TIMEOUT = Key.of(
            PREFIX + "entry-timeout",
            ValueType.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
            "5s",
            "A bookie that takes longer for an entry counts as lost; rounded up to seconds.");
    static final Key<Duration> REPAIR_TIMEOUT = Key.of(
            PREFIX + "repair-timeout",
            ValueType.duration(Duration.ZERO, Duration.ofHours(1)),
            "60s",
            "So long a shard looks for bookies before its log fails, and a start waits for them.");

    static final List<Key<?>> ALL = List.of(
            ZOOKEEPER,
            ROOT,
            LEDGERS_ROOT,
            ENSEMBLE,
            WRITE_QUORUM,
            ACK_QUORUM,
            LEDGER_BYTES,
            ENTRY_TIMEOUT,
            REPAIR_TIMEOUT);

    private BookKeeperKeys() {}

    static Settings.BookKeeper settings(Values values) {
        return new Settings.BookKeeper(
                values.get(ZOOKEEPER),
                values.get(ROOT),
                values.get(LEDGERS_ROOT),
                values.get(ENSEMBLE),
                values.get(WRITE_QUORUM),
                values.get(ACK_QUORUM),
                values.get(LEDGER_BYTES),
                values.get(ENTRY_TIMEOUT),
                values.get(REPAIR_TIMEOUT));
    }

    /** Adds to {@code problems} what is fine alone and cannot be together. */
    static void check(Values values, List<String> problems) {
        if (values.get(Schema.STORAGE_KIND) == StorageKind.BOOKKEEPER
                && values.get(ZOOKEEPER).isEmpty()) {
            problems.add("storage.kind is bookkeeper, but " + ZOOKEEPER.name()
                    + " does not say where its ZooKeeper is (flag --zookeeper)");
        }
        notMore(WRITE_QUORUM, ENSEMBLE, values, problems);
        notMore(ACK_QUORUM, WRITE_QUORUM, values, problems);
    }

    private static void notMore(Key<Integer> smaller, Key<Integer> larger, Values values, List<String> problems) {
        if (values.get(smaller) > values.get(larger)) {
            problems.add(smaller.name() + " (" + values.get(smaller) + ") is more than " + larger.name() + " ("
                    + values.get(larger) + ")");
        }
    }
}
