package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.Survival;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The end of a journal that was cut off in the middle of a write: whatever was whole before it is kept. */
class TornTailRecoveryTest {
    private static final Path FIRST = RecordedJournal.path(1);
    private static final int FILE_BYTES = 64 << 10;

    private final SplittableRandom random = new SplittableRandom(2);

    @Test
    void aJournalThatWasCutAtAnyByteOfItsLastGroupsKeepsAllBeforeThem() throws IOException {
        RecordedJournal journal = new RecordedJournal(1).rounds(8, 150, 0, 1, 2);
        DirectoryImage image = journal.killed();
        List<ScannedGroup> groups = groupsOfRounds(image);
        for (int round = journal.rounds() - 3; round < journal.rounds(); round++) {
            ScannedGroup group = groups.get(round);
            for (long cut = group.offset(); cut < group.offset() + group.bytes(); cut++) {
                DirectoryImage zeroed = image.zeroed(FIRST, cut, FILE_BYTES);
                boolean torn = !Arrays.equals(
                        zeroed.bytes(FIRST),
                        image.zeroed(FIRST, group.end(), FILE_BYTES).bytes(FIRST));
                assertKeeps(journal, torn ? round : round + 1, zeroed);
                assertKeeps(journal, round, image.scrambled(FIRST, cut, random));
                assertKeeps(journal, round, image.cut(FIRST, cut));
            }
            long end = group.offset() + group.bytes();
            assertKeeps(journal, round + 1, image.zeroed(FIRST, end, FILE_BYTES));
            assertKeeps(journal, round + 1, image.scrambled(FIRST, end, random));
            assertKeeps(journal, round + 1, image.cut(FIRST, end));
        }
    }

    @Test
    void aTornGroupBeforeOneThatIsWholeCutsBoth() throws IOException {
        RecordedJournal journal = new RecordedJournal(3).rounds(3, 150, 0, 1);
        ManualAgents agents = journal.restartByHand();
        for (int i = 0; i < 2; i++) {
            journal.append(150, 0, 1);
            assertThat(agents.work("writer")).isTrue();
        }
        DirectoryImage image = journal.killed();
        List<ScannedGroup> groups = RecordedJournal.groups(image, 3);
        ScannedGroup torn = groups.get(groups.size() - 2);
        Path file = RecordedJournal.path(3);

        assertKeeps(journal, 5, image);
        assertKeeps(journal, 3, image.zeroed(file, torn.offset(), torn.end()));
        assertKeeps(journal, 3, image.flipped(file, torn.offset() + torn.bytes() - 1, 3));
    }

    @Test
    void theReportTellsWhereTheTailWasCut() throws IOException {
        RecordedJournal journal = new RecordedJournal(4).rounds(4, 150, 0, 1, 2);
        DirectoryImage image = journal.killed();
        ScannedGroup last = groupsOfRounds(image).get(3);

        StoreProcess process = reopened(
                image.flipped(FIRST, last.offset() + last.bytes() - 1, 0).disk());

        assertThat(process.store.report().cut()).contains("journal file 1", "offset " + last.offset());
        process.kill();
    }

    @Test
    void whatWasReplayedFromTheTailIsOnStableStorageBeforeItIsServed() throws IOException {
        RecordedJournal journal = new RecordedJournal(5).rounds(6, 3000, 0, 1, 2);
        SimulatedFileSystem disk = journal.disk;
        journal.process().kill();
        disk.kill();
        disk.restart();

        reopened(disk).kill();
        disk.crash(Survival.NOTHING, random);
        disk.restart();

        StoreProcess process = reopened(disk);
        journal.assertReplayedUpTo(6, process);
        process.kill();
    }

    @Test
    void theJournalGoesOnBehindACutTail() throws IOException {
        RecordedJournal journal = new RecordedJournal(6).rounds(5, 150, 0, 1, 2);
        DirectoryImage image = journal.killed();
        ScannedGroup last = groupsOfRounds(image).get(4);
        SimulatedFileSystem disk =
                image.zeroed(FIRST, last.offset() + 50, FILE_BYTES).disk();
        byte[] afterwards = {1, 2, 3};

        StoreProcess second = StoreProcess.start(disk, RecordedJournal.OPTIONS);
        second.sync(1, afterwards);
        second.kill();

        StoreProcess third = reopened(disk);
        assertThat(third.store.report().damages()).isEmpty();
        assertThat(third.owner(0).records()).containsExactlyElementsOf(journal.records(0, 0, 4));
        List<byte[]> expected = journal.records(1, 0, 4);
        expected.add(afterwards);
        assertThat(third.owner(1).records()).containsExactlyElementsOf(expected);
        assertThat(third.owner(1).lost).isEmpty();
        third.kill();
    }

    private static List<ScannedGroup> groupsOfRounds(DirectoryImage image) throws IOException {
        List<ScannedGroup> groups = RecordedJournal.groups(image, 1);
        // The first group of the file is recovery's own.
        return groups.subList(1, groups.size());
    }

    private static void assertKeeps(RecordedJournal journal, int rounds, DirectoryImage image) throws IOException {
        StoreProcess process = reopened(image.disk());
        journal.assertReplayedUpTo(rounds, process);
        process.kill();
    }

    private static StoreProcess reopened(SimulatedFileSystem disk) throws IOException {
        return StoreProcess.open(disk, RecordedJournal.OPTIONS);
    }
}
