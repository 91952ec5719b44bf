package io.millrace.base.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls reach the kernel and do what they are for; elsewhere there is nothing to see. */
class LinuxFilesTest {
    private static final int BYTES = 1 << 20;

    @TempDir
    private Path directory;

    private final FileSystem files = new DiskFileSystem();

    @BeforeEach
    void needsLinux() {
        assumeThat(LinuxFiles.isAvailable()).isTrue();
    }

    /** The length alone would be there after any write behind the end. */
    @Test
    void whatIsReservedHasItsBlocks() throws Exception {
        Path path = directory.resolve("größer.log");
        try (StorageFile file = files.create(path)) {
            file.write(ByteBuffer.allocate(1), BYTES - 1);
            assertThat(bytesOnDisk(path)).isLessThan(BYTES);

            assertThat(file.reserve(BYTES)).isTrue();
            file.sync();

            assertThat(bytesOnDisk(path)).isGreaterThanOrEqualTo(BYTES);
            assertThat(file.size()).isEqualTo(BYTES);
        }
    }

    @Test
    void moreThanTheDiskHasIsOutOfSpace() throws IOException {
        Path path = directory.resolve("a");
        try (StorageFile file = files.create(path)) {
            long bytes = 2 * Files.getFileStore(directory).getTotalSpace();

            assertThatThrownBy(() -> file.reserve(bytes))
                    .satisfiesAnyOf(
                            e -> assertThat(e)
                                    .isInstanceOf(OutOfSpaceException.class)
                                    .hasMessageContaining("no space left"),
                            // More than any file may have.
                            e -> assertThat(e).isInstanceOf(IOException.class).hasMessageContaining("error 27"));
            assertThat(path).exists();
        }
    }

    /** As errno.h numbers them: what the system cannot do is no failure, what the disk cannot is one. */
    @Test
    void eachErrorIsWhatItSays() throws IOException {
        Path path = directory.resolve("a");
        assertThat(LinuxFiles.isReserved(0, path, BYTES)).isTrue();
        for (int unable : new int[] {1, 19, 38, 95}) {
            assertThat(LinuxFiles.isReserved(unable, path, BYTES)).isFalse();
        }
        for (int full : new int[] {28, 122}) {
            assertThatThrownBy(() -> LinuxFiles.isReserved(full, path, BYTES)).isInstanceOf(OutOfSpaceException.class);
        }
        for (int failed : new int[] {5, 9, 27}) {
            assertThatThrownBy(() -> LinuxFiles.isReserved(failed, path, BYTES))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("error " + failed);
        }
    }

    @Test
    void adviceMovesPagesInAndOutOfTheCache() throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/fincore"))).isTrue();
        assumeThat(Files.getFileStore(directory).type()).isIn("ext4", "xfs");
        Path path = directory.resolve("a");
        try (StorageFile file = files.create(path)) {
            file.write(ByteBuffer.allocate(BYTES), 0);
            file.sync();
            assertThat(bytesInCache(path)).isEqualTo(BYTES);
            file.adviseDontNeed(0, BYTES);
            assertThat(bytesInCache(path)).isZero();

            Path renamed = directory.resolve("b");
            files.rename(path, renamed);
            file.adviseWillNeed(0, BYTES / 4);
            assertThat(bytesInCache(renamed)).isBetween(BYTES / 4L, BYTES / 2L);
        }
    }

    @Test
    void aFileWithoutANameIsNotReserved() throws IOException {
        Path path = directory.resolve("a");
        try (StorageFile file = files.create(path)) {
            files.delete(path);
            Files.createFile(path);

            assertThat(file.reserve(BYTES)).isFalse();

            assertThat(path).isEmptyFile();
        }
    }

    /** Something that is no file of a disk cannot be reserved, and that is no failure. */
    @Test
    void whatCannotBeReservedIsNot() throws IOException {
        assertThat(LinuxFiles.reserve(Path.of("/dev/null"), BYTES)).isFalse();
        assertThat(LinuxFiles.reserve(directory.resolve("none"), BYTES)).isFalse();
    }

    @Test
    void noDescriptorStaysOpen() throws IOException {
        Path path = directory.resolve("a");
        try (StorageFile file = files.create(path)) {
            file.reserve(BYTES);
            file.adviseWillNeed(0, BYTES);
            long before = descriptors();
            for (int i = 0; i < 100; i++) {
                file.reserve(BYTES);
                file.adviseWillNeed(0, BYTES);
            }
            assertThat(descriptors() - before).isLessThan(50);
        }
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    private static long bytesOnDisk(Path path) throws Exception {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return Long.parseLong(output("stat", "-c", "%b", path.toString())) * 512;
    }

    private static long bytesInCache(Path path) throws Exception {
        return Long.parseLong(output("fincore", "-b", "-n", "-o", "RES", path.toString()));
    }

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(List.of(command)).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as("%s", List.of(command)).isZero();
        return output;
    }
}
