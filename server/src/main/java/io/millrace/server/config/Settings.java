package io.millrace.server.config;

import io.millrace.server.logging.LogFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.event.Level;

/**
 * All settings of one process, checked and typed. What each one means is told by the key of the same name in {@link
 * Schema}.
 *
 * <p>Immutable; any thread.
 *
 * @param dataDirectory relative to the working directory unless absolute
 * @param sealKeyFile the file with the seal keys, made if it is not there
 * @param doors every door that exists, by name, also those that are not enabled
 */
public record Settings(
        Path dataDirectory,
        Path sealKeyFile,
        Map<String, DoorSettings> doors,
        Limits limits,
        Queues queues,
        Storage storage,
        Log log,
        Duration shutdownTimeout) {

    public Settings {
        doors = Collections.unmodifiableMap(new TreeMap<>(doors));
    }

    /** {@code limits.*} */
    public record Limits(
            int connections,
            int requestBytes,
            long requestsBytesTotal,
            int messageBytes,
            int receiveMessages,
            int receiveBytes,
            Duration waitMax,
            Duration leaseMax,
            long unsyncedBytes,
            int leasesPerQueue,
            int metricsQueues) {}

    /** {@code queues.*} */
    public record Queues(Duration lease) {}

    /**
     * {@code storage.*}
     *
     * @param bytesMax {@link Long#MAX_VALUE} for no bound
     */
    public record Storage(
            StorageKind kind,
            int shards,
            int journalFileBytes,
            long journalBytes,
            int journalSpareFiles,
            long bytesMax,
            long freeBytesMin,
            long tailCacheBytes,
            long scrubBytesPerSecond,
            Duration scrubInterval,
            Optional<Path> backupDirectory,
            BookKeeper bookKeeper) {}

    /**
     * {@code storage.bookkeeper.*}
     *
     * @param zooKeeper there where storage is of this kind
     */
    public record BookKeeper(
            Optional<String> zooKeeper,
            String root,
            String ledgersRoot,
            int ensemble,
            int writeQuorum,
            int ackQuorum,
            long ledgerBytes,
            Duration entryTimeout,
            Duration repairTimeout) {}

    /** {@code log.*} */
    public record Log(LogFormat format, Level level) {}

    /** These settings with every door on a free port of the loopback address. */
    public Settings onFreePorts() {
        var free = new TreeMap<String, DoorSettings>();
        doors.forEach((name, door) -> free.put(name, door.onFreePort()));
        return new Settings(dataDirectory, sealKeyFile, free, limits, queues, storage, log, shutdownTimeout);
    }
}
