package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.DiskOperation;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.Survival;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A recovery whose own file may have no name on disk is repeated as if it had not been. */
class UnsyncedNameRecoveryTest {
    private static final LocalStoreOptions OPTIONS = RecordedJournal.OPTIONS;

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));

    @Test
    void whatWasReplayedTwiceIsStillThereAfterAPowerCut() throws IOException {
        StoreProcess process = StoreProcess.start(disk, OPTIONS);
        process.sync(0, new byte[] {1});
        disk.faults().fail(Kind.SYNC, 1);
        process.append(0, new byte[] {2});
        process.log(0).flush();
        process.run();
        process.kill();
        disk.kill();
        disk.restart();

        disk.onOperation(this::failTheSyncBehindTheRename);
        assertThatThrownBy(() -> StoreProcess.open(disk, OPTIONS)).isInstanceOf(IOException.class);
        assertThat(replayed()).isEqualTo(2);
        disk.crash(Survival.NOTHING, new SplittableRandom(1));
        disk.restart();

        assertThat(replayed()).isEqualTo(2);
    }

    @Test
    void aVoidFileThatComesBackAfterAPowerCutIsNotTakenForADamagedOne() throws IOException {
        RecordedJournal journal = new RecordedJournal(1);
        while (RecordedJournal.groups(DirectoryImage.of(journal.disk), 2).isEmpty()) {
            journal.round(6000, 0);
        }
        // Nothing vouches for the only group of file 2: the file of the next recovery has it from then on.
        journal.process().kill();
        journal.disk.kill();
        journal.disk.restart();
        journal.disk.onOperation(operation -> {
            if (operation.kind() == Kind.DELETE && operation.path().equals(RecordedJournal.path(2))) {
                journal.disk.faults().fail(Kind.SYNC_DIRECTORY, 1);
            }
        });
        assertThatThrownBy(() -> StoreProcess.open(journal.disk, OPTIONS)).isInstanceOf(IOException.class);
        journal.disk.onOperation(any -> {});
        List<Path> left = journalFiles(journal.disk);
        StoreProcess process = StoreProcess.start(journal.disk, OPTIONS);
        for (int shard = 0; shard < OPTIONS.shards(); shard++) {
            process.trim(shard, process.log(shard).syncedPosition());
        }
        process.run();
        assertThat(journalFiles(journal.disk)).doesNotContainAnyElementsOf(left);
        process.kill();
        journal.disk.crash(Survival.NOTHING, new SplittableRandom(1));
        journal.disk.restart();
        assertThat(journalFiles(journal.disk)).contains(RecordedJournal.path(2));

        process = StoreProcess.open(journal.disk, OPTIONS);
        assertThat(process.store.report().damages()).isEmpty();
        process.kill();
    }

    /** What the shards have deleted on the ground of it, an older one would still name. */
    @Test
    void aManifestThatAStartWasGivenIsInForceAfterAPowerCut() throws IOException {
        StoreProcess process = StoreProcess.start(disk, OPTIONS);
        process.sync(0, new byte[] {1});
        process.trim(0, process.log(0).syncedPosition());
        process.run();
        long before = replayFrom(process);
        process.sync(0, new byte[] {2});
        disk.onOperation(this::failTheSyncBehindTheRename);
        process.trim(0, process.log(0).syncedPosition());
        process.run();
        assertThat(process.store.failure()).isNotNull();
        process.kill();
        disk.kill();
        disk.restart();

        process = StoreProcess.open(disk, OPTIONS);
        long given = replayFrom(process);
        assertThat(given).isGreaterThan(before);
        process.kill();
        disk.crash(Survival.NOTHING, new SplittableRandom(1));
        disk.restart();

        process = StoreProcess.open(disk, OPTIONS);
        assertThat(replayFrom(process)).isEqualTo(given);
        process.kill();
    }

    @Test
    void theIdentityOfAStoreIsOnDiskBeforeItsFirstFile() throws IOException {
        disk.onOperation(this::failTheSyncBehindTheRename);
        assertThatThrownBy(() -> StoreProcess.open(disk, OPTIONS)).isInstanceOf(IOException.class);
        StoreProcess process = StoreProcess.start(disk, OPTIONS);
        process.sync(0, new byte[] {1});
        process.kill();
        disk.crash(Survival.NOTHING, new SplittableRandom(1));
        disk.restart();

        assertThat(replayed()).isEqualTo(1);
    }

    private static List<Path> journalFiles(SimulatedFileSystem disk) throws IOException {
        return disk.list(StoreProcess.DIRECTORY).stream()
                .filter(each -> each.toString().endsWith(".log"))
                .toList();
    }

    private static long replayFrom(StoreProcess process) {
        return ((LocalShardLog) process.log(0)).checkpointed().replayFrom();
    }

    private void failTheSyncBehindTheRename(DiskOperation operation) {
        if (operation.kind() == Kind.RENAME) {
            disk.faults().fail(Kind.SYNC_DIRECTORY, 1);
            disk.onOperation(any -> {});
        }
    }

    private int replayed() throws IOException {
        StoreProcess process = StoreProcess.open(disk, OPTIONS);
        assertThat(process.store.report().damages()).isEmpty();
        process.kill();
        return process.owner(0).replayed.size();
    }
}
