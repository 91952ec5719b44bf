package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A journal of known content: each round appends one record to each of some shards, which become one group, and waits
 * for the sync.
 */
final class RecordedJournal {
    static final LocalStoreOptions OPTIONS = LocalStoreOptions.DEFAULT
            .withShards(3)
            .withSizes(64 << 10, 64 << 10, 4096)
            .withJournalBytes(0);

    final SimulatedFileSystem disk;
    private final SplittableRandom random;
    /** By round, then by shard; null where the shard has no record in the round. */
    private final List<byte[][]> rounds = new ArrayList<>();

    private StoreProcess process;
    private int unsynced;

    RecordedJournal(long seed) throws IOException {
        random = new SplittableRandom(seed);
        disk = new SimulatedFileSystem(new SplittableRandom(seed));
        process = StoreProcess.start(disk, OPTIONS);
        process.run();
    }

    StoreProcess process() {
        return process;
    }

    int rounds() {
        return rounds.size();
    }

    /** A round with a record of up to {@code bytesMax} bytes for each of {@code shards}. */
    RecordedJournal round(int bytesMax, int... shards) {
        append(bytesMax, shards);
        process.run();
        return this;
    }

    /** Like {@link #round}, but lets nobody write or sync it. */
    void append(int bytesMax, int... shards) {
        byte[][] records = new byte[OPTIONS.shards()][];
        for (int shard : shards) {
            records[shard] = new byte[random.nextInt(1, bytesMax)];
            random.nextBytes(records[shard]);
            process.append(shard, records[shard]);
        }
        for (int shard : shards) {
            process.log(shard).flush();
        }
        rounds.add(records);
    }

    RecordedJournal rounds(int count, int bytesMax, int... shards) {
        for (int i = 0; i < count; i++) {
            round(bytesMax, shards);
        }
        return this;
    }

    /** Rounds with one record each, of the shards in turn: however full a file is, each round is one whole group. */
    RecordedJournal roundsInTurn(int count, int bytesMax) {
        for (int i = 0; i < count; i++) {
            round(bytesMax, i % OPTIONS.shards());
        }
        return this;
    }

    /** Ends the process without a word, starts another one. */
    RecordedJournal restart() throws IOException {
        process.kill();
        process = StoreProcess.start(disk, OPTIONS);
        process.run();
        return this;
    }

    /** Like {@link #restart}, but the agents of the new process work only when they are told to. */
    ManualAgents restartByHand() throws IOException {
        process.kill();
        ManualAgents agents = new ManualAgents();
        process = StoreProcess.start(disk, OPTIONS, new SimulatedWorld(new SplittableRandom(7)), agents);
        return agents;
    }

    /** The directory after the process was killed. */
    DirectoryImage killed() throws IOException {
        process.kill();
        return DirectoryImage.of(disk);
    }

    /** The directory after the process has closed the store. */
    DirectoryImage closed() throws IOException {
        process.close();
        return DirectoryImage.of(disk);
    }

    /** Notes that the last {@code count} rounds were not reported as synced. */
    void unsyncedRounds(int count) {
        unsynced = count;
    }

    /** What was reported as synced of a shard. */
    List<byte[]> synced(int shard) {
        return records(shard, 0, rounds.size() - unsynced);
    }

    /** What a shard appended in rounds {@code from} (inclusive) to {@code to} (exclusive). */
    List<byte[]> records(int shard, int from, int to) {
        List<byte[]> records = new ArrayList<>();
        for (byte[][] round : rounds.subList(from, to)) {
            if (round[shard] != null) {
                records.add(round[shard]);
            }
        }
        return records;
    }

    /** Checks that exactly the rounds below {@code to} were replayed, without loss or damage. */
    void assertReplayedUpTo(int to, StoreProcess reopened) {
        assertThat(reopened.store.report().damages()).isEmpty();
        for (int shard = 0; shard < OPTIONS.shards(); shard++) {
            assertThat(reopened.owner(shard).lost).isEmpty();
            assertThat(reopened.owner(shard).records()).containsExactlyElementsOf(records(shard, 0, to));
        }
    }

    /** The groups of a journal file of {@code image}, in order. */
    static List<ScannedGroup> groups(DirectoryImage image, long number) throws IOException {
        SimulatedFileSystem disk = image.disk();
        StoreIdentity identity = StoreIdentity.open(disk, StoreProcess.DIRECTORY, new Random(0));
        JournalFile file = new JournalFile(
                number, identity.seal(number), disk.open(path(number)), OPTIONS.fileBytes(), new long[0]);
        List<ScannedGroup> groups = new ArrayList<>();
        GroupScanner scanner = new GroupScanner();
        ScannedGroup group = scanner.groupAt(file, JournalFormat.BLOCK_BYTES);
        while (group != null) {
            groups.add(group);
            group = scanner.groupAt(file, group.end());
        }
        return groups;
    }

    /** The numbers of the journal files of {@code image} that have groups, in order. */
    static List<Long> filesInUse(DirectoryImage image) throws IOException {
        List<Long> numbers = new ArrayList<>();
        for (long number = 1; number < 100; number++) {
            if (image.has(path(number)) && !groups(image, number).isEmpty()) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    static Path path(long number) {
        return JournalFile.path(StoreProcess.DIRECTORY, number);
    }
}
