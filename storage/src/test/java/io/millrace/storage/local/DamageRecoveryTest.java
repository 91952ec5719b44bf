package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Damage;
import io.millrace.storage.local.ShardOwner.Lost;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Bytes that were synced and have changed since: what they held is named as lost, everything else is replayed. */
class DamageRecoveryTest {
    private static final Path FIRST = RecordedJournal.path(1);
    private static final int SHARDS = RecordedJournal.OPTIONS.shards();

    @Test
    void aFlipAnywhereInAProvenGroupIsNamedAndTheRestIsReplayed() throws IOException {
        RecordedJournal journal = new RecordedJournal(1).rounds(7, 100, 0, 1, 2);
        DirectoryImage image = journal.killed();
        List<ScannedGroup> groups = groupsOfRounds(image, 1);
        for (int round = 0; round < 6; round++) {
            ScannedGroup group = groups.get(round);
            for (int at = 0; at < group.bytes(); at++) {
                StoreProcess process = reopened(image.flipped(FIRST, group.offset() + at, at % Byte.SIZE));
                assertNamed(process.store.report(), group);
                assertAllBut(journal, round, process);
                process.kill();
            }
        }
    }

    private static void assertNamed(RecoveryReport report, ScannedGroup group) {
        assertThat(report.damages()).isNotEmpty().allSatisfy(damage -> {
            assertThat(damage.file()).isEqualTo("journal-000000000001.log");
            assertThat(damage.offset()).isBetween(group.offset(), group.end() - 1);
            assertThat(damage.offset() + damage.bytes()).isLessThanOrEqualTo(group.end());
        });
    }

    /** Checks that each shard has all its records but perhaps that of {@code round}, and was told if it has not. */
    private static void assertAllBut(RecordedJournal journal, int round, StoreProcess process) {
        int complete = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            List<byte[]> all = journal.records(shard, 0, journal.rounds());
            List<byte[]> rest = journal.records(shard, 0, round);
            rest.addAll(journal.records(shard, round + 1, journal.rounds()));
            ShardOwner owner = process.owner(shard);
            if (owner.records().size() == all.size()) {
                assertThat(owner.records()).containsExactlyElementsOf(all);
                assertThat(owner.lost).isEmpty();
                complete++;
            } else {
                assertThat(owner.records()).containsExactlyElementsOf(rest);
                assertThat(owner.lost).hasSize(1);
            }
        }
        assertThat(complete).as("shards that have everything").isLessThan(SHARDS);
    }

    @Test
    void aShardIsToldExactlyWhichPositionsAreLost() throws IOException {
        RecordedJournal journal = new RecordedJournal(2).rounds(2, 100, 0, 1);
        long from = journal.process().log(0).appendedPosition();
        journal.round(100, 0);
        long to = journal.process().log(0).appendedPosition();
        DirectoryImage image = journal.rounds(2, 100, 0, 1).killed();
        ScannedGroup lost = groupsOfRounds(image, 1).get(2);

        StoreProcess process = reopened(image.flipped(FIRST, lost.offset(), 0));

        assertThat(process.owner(0).lost).singleElement().satisfies(each -> {
            assertThat(each.from()).isEqualTo(from);
            assertThat(each.to()).isEqualTo(to);
            assertThat(each.reason()).contains("journal file 1");
        });
        assertThat(process.owner(1).lost).isEmpty();
        process.kill();
    }

    /** Nothing behind the damage says which shards had records in it: each may have. */
    @Test
    void damageAtTheEndOfAStreamIsToldToItsOwnerAndItsPositionsAreNotUsedAgain() throws IOException {
        RecordedJournal journal = new RecordedJournal(3).rounds(3, 100, 0, 1);
        long before = journal.process().log(2).appendedPosition();
        journal.round(100, 2);
        long end = journal.process().log(2).appendedPosition();
        DirectoryImage image = journal.rounds(3, 100, 0, 1).killed();
        ScannedGroup lost = groupsOfRounds(image, 1).get(3);
        SimulatedFileSystem disk =
                image.flipped(FIRST, lost.offset() + lost.bytes() - 1, 0).disk();

        StoreProcess second = StoreProcess.start(disk, RecordedJournal.OPTIONS);
        assertThat(second.owner(2).lost).singleElement().satisfies(each -> {
            assertThat(each.from()).isEqualTo(before);
            assertThat(each.to()).isGreaterThanOrEqualTo(end);
        });
        assertThat(second.owner(0).lost).isEmpty();
        assertThat(second.log(2).appendedPosition())
                .isEqualTo(second.owner(2).lost.get(0).to());
        second.sync(2, new byte[] {9});
        second.kill();

        StoreProcess third = StoreProcess.open(disk, RecordedJournal.OPTIONS);
        assertThat(third.owner(2).lost).extracting(Lost::from).containsExactly(before);
        assertThat(third.owner(2).records()).containsExactly(new byte[] {9});
        assertThat(third.owner(2).replayed.get(0).position()).isGreaterThanOrEqualTo(end);
        third.kill();
    }

    @ParameterizedTest
    @SeedSource(runs = 10)
    void aFlipInAnyBlockOfAnIdleJournalIsSeenAfterACleanClose(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        RecordedJournal journal =
                new RecordedJournal(seed).rounds(5, 3000, 0, 1).restart().rounds(20, 3000, 0, 1, 2);
        DirectoryImage image = journal.closed();
        List<Long> files = RecordedJournal.filesInUse(image);
        assertThat(files.size()).isGreaterThan(3);
        for (long file : files) {
            assertFlipSeen(journal, image, file, random.nextInt(JournalFormat.FILE_HEADER_BYTES), random);
            for (ScannedGroup group : groupsThatCount(image, file, files)) {
                for (int at = 0; at < group.bytes(); at += JournalFormat.BLOCK_BYTES) {
                    int within = Math.min(group.bytes() - at, JournalFormat.BLOCK_BYTES);
                    assertFlipSeen(journal, image, file, group.offset() + at + random.nextInt(within), random);
                }
            }
        }
    }

    /** Not the closing group, which nothing vouches for, and not those that recovery has made void. */
    private static List<ScannedGroup> groupsThatCount(DirectoryImage image, long file, List<Long> files)
            throws IOException {
        List<ScannedGroup> groups = RecordedJournal.groups(image, file);
        int next = files.indexOf(file) + 1;
        if (next == files.size()) {
            return groups.subList(0, groups.size() - 1);
        }
        long end = RecordedJournal.groups(image, files.get(next)).get(0).sequence();
        return groups.stream().filter(group -> group.sequence() < end).toList();
    }

    private static void assertFlipSeen(
            RecordedJournal journal, DirectoryImage image, long file, long offset, SplittableRandom random)
            throws IOException {
        StoreProcess process = reopened(image.flipped(RecordedJournal.path(file), offset, random.nextInt(Byte.SIZE)));
        assertThat(process.store.report().damages())
                .as("file %d, offset %d", file, offset)
                .extracting(Damage::file)
                .contains(RecordedJournal.path(file).getFileName().toString());
        int replayed = 0;
        int appended = 0;
        for (int shard = 0; shard < SHARDS; shard++) {
            List<byte[]> all = journal.records(shard, 0, journal.rounds());
            assertThat(all).containsAll(process.owner(shard).records());
            appended += all.size();
            replayed += process.owner(shard).replayed.size();
        }
        assertThat(replayed).isGreaterThanOrEqualTo(appended - SHARDS);
        process.kill();
    }

    @Test
    void aFlipInTheClosingGroupLosesNothing() throws IOException {
        RecordedJournal journal = new RecordedJournal(5).rounds(3, 100, 0, 1, 2);
        DirectoryImage image = journal.closed();
        List<ScannedGroup> groups = RecordedJournal.groups(image, 1);
        ScannedGroup closing = groups.get(groups.size() - 1);
        for (int at = 0; at < closing.bytes(); at++) {
            StoreProcess process = reopened(image.flipped(FIRST, closing.offset() + at, at % Byte.SIZE));
            journal.assertReplayedUpTo(3, process);
            process.kill();
        }
    }

    @Test
    void aFlipInTheFileThatRecoveryWroteIsDamageAlthoughNothingFollows() throws IOException {
        RecordedJournal journal = new RecordedJournal(6).rounds(3, 100, 0, 1, 2).restart();
        DirectoryImage image = journal.killed();
        ScannedGroup copied = RecordedJournal.groups(image, 3).get(0);

        StoreProcess process =
                reopened(image.flipped(RecordedJournal.path(3), copied.offset() + copied.bytes() - 1, 0));

        assertThat(process.store.report().damages())
                .extracting(Damage::file)
                .containsExactly("journal-000000000003.log");
        assertThat(process.owner(0).records()).containsExactlyElementsOf(journal.records(0, 0, 3));
        assertThat(process.owner(2).records()).containsExactlyElementsOf(journal.records(2, 0, 2));
        process.kill();
    }

    /** Its groups are void, but only the header of the newer file says so. */
    @Test
    void groupsThatRecoveryHasMadeVoidStayVoidWhenTheHeaderOfItsFileIsDamaged() throws IOException {
        RecordedJournal journal = new RecordedJournal(7).rounds(4, 100, 0, 1, 2);
        ManualAgents agents = journal.restartByHand();
        for (int i = 0; i < 2; i++) {
            journal.append(100, 0, 1, 2);
            assertThat(agents.work("writer")).isTrue();
        }
        DirectoryImage image = journal.killed();
        List<ScannedGroup> groups = RecordedJournal.groups(image, 3);
        ScannedGroup torn = groups.get(groups.size() - 2);
        SimulatedFileSystem disk =
                image.flipped(RecordedJournal.path(3), torn.offset(), 0).disk();
        StoreProcess second = StoreProcess.start(disk, RecordedJournal.OPTIONS);
        journal.assertReplayedUpTo(4, second);
        second.sync(0, new byte[] {7});
        second.sync(0, new byte[] {8});
        second.kill();

        StoreProcess third = reopened(DirectoryImage.of(disk).flipped(RecordedJournal.path(4), 20, 0));

        assertThat(third.store.report().damages()).extracting(Damage::reason).containsExactly("its header is damaged");
        List<byte[]> expected = new ArrayList<>(journal.records(0, 0, 4));
        expected.add(new byte[] {7});
        expected.add(new byte[] {8});
        assertThat(third.owner(0).records()).containsExactlyElementsOf(expected);
        third.kill();
    }

    @Test
    void aFileIsKeptWhoseDamageOnlyATornWriteBehindItProves() throws IOException {
        RecordedJournal journal =
                new RecordedJournal(8).rounds(3, 100, 0, 1, 2).restart().rounds(2, 100, 0, 1, 2);
        DirectoryImage image = journal.killed();
        List<ScannedGroup> groups = RecordedJournal.groups(image, 3);
        ScannedGroup torn = groups.get(groups.size() - 1);
        ScannedGroup damaged = groups.get(groups.size() - 2);
        SimulatedFileSystem disk = image.flipped(RecordedJournal.path(3), torn.offset() + torn.bytes() - 1, 0)
                .flipped(RecordedJournal.path(3), damaged.offset() + damaged.bytes() - 1, 0)
                .disk();

        StoreProcess process = StoreProcess.open(disk, RecordedJournal.OPTIONS);

        assertThat(process.store.report().damages())
                .extracting(Damage::file)
                .containsExactly("journal-000000000003.log");
        assertThat(DirectoryImage.of(disk).has(RecordedJournal.path(3))).isTrue();
        process.kill();
    }

    @Test
    void aDamagedFileIsSetAsideWhenNobodyNeedsItAnyMore() throws IOException {
        RecordedJournal journal = new RecordedJournal(9).rounds(5, 100, 0, 1, 2);
        DirectoryImage image = journal.killed();
        ScannedGroup damaged = groupsOfRounds(image, 1).get(2);
        DirectoryImage harmed = image.flipped(FIRST, damaged.offset() + 60, 0);
        SimulatedFileSystem disk = harmed.disk();
        StoreProcess process = StoreProcess.start(disk, RecordedJournal.OPTIONS);
        process.run();

        for (int shard = 0; shard < SHARDS; shard++) {
            process.trim(shard, process.log(shard).syncedPosition());
        }
        process.run();
        process.kill();

        DirectoryImage left = DirectoryImage.of(disk);
        Path aside = StoreProcess.DIRECTORY.resolve("quarantine-journal-000000000001.log");
        assertThat(left.has(FIRST)).isFalse();
        assertThat(left.bytes(aside)).isEqualTo(harmed.bytes(FIRST));
        StoreProcess next = reopened(left);
        assertThat(next.store.report().damages()).isEmpty();
        next.kill();
    }

    @Test
    void aFileThatIsMissingInTheMiddleIsNoticedAndTheRestIsReplayed() throws IOException {
        RecordedJournal journal = new RecordedJournal(10).roundsInTurn(60, 3000);
        DirectoryImage image = journal.killed();
        assertThat(image.has(RecordedJournal.path(4))).isTrue();
        List<ScannedGroup> missing = RecordedJournal.groups(image, 2);
        int from = (int) missing.get(0).sequence() - 2;
        int to = from + missing.size();

        StoreProcess process = reopened(image.without(RecordedJournal.path(2)));

        assertThat(process.store.report().damages()).isNotEmpty();
        for (int shard = 0; shard < SHARDS; shard++) {
            List<byte[]> rest = journal.records(shard, 0, from);
            rest.addAll(journal.records(shard, to, journal.rounds()));
            assertThat(process.owner(shard).records()).containsExactlyElementsOf(rest);
            assertThat(process.owner(shard).lost).hasSize(1);
        }
        process.kill();
    }

    @Test
    void aFileWithoutItsFirstBlocksIsReplayedFromTheFirstGroupThatIsWhole() throws IOException {
        RecordedJournal journal = new RecordedJournal(11).roundsInTurn(60, 3000);
        DirectoryImage image = journal.killed();
        List<ScannedGroup> second = RecordedJournal.groups(image, 2);
        int lost = (int) second.get(0).sequence() - 2;

        StoreProcess process =
                reopened(image.zeroed(RecordedJournal.path(2), 0, second.get(0).end()));

        assertThat(process.store.report().damages()).extracting(Damage::file).contains("journal-000000000002.log");
        assertAllBut(journal, lost, process);
        process.kill();
    }

    private static List<ScannedGroup> groupsOfRounds(DirectoryImage image, long file) throws IOException {
        List<ScannedGroup> groups = RecordedJournal.groups(image, file);
        return groups.subList(1, groups.size());
    }

    private static StoreProcess reopened(DirectoryImage image) throws IOException {
        return StoreProcess.open(image.disk(), RecordedJournal.OPTIONS);
    }
}
