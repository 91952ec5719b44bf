package io.millrace.server.config;

import io.millrace.base.ByteSize;
import io.millrace.base.Durations;
import io.millrace.server.config.DoorSettings.TlsFiles;
import io.millrace.storage.local.SpaceLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Puts the values of single keys together to {@link Settings}, and finds values that are fine alone and contradict
 * each other.
 *
 * <p>Used once, by one thread.
 */
final class SettingsAssembly {
    private static final long REQUESTS_BYTES_TOTAL = 256L << 20;
    private static final String SEAL_KEY_FILE = "seal.key";
    private static final long UNSYNCED_BYTES = 64L << 20;
    private static final long TAIL_CACHE_BYTES = 64L << 20;
    private static final int FREE_JOURNAL_FILES = 4;

    private final Values values;
    private final long heapBytesMax;
    private final List<String> problems;

    SettingsAssembly(Values values, long heapBytesMax, List<String> problems) {
        this.values = values;
        this.heapBytesMax = heapBytesMax;
        this.problems = problems;
    }

    Settings assemble() {
        if (problems.isEmpty()) {
            checkTogether();
        }
        return new Settings(
                values.get(Schema.DATA_DIRECTORY),
                values.get(Schema.SEAL_KEY_FILE)
                        .orElse(values.get(Schema.DATA_DIRECTORY).resolve(SEAL_KEY_FILE)),
                doors(),
                limits(),
                new Settings.Queues(values.get(Schema.QUEUES_LEASE)),
                new Settings.Storage(
                        values.get(Schema.STORAGE_KIND),
                        values.get(Schema.SHARDS),
                        bytes(Schema.JOURNAL_FILE_BYTES),
                        values.get(Schema.JOURNAL_BYTES),
                        values.get(Schema.JOURNAL_SPARE_FILES),
                        values.get(Schema.BYTES_MAX).orElse(Long.MAX_VALUE),
                        values.get(Schema.FREE_BYTES_MIN).orElseGet(this::freeBytesMin),
                        values.get(Schema.TAIL_CACHE_BYTES).orElseGet(this::tailCacheBytes),
                        values.get(Schema.SCRUB_BYTES_PER_SECOND),
                        values.get(Schema.SCRUB_INTERVAL),
                        values.get(Schema.BACKUP_DIRECTORY),
                        BookKeeperKeys.settings(values)),
                new Settings.Log(values.get(Schema.LOG_FORMAT), values.get(Schema.LOG_LEVEL)),
                values.get(Schema.SHUTDOWN_TIMEOUT));
    }

    private Settings.Limits limits() {
        return new Settings.Limits(
                values.get(Schema.CONNECTIONS),
                bytes(Schema.REQUEST_BYTES),
                values.get(Schema.REQUESTS_BYTES_TOTAL).orElseGet(this::requestsBytesTotal),
                bytes(Schema.MESSAGE_BYTES),
                values.get(Schema.RECEIVE_MESSAGES),
                bytes(Schema.RECEIVE_BYTES),
                values.get(Schema.WAIT),
                values.get(Schema.LEASE_MAX),
                unsyncedBytesMax(),
                values.get(Schema.LEASES_PER_QUEUE),
                values.get(Schema.METRICS_QUEUES));
    }

    // Buffers are beside the heap, for which the process sets half its size aside: requests and answers an eighth each,
    // what waits for the disk and what is kept of it a sixteenth each. The rest is the network's.

    /** On a small heap the default still has room for one request. */
    private long requestsBytesTotal() {
        long share = Math.min(REQUESTS_BYTES_TOTAL, heapBytesMax / 8);
        return Math.max(share, values.get(Schema.REQUEST_BYTES));
    }

    /** On a small heap the default still has room for one message. */
    private long unsyncedBytes() {
        long share = Math.min(UNSYNCED_BYTES, heapBytesMax / 16);
        return Math.max(share, values.get(Schema.MESSAGE_BYTES));
    }

    /** Messages that were taken already find room, and acknowledgements after them. */
    private long freeBytesMin() {
        return FREE_JOURNAL_FILES * values.get(Schema.JOURNAL_FILE_BYTES) + unsyncedBytesMax();
    }

    private long unsyncedBytesMax() {
        return values.get(Schema.UNSYNCED_BYTES).orElseGet(this::unsyncedBytes);
    }

    private long tailCacheBytes() {
        return Math.min(TAIL_CACHE_BYTES, heapBytesMax / 16);
    }

    private Map<String, DoorSettings> doors() {
        var doors = new TreeMap<String, DoorSettings>();
        for (DoorKeys keys : Schema.DOORS) {
            doors.put(
                    keys.door(),
                    new DoorSettings(
                            keys.door(),
                            values.get(keys.enabled()),
                            values.get(keys.host()),
                            values.get(keys.port()),
                            values.get(keys.advertise()),
                            tls(keys)));
        }
        return doors;
    }

    private Optional<TlsFiles> tls(DoorKeys keys) {
        Optional<Path> certificate = values.get(keys.certificate());
        Optional<Path> key = values.get(keys.key());
        return certificate.flatMap(chain -> key.map(secret -> new TlsFiles(chain, secret)));
    }

    private void checkTogether() {
        checkDoors();
        checkSpace();
        BookKeeperKeys.check(values, problems);
        notMore(Schema.MESSAGE_BYTES, Schema.REQUEST_BYTES);
        values.get(Schema.REQUESTS_BYTES_TOTAL).ifPresent(total -> {
            if (values.get(Schema.REQUEST_BYTES) > total) {
                problems.add(contradiction(
                        Schema.REQUEST_BYTES,
                        ByteSize.print(values.get(Schema.REQUEST_BYTES)),
                        Schema.REQUESTS_BYTES_TOTAL,
                        ByteSize.print(total)));
            }
        });
        if (values.get(Schema.QUEUES_LEASE).compareTo(values.get(Schema.LEASE_MAX)) > 0) {
            problems.add(contradiction(
                    Schema.QUEUES_LEASE,
                    Durations.print(values.get(Schema.QUEUES_LEASE)),
                    Schema.LEASE_MAX,
                    Durations.print(values.get(Schema.LEASE_MAX))));
        }
    }

    private void checkSpace() {
        long least = SpaceLimits.bytesMaxLeast(
                values.get(Schema.JOURNAL_BYTES),
                values.get(Schema.JOURNAL_FILE_BYTES),
                values.get(Schema.JOURNAL_SPARE_FILES),
                values.get(Schema.SHARDS),
                unsyncedBytesMax());
        values.get(Schema.BYTES_MAX).filter(most -> most < least).ifPresent(most -> {
            problems.add(Schema.BYTES_MAX.name() + " (" + ByteSize.print(most) + ") is too little: with "
                    + Schema.JOURNAL_BYTES.name() + " (" + ByteSize.print(values.get(Schema.JOURNAL_BYTES)) + "), "
                    + Schema.JOURNAL_FILE_BYTES.name() + " (" + ByteSize.print(values.get(Schema.JOURNAL_FILE_BYTES))
                    + "), " + Schema.JOURNAL_SPARE_FILES.name() + " (" + values.get(Schema.JOURNAL_SPARE_FILES)
                    + "), " + Schema.SHARDS.name() + " (" + values.get(Schema.SHARDS) + ") and "
                    + Schema.UNSYNCED_BYTES.name() + " (" + ByteSize.print(unsyncedBytesMax())
                    + ") the least is " + ByteSize.print(least));
        });
    }

    private void checkDoors() {
        if (Schema.DOORS.stream().noneMatch(door -> values.get(door.enabled()))) {
            problems.add("no door is enabled, so nobody could connect; enable one with doors.<name>.enabled");
        }
        for (DoorKeys door : Schema.DOORS) {
            if (values.get(door.certificate()).isPresent()
                    != values.get(door.key()).isPresent()) {
                problems.add(door.certificate().name() + " and " + door.key().name()
                        + " belong together; only one of them is set");
            }
        }
    }

    private void notMore(Key<Long> smaller, Key<Long> larger) {
        long least = values.get(smaller);
        long most = values.get(larger);
        if (least > most) {
            problems.add(contradiction(smaller, ByteSize.print(least), larger, ByteSize.print(most)));
        }
    }

    private static String contradiction(Key<?> smaller, String value, Key<?> larger, String limit) {
        return smaller.name() + " (" + value + ") is more than " + larger.name() + " (" + limit + ")";
    }

    private int bytes(Key<Long> key) {
        return Math.toIntExact(values.get(key));
    }
}
