package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.FileSystem;
import io.millrace.storage.BackupRequest;
import io.millrace.storage.BackupRun;
import io.millrace.storage.BackupRun.State;
import io.millrace.storage.local.SimulationCounts.Met;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Copies of a store of the simulation, made while it goes on. Each that is done is restored on a disk of its own and
 * started: it must hold what had been reported as synced before the copy was asked for, by the same model as a start
 * after a crash.
 */
final class SimulatedBackups {
    private static final Path BACKUP = Path.of("/backup");
    private static final long STEPS_MAX = 200_000;

    private final SplittableRandom random;
    private final LocalStoreOptions options;
    private final SimulationCounts counts;
    private BackupRun run;
    private SimulatedFileSystem target;
    /** What must be in the copy, by shard. */
    private final List<Long> synced = new ArrayList<>();

    private final List<CheckpointModel> checkpoints = new ArrayList<>();

    /** Where the copy goes: a disk that nobody else writes to. */
    private record Target(FileSystem fileSystem) implements BackupRequest.Target {
        @Override
        public Path open() throws IOException {
            fileSystem.createDirectories(BACKUP);
            return BACKUP;
        }

        @Override
        public void abandon() throws IOException {
            assertThat(fileSystem.list(BACKUP))
                    .as("what is left of a copy that ended")
                    .isEmpty();
        }
    }

    SimulatedBackups(SplittableRandom random, LocalStoreOptions options, SimulationCounts counts) {
        this.random = random;
        this.options = options;
        this.counts = counts;
    }

    /** Asks for a copy, or for the end of the one that is being made. */
    void act(LocalStore store, List<ShardModel> models, List<CheckpointModel> stated) {
        if (run != null) {
            assertThat(store.backups().begin(new BackupRequest(new Target(target), Set.of(), 0)))
                    .isNull();
            if (random.nextInt(4) == 0) {
                run.cancel();
            }
            return;
        }
        target = new SimulatedFileSystem(random.split());
        if (random.nextInt(6) == 0) {
            target.capacity(random.nextLong(10 * options.fileBytes()));
        }
        synced.clear();
        models.forEach(each -> synced.add(each.syncedPosition()));
        checkpoints.clear();
        stated.forEach(each -> checkpoints.add(each.copied()));
        run = store.backups().begin(new BackupRequest(new Target(target), Set.of(), 0));
        assertThat(run).isNotNull();
    }

    /** The process has ended, and with it the copy that it was making. */
    void died(List<CheckpointModel> stated) {
        run = null;
        stated.forEach(CheckpointModel::endCopy);
    }

    /** Looks whether a copy is done, and at what is in it. */
    void look(List<ShardModel> models, List<CheckpointModel> stated) throws IOException {
        if (run == null || run.progress().state() == State.RUNNING) {
            return;
        }
        State state = run.progress().state();
        run = null;
        stated.forEach(CheckpointModel::endCopy);
        if (state != State.DONE) {
            counts.add(state == State.CANCELLED ? Met.CANCELLED_BACKUPS : Met.FAILED_BACKUPS, 1);
            assertThat(target.exists(BACKUP.resolve(BackupList.NAME))).isFalse();
            return;
        }
        counts.add(Met.BACKUPS, 1);
        target.capacity(Long.MAX_VALUE);
        target.crash(random); // what is done is on stable storage
        target.restart();
        target.createDirectories(StoreProcess.DIRECTORY);
        new StoreBackup(target, bytes -> {}).restore(BACKUP, StoreProcess.DIRECTORY, Set.of());
        verify();
        start(models);
    }

    private void verify() throws IOException {
        List<Object> damages = new ArrayList<>();
        try (StoreInspection inspection = new StoreInspection(StoreProcess.DIRECTORY, target, bytes -> {})) {
            inspection.replay(shard -> new ShardOwner(), damages::add);
            inspection.verifyAdopted(damages::add);
        }
        assertThat(damages).isEmpty();
    }

    private void start(List<ShardModel> models) throws IOException {
        List<ShardOwner> owners = new ArrayList<>();
        List<ShardModel> copies = new ArrayList<>();
        for (int shard = 0; shard < models.size(); shard++) {
            copies.add(models.get(shard).copied(synced.get(shard)));
            ShardOwner owner = new ShardOwner();
            owner.survivors =
                    new Survivors(checkpoints.get(shard), copies.get(shard), random.split(), new SimulationCounts());
            owners.add(owner);
        }
        StoreProcess copy = StoreProcess.start(target, options, new SimulatedWorld(random.split()), owners);
        try {
            assertThat(copy.store.report().damages()).isEmpty();
            for (int shard = 0; shard < owners.size(); shard++) {
                ShardOwner owner = owners.get(shard);
                owner.survivors.started(copy.log(shard), owner);
                copies.get(shard).replayed(owner, copy.log(shard).appendedPosition());
                owner.onSyncedTold = copies.get(shard)::synced;
            }
            goOn(copy, owners, copies);
            copy.close();
        } finally {
            copy.kill();
            owners.forEach(owner -> owner.survivors.free());
        }
    }

    /** The copy is as good as the original: it takes records, reads old ones and moves them. */
    private void goOn(StoreProcess copy, List<ShardOwner> owners, List<ShardModel> copies) throws IOException {
        for (int i = 0; i < 20; i++) {
            int shard = random.nextInt(owners.size());
            byte[] record = new byte[random.nextInt(3000)];
            random.nextBytes(record);
            copies.get(shard).appended(copy.append(shard, record), record);
            copy.log(shard).flush();
            owners.get(shard).survivors.act();
            copy.world.runUntilIdle(STEPS_MAX);
        }
        assertThat(copy.store.failure()).isNull();
        owners.forEach(owner -> owner.survivors.assertIdle());
    }
}
