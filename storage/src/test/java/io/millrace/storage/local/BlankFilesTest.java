package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import io.millrace.testkit.DiskOperation.Kind;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** New files are reserved where syncs were large, filled with zeros elsewhere, and the same to who uses them. */
class BlankFilesTest {
    private static final Path PATH = StoreProcess.DIRECTORY.resolve("journal-7.log");
    /** No multiple of what is written at a time. */
    private static final long FILE_BYTES = (3L << 20) + (16 << 10);

    private static final LocalStoreOptions OPTIONS =
            LocalStoreOptions.DEFAULT.withSizes(FILE_BYTES, 0, 16 << 10).withReserveSyncBytes(100_000);

    private final SplittableRandom random = new SplittableRandom(3);
    private final SimulatedFileSystem disk = new SimulatedFileSystem(random);
    private final StoreCounters counters = new StoreCounters();
    private final BlankFiles files = new BlankFiles(disk, OPTIONS, counters);
    private final List<Kind> operations = new ArrayList<>();

    @BeforeEach
    void makeDirectory() throws IOException {
        disk.createDirectories(StoreProcess.DIRECTORY);
        disk.onOperation(operation -> operations.add(operation.kind()));
    }

    private void write(int syncs, long bytes) {
        counters.syncs.add(syncs);
        counters.writtenBytes.add(bytes);
    }

    private boolean isNextReserved() throws IOException {
        operations.clear();
        try (StorageFile file = files.make(PATH)) {
            assertThat(file.size()).isEqualTo(FILE_BYTES);
        }
        assertThat(operations.contains(Kind.WRITE)).isNotEqualTo(operations.contains(Kind.RESERVE));
        return operations.contains(Kind.RESERVE);
    }

    @Test
    void whereSyncsAreLargeFilesAreReserved() throws IOException {
        write(10, 1_000_000);
        assertThat(isNextReserved()).isTrue();
        write(1, 0);
        assertThat(isNextReserved()).isFalse();
    }

    @Test
    void whereNothingWasWrittenNobodyKnows() throws IOException {
        assertThat(isNextReserved()).isFalse();
    }

    @Test
    void onlyWhatWasWrittenSinceTheFileBeforeCounts() throws IOException {
        write(1000, 1_000_000);
        files.nextBegins();
        write(10, 2_000_000);
        assertThat(isNextReserved()).isTrue();

        files.nextBegins();
        write(1000, 1_000_000);
        assertThat(isNextReserved()).isFalse();
    }

    /** Whoever keeps the files has to say when one begins. */
    @Test
    void aStoreThatWritesMoreAtATimeReservesItsNextFiles() throws IOException {
        int blocks = 32;
        StoreProcess process = StoreProcess.start(
                disk,
                LocalStoreOptions.DEFAULT
                        .withShards(1)
                        .withSizes((long) blocks * JournalFormat.BLOCK_BYTES, 0, JournalFormat.BLOCK_BYTES)
                        .withReserveSyncBytes(2L * JournalFormat.BLOCK_BYTES));
        for (int i = 0; i < 4 * blocks; i++) {
            process.sync(0, new byte[1]);
        }
        assertThat(operations).doesNotContain(Kind.RESERVE);

        for (int i = 0; i < blocks; i++) {
            process.sync(0, new byte[3 * JournalFormat.BLOCK_BYTES]);
        }

        assertThat(operations).contains(Kind.RESERVE);
        process.kill();
    }

    @Test
    void whatCannotBeReservedIsFilled() throws IOException {
        disk.canReserve(false);
        write(1, 1_000_000);

        assertThat(isNextReserved()).isFalse();
    }

    @Test
    void aFileHasAllItsZerosAfterAPowerCut() throws IOException {
        for (long meanSyncBytes : new long[] {0, 100_000}) {
            BlankFiles.make(disk, PATH, OPTIONS, meanSyncBytes).close();
            disk.syncDirectory(StoreProcess.DIRECTORY);

            disk.crash(Survival.NOTHING, random);
            disk.restart();

            try (StorageFile file = disk.open(PATH)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) FILE_BYTES + 1);
                assertThat(file.read(bytes, 0)).isEqualTo((int) FILE_BYTES);
                assertThat(bytes.array()).containsOnly(0);
            }
        }
    }

    @Test
    void onAFullDiskThereIsNone() {
        disk.capacity(FILE_BYTES - 1);
        WatchedFileSystem watched = new WatchedFileSystem(disk);
        for (long meanSyncBytes : new long[] {0, 100_000}) {
            assertThatThrownBy(() -> BlankFiles.make(watched, PATH, OPTIONS, meanSyncBytes))
                    .isInstanceOf(OutOfSpaceException.class);
            assertThat(watched.open()).as("its space comes back").isEmpty();
        }
    }

    /** On a disk that is full but for that, a file that was made can be written to its end. */
    @Test
    void writingInItNeedsNoSpace() throws IOException {
        for (long meanSyncBytes : new long[] {0, 100_000}) {
            try (StorageFile file = BlankFiles.make(disk, PATH, OPTIONS, meanSyncBytes)) {
                disk.capacity(0);
                file.write(ByteBuffer.allocate((int) FILE_BYTES), 0);
                disk.capacity(Long.MAX_VALUE);
            }
        }
    }
}
