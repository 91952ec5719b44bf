package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.DiskOperation;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.Survival;
import java.io.IOException;
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
