package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.Extent;
import io.millrace.testkit.SimulatedFileSystem;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is known of adopted files, and how much of it is in memory. */
class AdoptedFilesTest {
    private static final LiveFiles NO_JOURNAL = new LiveFiles(List.of());

    /** Frames are forgotten and found again; readers do not notice. */
    @Test
    void theFramesInMemoryAreBounded() throws Exception {
        AdoptedJournal journal = new AdoptedJournal().fill(8);
        SimulatedFileSystem disk = journal.closed().disk();
        StoreIdentity identity = StoreIdentity.open(disk, StoreProcess.DIRECTORY, new Random(0));
        List<Path> paths = AdoptedJournal.adoptedFiles(disk);
        long framesMax = 20;
        AdoptedFiles adopted = new AdoptedFiles(AdoptedJournal.SHARDS, framesMax);
        for (int i = 0; i < paths.size(); i++) {
            long number = Long.parseLong(paths.get(i).getFileName().toString().replaceAll("\\D", ""));
            Extent first = journal.adopted.get(0).get(i);
            Extent second = journal.adopted.get(1).get(i);
            JournalFile file = JournalFile.adopted(
                    number,
                    identity.seal(number),
                    disk.open(paths.get(i)),
                    new long[] {first.from(), second.from()},
                    new long[] {first.to(), second.to()});
            adopted.add(0, first, file);
            adopted.add(1, second, file);
            adopted.leftJournal(file);
        }
        LogRecords records = new LogRecords(NO_JOURNAL, adopted, file -> {});
        SplittableRandom random = new SplittableRandom(1);
        long most = 0;
        for (int i = 0; i < 500; i++) {
            int shard = random.nextInt(AdoptedJournal.SHARDS);
            Map<Long, byte[]> entries = journal.adoptedEntries(shard);
            long position = entries.keySet().stream()
                    .skip(random.nextInt(entries.size()))
                    .findFirst()
                    .orElseThrow();
            ByteBuffer target = ByteBuffer.allocate(entries.get(position).length);

            records.read(shard, position, target, FileReads.PLAIN);

            assertThat(target.array()).isEqualTo(entries.get(position));
            long known =
                    adopted.files().stream().mapToLong(JournalFile::framesKnown).sum();
            assertThat(known).isEqualTo(adopted.framesKnown()).isLessThanOrEqualTo(framesMax);
            most = Math.max(most, known);
        }
        assertThat(most).isGreaterThan(framesMax / 2);
    }

    @Test
    void aFileThatIsRetiredIsForgottenAlsoByALateReader() throws Exception {
        AdoptedFiles adopted = new AdoptedFiles(1);
        JournalFile file = fileWithFrames();
        adopted.add(0, new Extent(0, 100, 100), file);
        adopted.leftJournal(file);
        assertThat(adopted.framesKnown()).isEqualTo(1);

        assertThat(adopted.update(0, List.of(), NO_JOURNAL)).containsExactly(file);
        file.retire();
        adopted.forget(file);
        adopted.noteFrames(file);

        assertThat(adopted.framesKnown()).isZero();
        assertThat(adopted.acquire(0, 50)).isNull();
    }

    @Test
    void anExtentStaysInItsFileWhenLessOfItIsKept() throws Exception {
        AdoptedFiles adopted = new AdoptedFiles(1);
        JournalFile file = fileWithFrames();
        adopted.add(0, new Extent(0, 100, 100), file);
        adopted.leftJournal(file);

        assertThat(adopted.update(0, List.of(new Extent(40, 100, 10)), NO_JOURNAL))
                .isEmpty();

        assertThat(adopted.acquire(0, 39)).isNull();
        assertThat(adopted.acquire(0, 40)).isSameAs(file);
    }

    @Test
    void aSparseFileIsToldOnceAndOnlyWhenItHasLeftTheJournal() throws Exception {
        AdoptedFiles adopted = new AdoptedFiles(1);
        JournalFile file = fileWithFrames();
        adopted.add(0, new Extent(0, 100, file.capacityBytes), file);
        assertThat(adopted.takeSparse()).isEmpty();
        Extent less = new Extent(0, 100, 1);
        adopted.update(0, List.of(less), NO_JOURNAL);
        assertThat(adopted.takeSparse()).as("in the journal still").isEmpty();

        adopted.leftJournal(file);

        assertThat(adopted.takeSparse()).containsExactly(new AdoptedFiles.Vacated(0, less));
        adopted.update(0, List.of(less), NO_JOURNAL);
        assertThat(adopted.takeSparse()).isEmpty();
    }

    private static JournalFile fileWithFrames() throws Exception {
        SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
        disk.createDirectories(StoreProcess.DIRECTORY);
        JournalFile file =
                new JournalFile(1, 0, disk.create(StoreProcess.DIRECTORY.resolve("file")), 1 << 16, new long[1]);
        file.addFrame(0, 0, false, JournalFormat.BLOCK_BYTES, 100);
        return file;
    }
}
