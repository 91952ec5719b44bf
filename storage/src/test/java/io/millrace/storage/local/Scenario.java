package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.local.SimulationCounts.Met;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A life of a store that always goes the same way, up to the operation of the disk in which it dies: files fill up, are
 * adopted, moved and left again, manifests are replaced, segments written and deleted; then it is closed, opened again,
 * and goes on for a while.
 */
final class Scenario {
    private static final long SEED = 6;
    private static final int SHARDS = 2;
    private static final int RECORDS = 80;
    private static final int RECORDS_AFTER_RESTART = 25;
    private static final long STEPS_MAX = 100_000;
    /** The first files are filled with zeros, and those whose predecessors are known are reserved. */
    private static final LocalStoreOptions OPTIONS = LocalStoreOptions.DEFAULT
            .withShards(SHARDS)
            .withSizes(8L * JournalFormat.BLOCK_BYTES, 0, JournalFormat.BLOCK_BYTES)
            .withJournalBytes(0)
            .withReserveSyncBytes(1);

    final SimulatedFileSystem disk;
    final SimulationCounts counts = new SimulationCounts();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<ShardModel> models = new ArrayList<>();
    private final List<CheckpointModel> checkpoints = new ArrayList<>();
    private StoreProcess process;

    /** On a disk of its own whose chances are drawn from this seed. */
    Scenario(long diskSeed) {
        disk = new SimulatedFileSystem(new SplittableRandom(diskSeed));
        for (int shard = 0; shard < SHARDS; shard++) {
            models.add(new ShardModel());
            checkpoints.add(new CheckpointModel());
        }
    }

    /** Runs to its end; returns whether it came there alive. */
    boolean run() throws IOException {
        try {
            start();
            live(RECORDS);
            process.close();
            free();
            start();
            live(RECORDS_AFTER_RESTART);
            process.close();
            return true;
        } catch (SimulatedCrash e) {
            return false;
        } finally {
            free();
        }
    }

    /** After a death: starts again, goes on, closes and starts once more; all that must be there has to be. */
    void goOnAfterDeath() throws IOException {
        try {
            disk.restart();
            start();
            live(10);
            process.close();
            free();
            start();
            process.close();
        } finally {
            free();
        }
    }

    private void start() throws IOException {
        List<ShardOwner> owners = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            ShardOwner owner = new ShardOwner();
            owner.survivors = new Survivors(checkpoints.get(shard), models.get(shard), random.split(), counts);
            owners.add(owner);
        }
        process = StoreProcess.start(disk, OPTIONS, new SimulatedWorld(random.split()), owners);
        assertThat(process.store.report().damages()).isEmpty();
        for (int shard = 0; shard < SHARDS; shard++) {
            owners.get(shard).survivors.started(process.log(shard), owners.get(shard));
            models.get(shard).replayed(owners.get(shard), process.log(shard).appendedPosition());
            owners.get(shard).onSyncedTold = models.get(shard)::synced;
        }
    }

    private void live(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int shard = i % SHARDS;
            byte[] record = new byte[random.nextInt(3500)];
            random.nextBytes(record);
            models.get(shard).appended(process.append(shard, record), record);
            counts.add(Met.APPENDED, 1);
            process.log(shard).flush();
            for (int steps = random.nextInt(12); steps > 0; steps--) {
                process.world.step();
            }
            if (i % 3 == 0) {
                process.owner(random.nextInt(SHARDS)).survivors.act();
            }
            if (i % 8 == 0) {
                process.world.runUntilIdle(STEPS_MAX);
            }
        }
        process.world.runUntilIdle(STEPS_MAX);
        assertThat(process.store.failure()).isNull();
        process.owners.forEach(owner -> owner.survivors.assertIdle());
    }

    private void free() {
        if (process != null) {
            process.kill();
            process.owners.forEach(owner -> owner.survivors.free());
            process = null;
        }
    }
}
