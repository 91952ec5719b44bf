package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Whatever is done with files, what they take is known at once. */
class CountedFileSystemTest {
    private static final Path FOLDER = Path.of("/data");

    private final SimulatedFileSystem disk = new SimulatedFileSystem(new SplittableRandom(1));
    private final CountedFileSystem files = new CountedFileSystem(disk);
    private int changes;

    @BeforeEach
    void makeFolder() throws IOException {
        disk.createDirectories(FOLDER);
        files.whenChanged(() -> changes++);
    }

    private static Path path(String name) {
        return FOLDER.resolve(name);
    }

    private long bytesThere() throws IOException {
        long bytes = 0;
        for (Path file : disk.list(FOLDER)) {
            bytes += disk.size(file);
        }
        return bytes;
    }

    private void others(String name, int bytes) throws IOException {
        try (StorageFile file = disk.create(path(name))) {
            file.write(ByteBuffer.allocate(bytes), 0);
        }
    }

    @Test
    void writingIntoAFileThatHasTheSpaceIsNoChange() throws IOException {
        StorageFile file = files.create(path("a"));
        file.write(ByteBuffer.allocate(100), 0);
        assertThat(changes).isEqualTo(1);

        file.write(ByteBuffer.allocate(60), 40);
        file.write(new ByteBuffer[] {ByteBuffer.allocate(10), ByteBuffer.allocate(20)}, 2, 70);
        assertThat(changes).isEqualTo(1);
        assertThat(files.usedBytes()).isEqualTo(100);
    }

    /** A full disk may have taken a part of it. */
    @Test
    void whatAFailedWriteHasWrittenCounts() throws IOException {
        StorageFile file = files.create(path("a"));
        disk.capacity(6000);
        assertThatThrownBy(() -> file.write(ByteBuffer.allocate(10_000), 0)).isInstanceOf(OutOfSpaceException.class);

        assertThat(files.usedBytes()).isEqualTo(bytesThere());
        files.delete(path("a"));
        assertThat(files.usedBytes()).isZero();
    }

    @Test
    void whatIsReservedCountsAndIsNoChangeWhenItIsWritten() throws IOException {
        StorageFile file = files.create(path("a"));
        file.reserve(100);
        file.write(ByteBuffer.allocate(60), 0);
        assertThat(files.usedBytes()).isEqualTo(100);
        assertThat(changes).isEqualTo(1);

        disk.capacity(150);
        assertThatThrownBy(() -> file.reserve(200)).isInstanceOf(OutOfSpaceException.class);
        assertThat(files.usedBytes()).isEqualTo(bytesThere());
        disk.canReserve(false);
        assertThat(file.reserve(300)).isFalse();
        assertThat(files.usedBytes()).isEqualTo(bytesThere());
    }

    @Test
    void whoWritesIntoADeletedFileDoesNotBringItBack() throws IOException {
        StorageFile file = files.create(path("a"));
        file.write(ByteBuffer.allocate(100), 0);
        files.delete(path("a"));
        file.write(ByteBuffer.allocate(200), 0);

        assertThat(files.usedBytes()).isZero();
    }

    @Test
    void whatOthersDoIsSeenByARecount() throws IOException {
        others("theirs", 500);
        files.recount(FOLDER);
        assertThat(files.usedBytes()).isEqualTo(500);

        try (StorageFile file = files.create(path("quarantine"))) {
            file.write(ByteBuffer.allocate(70), 0);
        }
        disk.delete(path("theirs"));
        disk.delete(path("quarantine"));
        others("more", 3);
        files.recount(FOLDER);
        assertThat(files.usedBytes()).isEqualTo(3);
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void theCountIsWhatAListingSays(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<StorageFile> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Path name = path("f" + random.nextInt(5));
            switch (random.nextInt(6)) {
                case 0 -> {
                    if (!disk.exists(name)) {
                        open.add(files.create(name));
                    }
                }
                case 1 -> {
                    if (disk.exists(name)) {
                        files.delete(name);
                    }
                }
                case 2 -> {
                    Path other = path("f" + random.nextInt(5));
                    if (disk.exists(name) && !other.equals(name)) {
                        files.rename(name, other);
                    }
                }
                case 3 -> {
                    if (disk.exists(name)) {
                        open.add(files.open(name));
                    }
                }
                case 4 -> files.recount(FOLDER);
                default -> {
                    if (!open.isEmpty()) {
                        use(open, random);
                    }
                }
            }
            assertThat(files.usedBytes()).as("step %d", i).isEqualTo(bytesThere());
        }
    }

    private static void use(List<StorageFile> open, SplittableRandom random) throws IOException {
        StorageFile file = open.get(random.nextInt(open.size()));
        switch (random.nextInt(4)) {
            case 0 -> file.write(ByteBuffer.allocate(random.nextInt(300)), random.nextInt(300));
            case 1 -> file.truncate(random.nextInt(400));
            case 2 -> file.reserve(random.nextInt(400));
            default -> {
                open.remove(file);
                file.close();
            }
        }
    }
}
