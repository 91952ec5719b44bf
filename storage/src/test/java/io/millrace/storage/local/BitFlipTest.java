package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.testkit.SimulatedFileSystem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One flipped bit anywhere in a manifest, an adopted file or the journal: nobody ever gets other bytes than were stored
 * and takes them for whole, and what is missing is said to be.
 */
class BitFlipTest {
    private static final int FLIPS = 2000;
    private static final LocalStoreOptions OPTIONS = AdoptedJournal.OPTIONS;

    private final SplittableRandom random = new SplittableRandom(20);
    private final EntryEnvelope envelope = new EntryEnvelope();
    private AdoptedJournal journal;
    private SimulatedFileSystem disk;
    private int detected;

    @BeforeEach
    void fill() throws IOException {
        journal = new AdoptedJournal().fill(2);
        disk = journal.closed().disk();
    }

    @Test
    void aManifestWithAFlipStopsTheStartAndIsNamed() throws IOException {
        for (int i = 0; i < FLIPS; i++) {
            Path path = ManifestFile.path(StoreProcess.DIRECTORY, i % AdoptedJournal.SHARDS);
            Flip flip = flip(path);

            assertThatThrownBy(() -> StoreProcess.open(disk, OPTIONS))
                    .as("%s", flip)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(path.toString());

            flip.undo();
        }
        StoreProcess.open(disk, OPTIONS).kill();
    }

    @Test
    void aFlipInAnAdoptedFileIsFoundByWhoReadsIt() throws Exception {
        List<Path> files = AdoptedJournal.adoptedFiles(disk);
        for (int i = 0; i < FLIPS; i++) {
            Flip flip = flip(files.get(i % files.size()));
            StoreProcess process = StoreProcess.start(DirectoryImage.of(disk).disk(), OPTIONS);
            assertThat(process.store.report().damages()).as("%s", flip).isEmpty();
            for (int shard = 0; shard < AdoptedJournal.SHARDS; shard++) {
                assertThat(process.owner(shard).manifests).containsExactly(AdoptedJournal.MANIFEST);
                assertRightOrDetected(process, shard, journal.adoptedEntries(shard), flip);
            }
            process.kill();
            flip.undo();
        }
        assertThat(detected).as("flips that met a record").isGreaterThan(FLIPS / 20);
    }

    @Test
    void aFlipInTheJournalIsFoundByTheStart() throws Exception {
        List<Path> files = journalFiles();
        for (int i = 0; i < FLIPS; i++) {
            Path path = files.get(i % files.size());
            Flip flip = flip(path);
            StoreProcess process = StoreProcess.open(DirectoryImage.of(disk).disk(), OPTIONS);
            boolean reported = !process.store.report().damages().isEmpty();
            for (int shard = 0; shard < AdoptedJournal.SHARDS; shard++) {
                Map<Long, byte[]> expected = journal.entries.get(shard).tailMap(journal.replayFrom(shard));
                List<ShardOwner.Replayed> replayed = process.owner(shard).replayed;
                for (ShardOwner.Replayed each : replayed) {
                    assertThat(each.record()).as("%s", flip).isEqualTo(expected.get(each.position()));
                }
                assertThat(replayed.size() == expected.size() || reported)
                        .as("%s: all is there, or said to be damaged", flip)
                        .isTrue();
            }
            detected += reported ? 1 : 0;
            process.kill();
            flip.undo();
        }
        assertThat(detected).as("flips that met a group").isGreaterThan(FLIPS / 50);
    }

    @Test
    void aFlipInTheJournalIsFoundByWhoReadsItWhileItIsInUse() throws Exception {
        StoreProcess process = StoreProcess.start(disk, OPTIONS);
        process.run();
        List<Path> files = journalFiles();
        for (int i = 0; i < FLIPS; i++) {
            Flip flip = flip(files.get(i % files.size()));
            for (int shard = 0; shard < AdoptedJournal.SHARDS; shard++) {
                assertRightOrDetected(
                        process, shard, journal.entries.get(shard).tailMap(journal.replayFrom(shard)), flip);
            }
            flip.undo();
        }
        process.kill();
        assertThat(detected).as("flips that met a record").isGreaterThan(FLIPS / 50);
    }

    private List<Path> journalFiles() throws IOException {
        return disk.list(StoreProcess.DIRECTORY).stream()
                .filter(path -> path.getFileName().toString().startsWith("journal-"))
                .toList();
    }

    private void assertRightOrDetected(StoreProcess process, int shard, Map<Long, byte[]> expected, Flip flip) {
        Iterator<byte[]> found = process.readAll(shard, expected).iterator();
        expected.forEach((position, entry) -> {
            byte[] read = found.next();
            if (read == null || !isWhole(read)) {
                detected++;
            } else {
                assertThat(Arrays.equals(read, entry))
                        .as("%s, shard %d, position %d", flip, shard, position)
                        .isTrue();
            }
        });
    }

    /** What every reader of entries does. */
    private boolean isWhole(byte[] read) {
        ByteBuf entry = Unpooled.directBuffer(Math.max(1, read.length)).writeBytes(read);
        try {
            EntryRecord.verify(entry, envelope, "the entry");
            return true;
        } catch (CorruptEntryException e) {
            return false;
        } finally {
            entry.release();
        }
    }

    private Flip flip(Path path) throws IOException {
        long bytes;
        try (var file = disk.open(path)) {
            bytes = file.size();
        }
        Flip flip = new Flip(path, random.nextLong(bytes), random.nextInt(Byte.SIZE));
        flip.undo();
        return flip;
    }

    /** A bit of a file; to flip it twice is to undo it. */
    private final class Flip {
        private final Path path;
        private final long offset;
        private final int bit;

        Flip(Path path, long offset, int bit) {
            this.path = path;
            this.offset = offset;
            this.bit = bit;
        }

        void undo() throws IOException {
            disk.flipBit(path, offset, bit);
        }

        @Override
        public String toString() {
            return "flip of bit " + bit + " at " + offset + " of " + path.getFileName();
        }
    }
}
