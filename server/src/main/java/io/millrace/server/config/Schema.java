package io.millrace.server.config;

import io.millrace.server.logging.LogFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * Every key there is. Parsing, help and {@code docs/configuration.md} draw from here, so that a key is added in one
 * place; {@link Settings} gives it a typed name.
 *
 * <p>Immutable; any thread.
 */
public final class Schema {
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final int MILLION = 1_000_000;

    static final Key<Path> DATA_DIRECTORY = Key.of(
            "data.directory",
            ValueType.path(),
            "millrace-data",
            "Where everything durable is kept; one process at a time may use it (flag --data).");
    static final Key<Optional<Path>> SEAL_KEY_FILE = Key.of(
                    "data.seal-key-file",
                    ValueType.optional(ValueType.path()),
                    "",
                    "The file with the keys that open the secrets of access keys; brokers that follow each other on one"
                            + " store need the same.")
            .withDefaultShown("seal.key in the data directory");

    /** The doors that exist, each with the port that its clients expect. */
    static final List<DoorKeys> DOORS = List.of(DoorKeys.of("http", 8080, "REST, health and metrics"));

    static final Key<Integer> CONNECTIONS = Key.of(
            "limits.connections",
            ValueType.count(1, MILLION),
            "10000",
            "Connections open at a time, over all doors; further ones are closed at once.");
    static final Key<Long> REQUEST_BYTES = Key.of(
            "limits.request-bytes",
            ValueType.bytes(KIB, GIB),
            "24MiB",
            "The largest request body; the default has room for the largest message in base64.");
    static final Key<Optional<Long>> REQUESTS_BYTES_TOTAL = Key.of(
                    "limits.requests-bytes-total",
                    ValueType.optional(ValueType.bytes(MIB, 1024 * GIB)),
                    "",
                    "Memory for request bodies that are being received or worked on, over all connections.")
            .withDefaultShown("256MiB, at most an eighth of the heap");
    static final Key<Long> MESSAGE_BYTES = Key.of(
            "limits.message-bytes",
            ValueType.bytes(1, 16 * MIB),
            "16MiB",
            "The largest message that can be published, its headers included.");
    static final Key<Integer> RECEIVE_MESSAGES = Key.of(
            "limits.receive-messages", ValueType.count(1, 10_000), "1000", "The most messages that one receive gets.");
    static final Key<Long> RECEIVE_BYTES = Key.of(
            "limits.receive-bytes",
            ValueType.bytes(KIB, GIB),
            "8MiB",
            "A receive stops adding messages once it has this much; a single larger message is still delivered.");
    static final Key<Duration> WAIT = Key.of(
            "limits.wait",
            ValueType.duration(Duration.ZERO, Duration.ofHours(1)),
            "60s",
            "The longest time that a receive may wait for a message.");
    static final Key<Duration> LEASE_MAX = Key.of(
            "limits.lease-max",
            ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(12)),
            "12h",
            "The longest lease that a receive or an extension may ask for.");
    static final Key<Optional<Long>> UNSYNCED_BYTES = Key.of(
                    "limits.unsynced-bytes",
                    ValueType.optional(ValueType.bytes(64 * KIB, 64 * GIB)),
                    "",
                    "Published bytes that may wait for the disk; publishers beyond it are slowed.")
            .withDefaultShown("64MiB, at most a sixteenth of the heap");
    static final Key<Integer> LEASES_PER_QUEUE = Key.of(
            "limits.leases-per-queue",
            ValueType.count(1, 100 * MILLION),
            "1000000",
            "Messages of one queue that may be leased at a time.");
    static final Key<Integer> METRICS_QUEUES = Key.of(
            "limits.metrics-queues",
            ValueType.count(0, 100_000),
            "1000",
            "Queues that get metric series of their own; the others are added up in one.");

    static final Key<Duration> QUEUES_LEASE = Key.of(
            "queues.lease",
            ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(12)),
            "30s",
            "The lease of a message where neither the receive nor its queue names one.");

    static final Key<StorageKind> STORAGE_KIND = Key.of(
            "storage.kind",
            ValueType.choice(StorageKind.class),
            "local",
            "Where what is stored is kept: in the data directory, or on a cluster of Apache BookKeeper (flag"
                    + " --storage).");
    static final Key<Integer> SHARDS = Key.of(
            "storage.shards",
            ValueType.count(1, 1024),
            "16",
            "Shards of a store; the work of one shard is done by one processor core at a time.");
    static final Key<Long> JOURNAL_FILE_BYTES =
            Key.of("storage.journal.file-bytes", ValueType.blocks(MIB, GIB), "64MiB", "The size of one journal file.");
    static final Key<Long> JOURNAL_BYTES = Key.of(
            "storage.journal.bytes",
            ValueType.bytes(MIB, 64 * GIB),
            "256MiB",
            "The size beyond which old journal files, or ledgers, are given up: what lives in them is moved. A start"
                    + " reads about as much. At twice the size publishers wait for it.");
    static final Key<Integer> JOURNAL_SPARE_FILES = Key.of(
            "storage.journal.spare-files",
            ValueType.count(1, 64),
            "1",
            "Journal files that are kept ready, so that going on to the next one costs nothing.");
    static final Key<Optional<Long>> BYTES_MAX = Key.of(
                    "storage.bytes-max",
                    ValueType.optional(ValueType.bytes(8 * MIB, 1024 * TIB)),
                    "",
                    "What the data directory may take. Two journal files and limits.unsynced-bytes of it are kept for"
                            + " acknowledgements and for moving what lives in old files; publishing is refused while"
                            + " the rest is taken.")
            .withDefaultShown("none");
    static final Key<Optional<Long>> FREE_BYTES_MIN = Key.of(
                    "storage.free-bytes-min",
                    ValueType.optional(ValueType.bytes(0, 1024 * TIB)),
                    "",
                    "Publishing is refused while the disk of the data directory has less left; 0B is no bound.")
            .withDefaultShown("four journal files and limits.unsynced-bytes");
    static final Key<Optional<Long>> TAIL_CACHE_BYTES = Key.of(
                    "storage.tail-cache-bytes",
                    ValueType.optional(ValueType.bytes(MIB, 64 * GIB)),
                    "",
                    "Memory for the newest messages, from which consumers that keep up are served.")
            .withDefaultShown("64MiB, at most a sixteenth of the heap");

    static final Key<Long> SCRUB_BYTES_PER_SECOND = Key.of(
            "storage.scrub.bytes-per-second",
            ValueType.bytes(0, 64 * GIB),
            "4MiB",
            "How much of the segments and adopted files is read in a second to check that they are what was written;"
                    + " 0B for nothing.");
    static final Key<Duration> SCRUB_INTERVAL = Key.of(
            "storage.scrub.interval",
            ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
            "7d",
            "All of them are checked once in this time at most.");
    static final Key<Optional<Path>> BACKUP_DIRECTORY = Key.of(
                    "storage.backup-directory",
                    ValueType.optional(ValueType.path()),
                    "",
                    "Where the broker makes backups while it serves, each in a folder of its own; best on another disk."
                            + " There are none unless it is set.")
            .withDefaultShown("none");

    static final Key<LogFormat> LOG_FORMAT = Key.of(
            "log.format", ValueType.choice(LogFormat.class), "text", "The form of a log line on standard error.");
    static final Key<Level> LOG_LEVEL = Key.of(
            "log.level",
            ValueType.choice(Level.class),
            "info",
            "The least important events of Millrace that are logged; libraries log warnings at most.");

    static final Key<Duration> SHUTDOWN_TIMEOUT = Key.of(
            "shutdown.timeout",
            ValueType.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
            "10s",
            "How long an orderly end may take before the process ends without it.");

    private static final Map<String, Key<?>> KEYS = keysByName();

    private Schema() {}

    /** All keys, in the order in which they are explained. */
    public static List<Key<?>> keys() {
        return List.copyOf(KEYS.values());
    }

    static Map<String, Key<?>> byName() {
        return KEYS;
    }

    private static Map<String, Key<?>> keysByName() {
        var keys = new ArrayList<Key<?>>();
        keys.add(DATA_DIRECTORY);
        keys.add(SEAL_KEY_FILE);
        DOORS.forEach(door -> keys.addAll(door.all()));
        keys.addAll(List.of(CONNECTIONS, REQUEST_BYTES, REQUESTS_BYTES_TOTAL, MESSAGE_BYTES, RECEIVE_MESSAGES));
        keys.addAll(List.of(RECEIVE_BYTES, WAIT, LEASE_MAX, UNSYNCED_BYTES, LEASES_PER_QUEUE, METRICS_QUEUES));
        keys.addAll(List.of(QUEUES_LEASE, STORAGE_KIND));
        keys.addAll(List.of(SHARDS, JOURNAL_FILE_BYTES, JOURNAL_BYTES, JOURNAL_SPARE_FILES));
        keys.addAll(List.of(BYTES_MAX, FREE_BYTES_MIN, TAIL_CACHE_BYTES, BACKUP_DIRECTORY));
        keys.addAll(List.of(SCRUB_BYTES_PER_SECOND, SCRUB_INTERVAL));
        keys.addAll(BookKeeperKeys.ALL);
        keys.addAll(List.of(LOG_FORMAT, LOG_LEVEL, SHUTDOWN_TIMEOUT));
        var byName = new LinkedHashMap<String, Key<?>>();
        keys.forEach(key -> byName.put(key.name(), key));
        return Collections.unmodifiableMap(byName);
    }
}
