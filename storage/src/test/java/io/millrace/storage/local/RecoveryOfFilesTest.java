package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.Clock;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentStore;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.Survival;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What recovery does with files other than those that it replays. */
class RecoveryOfFilesTest {
    private static final LocalStoreOptions OPTIONS = RecordedJournal.OPTIONS;

    @Test
    void aNewDirectoryHasAnIdentityAndOneFileThatIsReadyToBeWritten() throws IOException {
        SimulatedFileSystem disk = new RecordedJournal(1).disk;

        assertThat(disk.list(StoreProcess.DIRECTORY))
                .contains(StoreProcess.DIRECTORY.resolve("millrace.format"), RecordedJournal.path(1));
    }

    @Test
    void aDirectoryThatAKilledProcessMadeIsDurableBeforeItIsUsed() throws IOException {
        for (int operation = 1; operation <= 12; operation++) {
            SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(operation));
            disk.killAt(operation);
            assertThatThrownBy(() -> StoreProcess.open(disk, OPTIONS)).isInstanceOf(SimulatedCrash.class);
            disk.restart();
            StoreProcess process = StoreProcess.start(disk, OPTIONS);
            process.sync(1, new byte[] {1});
            process.kill();
            disk.crash(Survival.NOTHING, new SplittableRandom(operation));
            disk.restart();

            StoreProcess next = StoreProcess.open(disk, OPTIONS);
            assertThat(next.owner(1).records()).containsExactly(new byte[] {1});
            next.kill();
        }
    }

    @Test
    void aFileThatAnInterruptedRecoveryLeftIsRemoved() throws IOException {
        RecordedJournal journal = new RecordedJournal(2).rounds(3, 100, 0, 1, 2);
        DirectoryImage image = journal.killed();
        Path leftover = StoreProcess.DIRECTORY.resolve("journal-3.tmp");
        Path older = StoreProcess.DIRECTORY.resolve("journal-2.tmp");
        SimulatedFileSystem disk = image.with(leftover, image.bytes(RecordedJournal.path(1)))
                .with(older, new byte[100])
                .disk();

        StoreProcess process = StoreProcess.open(disk, OPTIONS);

        journal.assertReplayedUpTo(3, process);
        assertThat(disk.exists(leftover)).isFalse();
        assertThat(disk.exists(older)).isFalse();
        process.kill();
    }

    @Test
    void filesThatWerePreparedAndNeverUsedAreRemoved() throws IOException {
        RecordedJournal journal = new RecordedJournal(3).rounds(3, 100, 0, 1, 2);
        DirectoryImage image = journal.killed();
        assertThat(image.has(RecordedJournal.path(2))).isTrue();
        SimulatedFileSystem disk = image.with(RecordedJournal.path(3), new byte[5000])
                .with(RecordedJournal.path(4), new byte[0])
                .with(RecordedJournal.path(7), image.bytes(RecordedJournal.path(1)))
                .disk();

        StoreProcess process = StoreProcess.open(disk, OPTIONS);

        journal.assertReplayedUpTo(3, process);
        for (long number : new long[] {2, 3, 4, 7}) {
            assertThat(disk.exists(RecordedJournal.path(number))).isFalse();
        }
        assertThat(disk.exists(RecordedJournal.path(8))).isTrue();
        process.kill();
    }

    @Test
    void aFileThatHoldsNothingButVoidGroupsIsRemoved() throws IOException {
        RecordedJournal journal = new RecordedJournal(4).roundsInTurn(40, 3000);
        DirectoryImage before = journal.killed();
        List<Long> files = RecordedJournal.filesInUse(before);
        long newest = files.get(files.size() - 1);
        Path last = RecordedJournal.path(newest);
        DirectoryImage torn = before.zeroed(
                last, RecordedJournal.groups(before, newest).get(0).end(), OPTIONS.fileBytes());
        // One group is left in the last file, which nothing vouches for: recovery copies it, and the file is void.
        SimulatedFileSystem disk = torn.disk();
        StoreProcess second = StoreProcess.open(disk, OPTIONS);
        int kept =
                second.owners.stream().mapToInt(owner -> owner.replayed.size()).sum();
        journal.assertReplayedUpTo(kept, second);
        second.kill();
        assertThat(disk.exists(last)).isFalse();

        // As if its deletion had been lost in a crash.
        SimulatedFileSystem again =
                DirectoryImage.of(disk).with(last, before.bytes(last)).disk();
        StoreProcess third = StoreProcess.open(again, OPTIONS);
        journal.assertReplayedUpTo(kept, third);
        assertThat(again.exists(last)).isFalse();
        third.kill();
    }

    @Test
    void aJournalFileOfAnotherStoreIsRefusedByName() throws IOException {
        DirectoryImage image = new RecordedJournal(5).rounds(3, 100, 0).killed();
        SimulatedFileSystem other = new SimulatedFileSystem(new SplittableRandom(1));
        other.createDirectories(StoreProcess.DIRECTORY);
        StoreIdentity.open(other, StoreProcess.DIRECTORY, new Random(99));
        DirectoryImage mixed =
                DirectoryImage.of(other).with(RecordedJournal.path(1), image.bytes(RecordedJournal.path(1)));

        assertThatIOException()
                .isThrownBy(() -> StoreProcess.open(mixed.disk(), OPTIONS))
                .withMessageContainingAll(RecordedJournal.path(1).toString(), "another data directory");
    }

    @Test
    void journalFilesWithoutAnIdentityAreRefused() throws IOException {
        DirectoryImage image = new RecordedJournal(6).rounds(3, 100, 0).killed();
        Path identity = StoreProcess.DIRECTORY.resolve("millrace.format");

        assertThatIOException()
                .isThrownBy(() -> StoreProcess.open(image.without(identity).disk(), OPTIONS))
                .withMessageContaining("millrace.format");
    }

    @Test
    void aJournalWithMoreShardsThanConfiguredIsRefused() throws IOException {
        DirectoryImage image = new RecordedJournal(7).rounds(3, 100, 0).killed();

        assertThatIOException()
                .isThrownBy(() -> StoreProcess.open(image.disk(), OPTIONS.withShards(2)))
                .withMessageContainingAll("shard 2", "storage.shards");
    }

    @Test
    void shardsCanBeAdded() throws IOException {
        RecordedJournal journal = new RecordedJournal(8).rounds(3, 100, 0, 1, 2);
        SimulatedFileSystem disk = journal.killed().disk();

        StoreProcess second = StoreProcess.start(disk, OPTIONS.withShards(5));
        assertThat(second.owner(1).records()).containsExactlyElementsOf(journal.records(1, 0, 3));
        second.sync(4, new byte[] {4});
        second.kill();

        StoreProcess third = StoreProcess.open(disk, OPTIONS.withShards(5));
        assertThat(third.owner(4).records()).containsExactly(new byte[] {4});
        assertThat(third.owner(2).records()).containsExactlyElementsOf(journal.records(2, 0, 3));
        third.kill();
    }

    @Test
    void asManyShardsAsThereMayBeAreReplayed() throws IOException {
        LocalStoreOptions many = OPTIONS.withShards(1024).withSizes(1 << 20, 4 << 20, 4096);
        SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
        StoreProcess first = StoreProcess.start(disk, many);
        for (int shard = 0; shard < 1024; shard++) {
            first.append(shard, new byte[] {(byte) shard});
            first.log(shard).flush();
        }
        first.run();
        first.close();

        StoreProcess second = StoreProcess.open(disk, many);
        for (int shard = 0; shard < 1024; shard++) {
            assertThat(second.owner(shard).records()).containsExactly(new byte[] {(byte) shard});
        }
        second.kill();
    }

    @Test
    void aJournalIsReadAfterTheSizeOfItsFilesWasChanged() throws IOException {
        RecordedJournal journal = new RecordedJournal(9).roundsInTurn(40, 3000);
        SimulatedFileSystem disk = journal.killed().disk();

        StoreProcess small = StoreProcess.start(disk, OPTIONS.withSizes(16 << 10, 64 << 10, 4096));
        journal.assertReplayedUpTo(40, small);
        small.sync(0, new byte[20_000]);
        small.kill();

        StoreProcess large = StoreProcess.open(disk, OPTIONS.withSizes(256 << 10, 64 << 10, 4096));
        assertThat(large.owner(0).records()).hasSize(journal.records(0, 0, 40).size() + 1);
        assertThat(large.owner(1).records()).containsExactlyElementsOf(journal.records(1, 0, 40));
        large.kill();
    }

    /** A group can be larger than a whole file of another size. */
    @Test
    void aTailThatIsLargerThanANewFileIsCopiedWhole() throws IOException {
        LocalStoreOptions large = OPTIONS.withSizes(256 << 10, 256 << 10, 4096);
        SimulatedFileSystem disk = new RecordedJournal(10)
                .killed()
                .without(RecordedJournal.path(1))
                .disk();
        StoreProcess first = StoreProcess.start(disk, large);
        byte[] record = new byte[3000];
        for (int i = 0; i < 40; i++) {
            first.append(0, record);
        }
        first.log(0).flush();
        first.run();
        assertThat(first.store.counters().groups()).isEqualTo(1);
        first.kill();

        StoreProcess second = StoreProcess.start(disk, OPTIONS.withSizes(16 << 10, 64 << 10, 4096));
        assertThat(second.owner(0).records()).hasSize(40);
        assertThat(second.store.report().copiedGroups()).isEqualTo(1);
        second.sync(0, record);
        second.kill();

        StoreProcess third = StoreProcess.open(disk, large);
        assertThat(third.owner(0).records()).hasSize(41);
        third.kill();
    }

    @Test
    void aStoreThatWasClosedOnAFullDiskCanBeStartedAgain() throws IOException {
        RecordedJournal journal = new RecordedJournal(11).rounds(3, 100, 0, 1, 2);
        DirectoryImage image = journal.closed();
        SimulatedFileSystem disk = image.disk();
        disk.capacity(image.totalBytes());

        StoreProcess process = StoreProcess.open(disk, OPTIONS);

        journal.assertReplayedUpTo(3, process);
        process.kill();
    }

    @Test
    void aDiskWithoutRoomForTheNewFileIsNamedAndNothingIsLeftBehind() throws IOException {
        RecordedJournal journal = new RecordedJournal(12).rounds(3, 100, 0, 1, 2);
        DirectoryImage image = journal.closed();
        SimulatedFileSystem disk = image.without(RecordedJournal.path(2)).disk();
        disk.capacity(0);

        assertThatThrownBy(() -> StoreProcess.open(disk, OPTIONS)).isInstanceOf(OutOfSpaceException.class);
        assertThat(disk.list(StoreProcess.DIRECTORY))
                .noneMatch(path -> path.toString().endsWith(".tmp"));
        disk.capacity(1 << 20);
        StoreProcess process = StoreProcess.open(disk, OPTIONS);
        journal.assertReplayedUpTo(3, process);
        process.kill();
    }

    /**
     * A file that was deleted gives its space back only when it is closed: nothing may be left open by a failed start.
     */
    @Test
    void aStartThatFailsLeavesNoFileOpen() throws IOException {
        RecordedJournal journal = new RecordedJournal(13).rounds(20, 3000, 0, 1, 2);
        DirectoryImage image = journal.killed();
        SimulatedFileSystem counted = image.disk();
        long before = counted.operations();
        StoreProcess.open(counted, OPTIONS).kill();
        long operations = counted.operations() - before;
        for (int i = 1; i <= operations; i++) {
            SimulatedFileSystem disk = image.disk();
            WatchedFileSystem files = new WatchedFileSystem(disk);
            long failing = disk.operations() + i;
            disk.onOperation(operation -> {
                if (operation.number() == failing) {
                    throw new IOException("refused");
                }
            });

            assertThatIOException().isThrownBy(() -> StoreProcess.open(files, OPTIONS));
            assertThat(files.open()).as("open after operation %d failed", i).isEmpty();
        }
    }

    @Test
    void aReceiverThatFailsLeavesNoFileOpen() throws IOException {
        DirectoryImage image = new RecordedJournal(14).rounds(20, 3000, 0, 1, 2).killed();
        WatchedFileSystem files = new WatchedFileSystem(image.disk());
        Replay failing = new Replay() {
            @Override
            public void onManifest(byte[] manifest, SegmentStore segments) {}

            @Override
            public void onRecord(long position, ByteBuf record) {
                throw new IllegalStateException("no room");
            }

            @Override
            public void onLost(long from, long to, String reason) {}
        };

        assertThatThrownBy(() -> LocalStore.open(
                        StoreProcess.DIRECTORY, files, Clock.SYSTEM, new Random(1), OPTIONS, shard -> failing))
                .hasMessage("no room");
        assertThat(files.open()).isEmpty();
    }

    /** A store that is closed holds no file open either. */
    @Test
    void aClosedStoreHasNoFileOpen() throws IOException {
        WatchedFileSystem files = new WatchedFileSystem(
                new RecordedJournal(15).rounds(20, 3000, 0, 1, 2).killed().disk());
        StoreProcess process = StoreProcess.start(files, OPTIONS);
        for (int i = 0; i < 40; i++) {
            process.sync(i % 3, new byte[3000]);
        }
        for (int shard = 0; shard < OPTIONS.shards(); shard++) {
            process.trim(shard, process.log(shard).syncedPosition());
        }
        process.world.step();
        process.close();

        assertThat(files.open()).isEmpty();
    }
}
