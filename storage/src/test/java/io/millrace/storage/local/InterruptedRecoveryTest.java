package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;

/** A recovery that dies in any of its operations on the disk leaves what the next one needs. */
class InterruptedRecoveryTest {
    private static final LocalStoreOptions OPTIONS = RecordedJournal.OPTIONS;

    @ParameterizedTest
    @SeedSource(runs = 12)
    void aRecoveryThatDiesAnywhereCanBeRepeated(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        RecordedJournal journal = journal(random);
        DirectoryImage image = afterPowerCut(journal, random);
        long operations = operationsOfRecovery(image);
        for (long n = 1; n <= operations; n++) {
            SimulatedFileSystem disk = image.disk();
            dieInRecovery(disk, n, random);
            assertNothingSyncedIsMissing(journal, disk, "died in operation " + n);
        }
    }

    /** The second recovery meets what the first one left, and dies as well. */
    @ParameterizedTest
    @SeedSource(runs = 60)
    void recoveriesThatDieOneAfterTheOtherCanBeRepeated(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        RecordedJournal journal = journal(random);
        DirectoryImage image = afterPowerCut(journal, random);
        long operations = operationsOfRecovery(image);
        SimulatedFileSystem disk = image.disk();
        for (int i = random.nextInt(2, 8); i > 0; i--) {
            dieInRecovery(disk, random.nextLong(1, operations + 1), random);
        }
        assertNothingSyncedIsMissing(journal, disk, "died several times");
    }

    /** Some files, the last round not yet synced. */
    private static RecordedJournal journal(SplittableRandom random) throws IOException {
        RecordedJournal journal = new RecordedJournal(random.nextLong()).roundsInTurn(random.nextInt(30), 6000);
        ManualAgents agents = journal.restartByHand();
        int unsynced = random.nextInt(3);
        for (int i = 0; i < unsynced; i++) {
            journal.append(6000, 0, 1, 2);
            agents.work("writer");
        }
        journal.unsyncedRounds(unsynced);
        return journal;
    }

    private static DirectoryImage afterPowerCut(RecordedJournal journal, SplittableRandom random) throws IOException {
        journal.process().kill();
        journal.disk.crash(random);
        journal.disk.restart();
        return DirectoryImage.of(journal.disk);
    }

    private static long operationsOfRecovery(DirectoryImage image) throws IOException {
        SimulatedFileSystem disk = image.disk();
        long before = disk.operations();
        StoreProcess.open(disk, OPTIONS).kill();
        return disk.operations() - before;
    }

    private static void dieInRecovery(SimulatedFileSystem disk, long operation, SplittableRandom random)
            throws IOException {
        long dying = disk.operations() + operation;
        if (random.nextInt(4) == 0) {
            disk.killAt(dying);
        } else {
            disk.crashAt(dying);
        }
        try {
            StoreProcess.open(disk, OPTIONS).kill();
            disk.crash(random); // this recovery had fewer operations
        } catch (SimulatedCrash e) {
            assertThat(disk.isDown()).isTrue();
        }
        disk.restart();
    }

    private static void assertNothingSyncedIsMissing(RecordedJournal journal, SimulatedFileSystem disk, String how)
            throws IOException {
        StoreProcess process = StoreProcess.open(disk, OPTIONS);
        assertThat(process.store.report().damages()).as(how).isEmpty();
        for (int shard = 0; shard < OPTIONS.shards(); shard++) {
            List<byte[]> all = journal.records(shard, 0, journal.rounds());
            List<byte[]> replayed = process.owner(shard).records();
            assertThat(process.owner(shard).lost).as(how).isEmpty();
            assertThat(replayed.size()).as(how).isBetween(journal.synced(shard).size(), all.size());
            assertThat(replayed).as(how).containsExactlyElementsOf(all.subList(0, replayed.size()));
        }
        process.kill();
    }
}
