package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.StorageFile;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A data directory of known content that was closed in peace, with files of every kind in it. */
final class StoredDirectory {
    static final int SHARDS = 2;
    /** In this order: a seed makes the same directory every time. */
    static final Set<Long> QUEUES = Collections.unmodifiableSet(new TreeSet<>(List.of(1L, 2L, 3L, 4L)));

    private static final long FILE_BYTES = 16L * 4096;
    static final LocalStoreOptions OPTIONS = new LocalStoreOptions(SHARDS, FILE_BYTES, 1, 0, 4096, 1, 3 * FILE_BYTES);

    /** Everything is looked at as often as this. */
    static final long SCRUB_MILLIS = 5_000;

    private static final ScrubOptions SCRUB = new ScrubOptions(Long.MAX_VALUE, SCRUB_MILLIS);
    private static final int MESSAGE_BYTES = 700;

    final SimulatedFileSystem disk;
    private final SplittableRandom random;
    /** Per queue the numbers of the messages that nobody has settled. */
    private final Map<Long, TreeSet<Long>> alive = new HashMap<>();

    private long nextNumber;

    private StoredDirectory(long seed) {
        random = new SplittableRandom(seed);
        disk = new SimulatedFileSystem(random.split());
        QUEUES.forEach(queue -> alive.put(queue, new TreeSet<>()));
    }

    /** Makes one; the same seed makes the same. */
    static StoredDirectory filled(long seed) throws IOException {
        StoredDirectory directory = new StoredDirectory(seed);
        SimulatedProcess process = directory.start();
        try {
            for (int round = 0; !directory.hasAllKinds(); round++) {
                assertThat(round)
                        .as("rounds until there are files of every kind")
                        .isLessThan(1_000);
                directory.round(process, round / 10 % 2 == 0);
            }
            // The oldest file has just left; some more, so that there is something to replay.
            for (int round = 0; round < 3; round++) {
                directory.round(process, true);
            }
        } finally {
            process.close();
        }
        return directory;
    }

    /** Opens it; what opening throws comes out. */
    SimulatedProcess start() throws IOException {
        SimulatedWorld world = new SimulatedWorld(new SplittableRandom(5));
        List<ShardLedger> ledgers = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            ledgers.add(new ShardLedger(shard));
        }
        SimulatedProcess process = new SimulatedProcess(
                disk, OPTIONS, EngineLimits.DEFAULT, world, QUEUES, ledgers, new SplittableRandom(6), SCRUB);
        assertThat(process.awaitReady()).isTrue();
        return process;
    }

    /** Opens it, and lets it come to rest with segments and adopted files. */
    SimulatedProcess startCalm() throws IOException {
        SimulatedProcess process = start();
        awaitCalm(process);
        for (int round = 0; files("segment-").isEmpty() || files("adopted-").isEmpty(); round++) {
            assertThat(round).as("rounds until there are both at rest").isLessThan(1_000);
            round(process, round / 10 % 2 == 0);
            if (!files("adopted-").isEmpty()) {
                awaitCalm(process);
            }
        }
        return process;
    }

    /** The same on a disk of its own. */
    StoredDirectory copy() throws IOException {
        StoredDirectory copy = new StoredDirectory(0);
        copy.alive.putAll(alive);
        copy.disk.createDirectories(SimulatedProcess.DIRECTORY);
        for (Path path : disk.list(SimulatedProcess.DIRECTORY)) {
            try (StorageFile source = disk.open(path);
                    StorageFile target = copy.disk.create(path)) {
                ByteBuffer content = ByteBuffer.allocate((int) source.size());
                source.read(content, 0);
                target.write(content.flip(), 0);
                target.sync();
            }
        }
        copy.disk.syncDirectory(SimulatedProcess.DIRECTORY);
        return copy;
    }

    static int shardOf(long queue) {
        return (int) (queue % SHARDS);
    }

    /** The numbers of the messages of {@code queue} that nobody has settled. */
    Set<Long> alive(long queue) {
        return alive.get(queue);
    }

    /** The files whose names begin with {@code prefix}, in order. */
    List<Path> files(String prefix) throws IOException {
        return disk.list(SimulatedProcess.DIRECTORY).stream()
                .filter(path -> path.getFileName().toString().startsWith(prefix))
                .toList();
    }

    /** Waits until nothing is written anew any more. */
    void awaitCalm(SimulatedProcess process) throws IOException {
        List<Path> before = List.of();
        for (int calm = 0; calm < 3; calm++) {
            process.clock().advance(TimeUnit.MINUTES.toNanos(1));
            process.runUntilIdle();
            List<Path> now = files("segment-");
            calm = now.equals(before) ? calm : 0;
            before = now;
        }
    }

    /** Acknowledges everything. */
    void settleAll(SimulatedProcess process) {
        for (long queue : QUEUES) {
            while (!alive.get(queue).isEmpty()) {
                ReceiveProbe receive = ReceiveProbe.upTo(1_000);
                process.shard(shardOf(queue)).receive(queue, receive);
                process.runUntilIdle();
                SettlementProbe settlement = new SettlementProbe();
                receive.messages().forEach(settlement::acknowledge);
                process.shard(shardOf(queue)).settle(queue, settlement);
                process.runUntilIdle();
                receive.numbers().forEach(alive.get(queue)::remove);
            }
        }
    }

    /** Publishes and acknowledges until old journal files have gone, and with them what nobody needs any more. */
    void replaceJournal(SimulatedProcess process) throws IOException {
        List<Path> before = files("journal-");
        while (files("journal-").stream().anyMatch(before::contains)) {
            round(process, false);
            settleAll(process);
        }
    }

    private boolean hasAllKinds() throws IOException {
        return files("adopted-").size() > 1
                && files("segment-").size() > 5
                && files("manifest-").size() == SHARDS;
    }

    private void round(SimulatedProcess process, boolean keepsMost) {
        for (long queue : QUEUES) {
            for (int publishes = random.nextInt(1, 6); publishes > 0; publishes--) {
                int count = random.nextInt(1, 4);
                int bytes = random.nextInt(8, MESSAGE_BYTES);
                process.shard(shardOf(queue)).publish(queue, new PublishProbe(nextNumber, count, bytes));
                for (int i = 0; i < count; i++) {
                    alive.get(queue).add(nextNumber++);
                }
            }
        }
        for (long queue : QUEUES) {
            share(process, queue);
        }
        process.runUntilIdle();
        for (long queue : QUEUES) {
            if (!keepsMost || random.nextInt(8) == 0) {
                settle(process, process.shard(shardOf(queue)), queue);
            }
        }
    }

    /** Publishes a message to all queues of the shard that {@code queue} is in, which has it once. */
    private void share(SimulatedProcess process, long queue) {
        int bytes = random.nextInt(8, MESSAGE_BYTES);
        SharedPublish shared = new SharedPublish();
        for (long each : QUEUES) {
            if (shardOf(each) == shardOf(queue)) {
                shared.add(each, new PublishProbe(nextNumber, 1, bytes));
                alive.get(each).add(nextNumber);
            }
        }
        nextNumber++;
        shared.publishTo(process.shard(shardOf(queue)));
    }

    private void settle(SimulatedProcess process, Shard shard, long queue) {
        ReceiveProbe receive = ReceiveProbe.upTo(12);
        shard.receive(queue, receive);
        process.runUntilIdle();
        SettlementProbe settlement = new SettlementProbe();
        for (Message each : receive.messages()) {
            if (random.nextInt(6) == 0) {
                settlement.release(each, 0);
            } else {
                settlement.acknowledge(each);
                alive.get(queue).remove(each.number());
            }
        }
        shard.settle(queue, settlement);
        process.runUntilIdle();
    }
}
