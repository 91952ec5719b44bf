package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.base.file.FileSystem;
import io.millrace.storage.BackupRequest;
import io.millrace.storage.BackupRun;
import io.millrace.storage.BackupRun.State;
import io.millrace.testkit.LeakCheck;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a copy of a store that serves holds on to, and for how long, and of which moment it is; what else is in it is
 * for the simulation.
 */
@LeakCheck
class LiveBackupTest {
    private static final Path BACKUP = Path.of("/backup");
    private static final LocalStoreOptions OPTIONS = RecordedJournal.OPTIONS.withJournalBytes(0);
    private static final long SLOW = BackupRequest.BYTES_PER_SECOND_MIN;

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private final SimulatedFileSystem other = new SimulatedFileSystem(new SplittableRandom(2));
    private final SimulatedWorld world = new SimulatedWorld(new SplittableRandom(1));
    private StoreProcess process;

    private record Target(FileSystem fileSystem) implements BackupRequest.Target {
        @Override
        public Path open() throws IOException {
            fileSystem.createDirectories(BACKUP);
            return BACKUP;
        }

        @Override
        public void abandon() {
            // The tests look at what is left.
        }
    }

    @AfterEach
    void end() {
        process.kill();
    }

    private BackupRun begin(FileSystem target, long bytesPerSecond) {
        BackupRun run = process.store.backups().begin(new BackupRequest(new Target(target), Set.of(), bytesPerSecond));
        process.run();
        return run;
    }

    private void fill(int files) {
        for (int i = 0; i < files * OPTIONS.fileBytes() / 4096; i++) {
            process.sync(0, new byte[3000]);
        }
    }

    private List<Path> journalFiles() throws IOException {
        return disk.list(StoreProcess.DIRECTORY).stream()
                .filter(each -> each.getFileName().toString().startsWith("journal-"))
                .toList();
    }

    private void trimAll() {
        process.trim(0, process.log(0).syncedPosition());
        process.run();
    }

    /** Appends a record that the writer has written, and nobody has synced. */
    private byte[] write(ManualAgents agents, int fill) {
        byte[] record = new byte[3000];
        Arrays.fill(record, (byte) fill);
        process.append(0, record);
        process.log(0).flush();
        agents.work("writer");
        return record;
    }

    private void sync(ManualAgents agents) {
        agents.work("syncer");
        process.run();
    }

    /** States that nothing is needed but what is not synced yet. */
    private void state(ManualAgents agents) {
        process.trim(0, process.log(0).syncedPosition());
        agents.work("segments");
        process.run();
    }

    private BackupRun beginByHand(ManualAgents agents) {
        BackupRun run = process.store.backups().begin(new BackupRequest(new Target(other), Set.of(), 0));
        agents.work("backup");
        return run;
    }

    private static long replayFrom(FileSystem fileSystem) throws IOException {
        StoreIdentity identity = StoreIdentity.open(fileSystem, StoreProcess.DIRECTORY, new Random(0));
        return ManifestFile.read(fileSystem, StoreProcess.DIRECTORY, identity.id(), 0)
                .replayFrom();
    }

    /** Lets the copy come to its end, restores it, and returns what shard 0 is given of it. */
    private List<byte[]> restored(ManualAgents agents, BackupRun run) throws IOException {
        while (run.progress().state() == State.RUNNING) {
            assertThat(agents.work("backup")).isTrue();
        }
        assertThat(run.progress().state()).isEqualTo(State.DONE);
        other.createDirectories(StoreProcess.DIRECTORY);
        new StoreBackup(other, bytes -> {}).restore(BACKUP, StoreProcess.DIRECTORY, Set.of());
        StoreProcess copy = StoreProcess.open(other, OPTIONS);
        copy.kill();
        assertThat(copy.store.report().damages()).isEmpty();
        assertThat(copy.owner(0).lost).isEmpty();
        return copy.owner(0).records();
    }

    @Test
    void noManifestIsReplacedBetweenTheManifestsAndTheJournal() throws IOException {
        ManualAgents agents = new ManualAgents();
        process = StoreProcess.start(disk, OPTIONS, world, agents);
        write(agents, 1);
        sync(agents);
        state(agents);
        long before = replayFrom(disk);
        byte[] second = write(agents, 2);
        sync(agents);
        BackupRun run = beginByHand(agents);
        agents.work("segments");

        state(agents);
        assertThat(replayFrom(disk)).as("the journal is not taken").isEqualTo(before);
        agents.work("writer");
        agents.work("segments");

        assertThat(replayFrom(disk)).isGreaterThan(before);
        assertThat(restored(agents, run)).containsExactly(second);
        assertThat(replayFrom(other))
                .as("the manifest of the same moment as the journal")
                .isEqualTo(before);
    }

    @Test
    void theJournalIsCopiedUpToWhereItWasSyncedAndNoFurther() throws IOException {
        ManualAgents agents = new ManualAgents();
        process = StoreProcess.start(disk, OPTIONS, world, agents);
        byte[] synced = write(agents, 1);
        sync(agents);
        write(agents, 2);
        BackupRun run = beginByHand(agents);
        agents.work("segments");
        agents.work("writer");

        sync(agents);
        write(agents, 3);
        sync(agents);

        assertThat(restored(agents, run)).containsExactly(synced);
    }

    @Test
    void filesOfTheJournalAreUsedAgainOnlyWhenTheyAreCopied() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        fill(5);
        List<Path> held = journalFiles();
        BackupRun run = begin(other, SLOW);

        trimAll();
        fill(2);
        trimAll();

        assertThat(run.progress().state()).isEqualTo(State.RUNNING);
        assertThat(journalFiles()).containsAll(held.subList(2, held.size()));
        for (int i = 0; i < 1000 && run.progress().state() == State.RUNNING; i++) {
            world.clock().advance(TimeUnit.SECONDS.toNanos(1));
            process.run();
        }
        assertThat(run.progress().state()).isEqualTo(State.DONE);
        assertThat(journalFiles()).hasSizeLessThan(held.size()).doesNotContain(held.get(2));
    }

    @Test
    void aCancelledOneHoldsNothingAndLeavesNothing() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        fill(5);
        List<Path> held = journalFiles();
        BackupRun run = begin(other, SLOW);
        trimAll();

        run.cancel();
        process.run();

        assertThat(run.progress().state()).isEqualTo(State.CANCELLED);
        assertThat(other.list(BACKUP)).isEmpty();
        assertThat(journalFiles()).hasSizeLessThan(held.size());
        assertThat(begin(other, 0).progress().state()).isEqualTo(State.DONE);
    }

    @Test
    void nothingIsCopiedFasterThanWasAskedFor() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        fill(12);
        BackupRun run = begin(other, SLOW);
        for (int seconds = 0; run.progress().state() == State.RUNNING; seconds++) {
            assertThat(run.progress().bytes()).isLessThanOrEqualTo(SLOW * seconds + OPTIONS.fileBytes());
            world.clock().advance(TimeUnit.SECONDS.toNanos(1));
            process.run();
        }
        assertThat(run.progress().state()).isEqualTo(State.DONE);
        assertThat(run.progress().bytes())
                .isEqualTo(run.progress().bytesTotal())
                .isGreaterThan(4 * SLOW);
    }

    @Test
    void oneThatIsStuckLosesItsHold() throws IOException {
        ManualAgents agents = new ManualAgents();
        process = StoreProcess.start(disk, OPTIONS, world, agents);
        BackupRun run = process.store.backups().begin(new BackupRequest(new Target(other), Set.of(), 0));
        agents.work("backup");
        agents.work("segments");
        agents.work("writer");
        agents.work("backup");
        agents.work("files");
        assertThat(run.progress().state()).isEqualTo(State.RUNNING);
        assertThat(run.progress().filesTotal()).isPositive();

        world.clock().advance(TimeUnit.SECONDS.toNanos(BackupAgent.STUCK_SECONDS) - 1);
        agents.work("files");
        assertThat(run.progress().state()).isEqualTo(State.RUNNING);
        world.clock().advance(1);
        agents.work("files");

        assertThat(run.progress().state()).isEqualTo(State.FAILED);
        assertThat(run.progress().error()).contains("no progress");
        assertThat(process.store.backups().begin(new BackupRequest(new Target(other), Set.of(), 0)))
                .as("its agent has not come back")
                .isNull();
        agents.work("backup");
        assertThat(other.list(BACKUP)).isEmpty();
        assertThat(run.progress().state()).isEqualTo(State.FAILED);
        assertThat(process.store.backups().begin(new BackupRequest(new Target(other), Set.of(), 0)))
                .isNotNull();
    }

    @Test
    void spaceForMessagesMattersMoreThanACopy() throws IOException {
        long file = OPTIONS.fileBytes();
        process = StoreProcess.start(disk, OPTIONS.with(new SpaceLimits(Long.MAX_VALUE, 2 * file, 0)), world);
        process.run();
        fill(5);
        BackupRun run = begin(disk, SLOW);
        assertThat(run.progress().state()).isEqualTo(State.RUNNING);

        long used = 0;
        for (Path folder : List.of(StoreProcess.DIRECTORY, BACKUP)) {
            for (Path each : disk.list(folder)) {
                used += disk.size(each);
            }
        }
        disk.capacity(used + 3 * file / 2);
        // The disk is looked at every ten seconds; the copy sees before its next piece what came of it.
        for (int i = 0; i < 2; i++) {
            world.clock().advance(TimeUnit.SECONDS.toNanos(10));
            process.run();
        }

        assertThat(run.progress().state()).isEqualTo(State.FAILED);
        assertThat(run.progress().error()).contains("space is short");
        assertThat(disk.list(BACKUP)).isEmpty();
    }

    @Test
    void aTargetWithoutRoomIsSeenBeforeAnythingIsCopied() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        fill(3);
        other.capacity(OPTIONS.fileBytes());

        BackupRun run = begin(other, 0);

        assertThat(run.progress().state()).isEqualTo(State.FAILED);
        assertThat(run.progress().error()).contains("the copy takes");
        assertThat(other.list(BACKUP)).isEmpty();
    }

    @Test
    void aStoreThatClosesEndsIt() throws IOException {
        process = StoreProcess.start(disk, OPTIONS, world);
        process.run();
        fill(3);
        BackupRun run = begin(other, SLOW);

        process.close();

        assertThat(run.progress().state()).isEqualTo(State.FAILED);
        assertThat(run.progress().error()).isEqualTo("the broker is shutting down");
        assertThat(other.list(BACKUP)).isEmpty();
    }
}
