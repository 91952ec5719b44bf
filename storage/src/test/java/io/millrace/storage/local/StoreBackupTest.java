package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A copy is whole, or it is seen not to be, whenever the power goes while it is made or restored. */
class StoreBackupTest {
    private static final Path BACKUP = Path.of("/backup");
    private static final Path RESTORED = Path.of("/restored");
    private static final int FLIPS = 300;

    private final SplittableRandom random = new SplittableRandom(9);
    private DirectoryImage original;

    @BeforeEach
    void fill() throws IOException {
        original = new AdoptedJournal().fill(1).closed();
    }

    @Test
    void whatIsRestoredIsWhatWasCopied() throws IOException {
        SimulatedFileSystem disk = original.disk();

        long bytes = backup(disk);
        assertThat(restore(disk)).isEqualTo(bytes);

        for (Path each : disk.list(StoreProcess.DIRECTORY)) {
            assertThat(content(disk, RESTORED.resolve(each.getFileName()))).isEqualTo(content(disk, each));
        }
        assertThat(disk.list(RESTORED)).hasSameSizeAs(disk.list(StoreProcess.DIRECTORY));
    }

    @Test
    void aBackupThatThePowerCutIsNotRestored() throws IOException {
        SimulatedFileSystem whole = original.disk();
        whole.createDirectories(BACKUP);
        long before = whole.operations();
        new StoreBackup(whole, bytes -> {}).copy(StoreProcess.DIRECTORY, Set.of(), BACKUP);
        long operations = whole.operations() - before;
        for (long at = 1; at <= operations; at++) {
            SimulatedFileSystem disk = original.disk();
            disk.createDirectories(BACKUP);
            disk.crashAt(disk.operations() + at);
            try {
                new StoreBackup(disk, bytes -> {}).copy(StoreProcess.DIRECTORY, Set.of(), BACKUP);
            } catch (SimulatedCrash e) {
                disk.restart();
            }
            if (!disk.exists(BACKUP.resolve(BackupList.NAME))) {
                assertThatThrownBy(() -> restore(disk)).hasMessageContaining("no complete backup");
            } else {
                assertRestoredOrRefused(disk);
            }
        }
    }

    /** The list was written: then all that it names is there, or it is torn itself. */
    private void assertRestoredOrRefused(SimulatedFileSystem disk) throws IOException {
        try {
            restore(disk);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining(BackupList.NAME);
            return;
        }
        for (Path each : disk.list(StoreProcess.DIRECTORY)) {
            assertThat(content(disk, RESTORED.resolve(each.getFileName()))).isEqualTo(content(disk, each));
        }
    }

    @Test
    void aRestoreThatThePowerCutIsNoDataDirectory() throws IOException {
        SimulatedFileSystem whole = original.disk();
        backup(whole);
        whole.createDirectories(RESTORED);
        long before = whole.operations();
        new StoreBackup(whole, bytes -> {}).restore(BACKUP, RESTORED, Set.of());
        long operations = whole.operations() - before;
        for (long at = 1; at <= operations; at++) {
            SimulatedFileSystem disk = original.disk();
            backup(disk);
            disk.createDirectories(RESTORED);
            disk.crashAt(disk.operations() + at);
            try {
                new StoreBackup(disk, bytes -> {}).restore(BACKUP, RESTORED, Set.of());
            } catch (SimulatedCrash e) {
                disk.restart();
            }
            Path format = RESTORED.resolve(StoreIdentity.NAME);
            if (disk.exists(format) && content(disk, format).length > 0) {
                List<Path> others = new ArrayList<>(disk.list(StoreProcess.DIRECTORY));
                others.removeIf(each -> each.endsWith(StoreIdentity.NAME));
                for (Path each : others) {
                    assertThat(content(disk, RESTORED.resolve(each.getFileName())))
                            .isEqualTo(content(disk, each));
                }
            }
        }
    }

    @Test
    void aFlipAnywhereInABackupStopsTheRestore() throws IOException {
        SimulatedFileSystem disk = original.disk();
        backup(disk);
        List<Path> files = disk.list(BACKUP);
        for (int i = 0; i < FLIPS; i++) {
            Path path = files.get(random.nextInt(files.size()));
            long offset = random.nextLong(content(disk, path).length);
            disk.flipBit(path, offset, i % Byte.SIZE);
            disk.createDirectories(RESTORED);
            assertThatThrownBy(() -> restore(disk))
                    .as("bit %d at %d of %s", i % Byte.SIZE, offset, path)
                    .isInstanceOf(IOException.class);
            disk.flipBit(path, offset, i % Byte.SIZE);
            for (Path each : disk.list(RESTORED)) {
                disk.delete(each);
            }
        }
        restore(disk);
    }

    private static long backup(SimulatedFileSystem disk) throws IOException {
        disk.createDirectories(BACKUP);
        return new StoreBackup(disk, bytes -> {}).copy(StoreProcess.DIRECTORY, Set.of(), BACKUP);
    }

    private static long restore(SimulatedFileSystem disk) throws IOException {
        disk.createDirectories(RESTORED);
        return new StoreBackup(disk, bytes -> {}).restore(BACKUP, RESTORED, Set.of());
    }

    private static byte[] content(SimulatedFileSystem disk, Path path) throws IOException {
        try (var file = disk.open(path)) {
            ByteBuffer content = ByteBuffer.allocate((int) file.size());
            file.read(content, 0);
            return content.array();
        }
    }
}
