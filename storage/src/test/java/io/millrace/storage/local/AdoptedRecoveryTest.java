package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.Extent;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a start makes of manifests and adopted files that do not fit together with the rest. */
class AdoptedRecoveryTest {
    private static final LocalStoreOptions OPTIONS = AdoptedJournal.OPTIONS;

    private StoreProcess process;

    @AfterEach
    void end() {
        if (process != null) {
            process.kill();
        }
    }

    /** With fewer shards nobody would speak for what the others have adopted. */
    @Test
    void aManifestOfAShardThatIsNotConfiguredStopsTheStartAndNothingIsDeleted() throws IOException {
        DirectoryImage image = new AdoptedJournal().fill(2).closed();
        SimulatedFileSystem disk = image.disk();

        assertThatThrownBy(() -> StoreProcess.open(disk, OPTIONS.withShards(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("manifest-0001")
                .hasMessageContaining("at least 2");

        assertThat(AdoptedJournal.adoptedFiles(disk)).hasSize(2);
    }

    @Test
    void anAdoptedFileThatIsMissingStopsTheStart() throws IOException {
        DirectoryImage image = new AdoptedJournal().fill(2).closed();
        Path missing = AdoptedJournal.adoptedFiles(image.disk()).get(1);

        assertThatThrownBy(() -> StoreProcess.open(image.without(missing).disk(), OPTIONS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void anAdoptedFileThatNobodyNamesIsDeleted() throws IOException {
        DirectoryImage image = new AdoptedJournal().fill(1).closed();
        Path named = AdoptedJournal.adoptedFiles(image.disk()).get(0);
        Path other = JournalFile.adoptedPath(StoreProcess.DIRECTORY, 999);
        SimulatedFileSystem disk = image.with(other, image.bytes(named)).disk();

        process = StoreProcess.open(disk, OPTIONS);

        assertThat(AdoptedJournal.adoptedFiles(disk)).containsExactly(named);
        assertThat(process.store.report().damages()).isEmpty();
    }

    /** It had left the journal, and its new name was lost. */
    @Test
    void aFileThatHasLeftTheJournalGetsItsNameAtTheStart() throws IOException {
        AdoptedJournal journal = new AdoptedJournal().fill(3);
        DirectoryImage image = journal.closed();
        Path adopted = AdoptedJournal.adoptedFiles(image.disk()).get(0);
        Path old = RecordedJournal.path(1);
        assertThat(adopted).isEqualTo(JournalFile.adoptedPath(StoreProcess.DIRECTORY, 1));
        SimulatedFileSystem disk = image.renamed(adopted, old).disk();

        process = StoreProcess.start(disk, OPTIONS);

        assertThat(disk.exists(adopted)).isTrue();
        assertThat(disk.exists(old)).isFalse();
        assertThat(process.store.report().damages()).isEmpty();
        assertAllIsRead(journal, 0);
        assertAllIsRead(journal, 1);
    }

    /** Shard 0 has adopted its part of the first file, shard 1 nothing yet; behind that file nothing is left. */
    @Test
    void aManifestVouchesForTheFileThatItNames() throws IOException {
        AdoptedJournal journal = adoptedByOne();
        journal.process.kill();
        DirectoryImage image = DirectoryImage.of(journal.disk);
        for (long number = 2; number < 10; number++) {
            image = image.has(RecordedJournal.path(number)) ? image.without(RecordedJournal.path(number)) : image;
        }
        SimulatedFileSystem disk = image.disk();
        for (int life = 0; life < 3; life++) {
            process = StoreProcess.start(disk, OPTIONS);
            assertAllIsRead(journal, 0);
            process.close();
            process.kill();
        }
        process = null;
    }

    /** Nothing in it is found any more, and it is still not for a start to delete. */
    @Test
    void aFileThatIsNamedIsKeptHoweverDamaged() throws IOException {
        AdoptedJournal journal = adoptedByOne();
        journal.process.kill();
        DirectoryImage image = DirectoryImage.of(journal.disk);
        for (long number = 2; number < 10; number++) {
            image = image.has(RecordedJournal.path(number)) ? image.without(RecordedJournal.path(number)) : image;
        }
        SimulatedFileSystem disk = image.scrambled(
                        RecordedJournal.path(1), JournalFormat.BLOCK_BYTES, new SplittableRandom(1))
                .disk();
        for (int life = 0; life < 2; life++) {
            process = StoreProcess.start(disk, OPTIONS);
            assertThat(AdoptedJournal.adoptedFiles(disk)).hasSize(1);
            assertThatThrownBy(
                            () -> process.readCold(0, 0, journal.entries.get(0).get(0L).length))
                    .isInstanceOf(CorruptEntryException.class);
            process.close();
            process.kill();
        }
        process = null;
    }

    private static AdoptedJournal adoptedByOne() throws IOException {
        AdoptedJournal journal = new AdoptedJournal();
        while (journal.process.owner(0).trimsWanted.isEmpty()) {
            journal.append();
        }
        long to = journal.process.owner(0).trimsWanted.get(0);
        journal.adopt(0, List.of(new Extent(0, to, OPTIONS.fileBytes())));
        assertThat(journal.disk.exists(RecordedJournal.path(1))).isTrue();
        return journal;
    }

    private void assertAllIsRead(AdoptedJournal journal, int shard) {
        List<byte[]> read = process.readAll(shard, journal.adoptedEntries(shard));
        List<byte[]> expected = new ArrayList<>(journal.adoptedEntries(shard).values());
        assertThat(expected).isNotEmpty();
        for (int i = 0; i < expected.size(); i++) {
            assertThat(read.get(i)).as("entry %d", i).isEqualTo(expected.get(i));
        }
    }
}
