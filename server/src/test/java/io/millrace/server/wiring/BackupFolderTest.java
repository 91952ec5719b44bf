package io.millrace.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.http.ProblemException;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.server.config.Settings;
import io.millrace.server.config.SettingsLoader;
import io.millrace.server.process.StartException;
import io.millrace.storage.BackupRequest;
import io.millrace.storage.BackupRun;
import io.millrace.storage.StoreBackups;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name that comes over the network leads to a folder of that name, below the directory for backups, or nowhere. */
class BackupFolderTest {
    @TempDir
    private Path directory;

    private final List<BackupRequest> requests = new ArrayList<>();
    private boolean busy;

    private final BackupRun run = new BackupRun() {
        @Override
        public Progress progress() {
            return new Progress(State.RUNNING, 0, 0, 0, 0, "");
        }

        @Override
        public void cancel() {
            // Nothing is under way.
        }
    };

    private final StoreBackups store = request -> {
        requests.add(request);
        return busy ? null : run;
    };

    private BackupFolder folder(String name) {
        return new BackupFolder(directory.resolve("backups"), name, DiskFileSystem.ofOwnerOnly());
    }

    @Test
    void aFolderIsMadeForItsOwnerAlone() throws IOException {
        Path made = folder("monday").open();

        assertThat(made).isEqualTo(directory.toRealPath().resolve("backups/monday"));
        assertThat(Files.getPosixFilePermissions(made)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        folder("monday").fileSystem().create(made.resolve("file")).close();
        assertThat(Files.getPosixFilePermissions(made.resolve("file")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> folder("monday").open()).hasMessageContaining("is not empty: file is in it");
        Files.delete(made.resolve("file"));
        folder("monday").open();
        folder("monday").abandon();
        assertThat(made).doesNotExist();
    }

    @Test
    void aLinkOrAFileIsNoFolder() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Path backups = Files.createDirectory(directory.resolve("backups"));
        Files.createSymbolicLink(backups.resolve("link"), elsewhere);
        Files.createSymbolicLink(backups.resolve("dangling"), directory.resolve("nothing"));
        Files.createFile(backups.resolve("file"));

        assertThatThrownBy(() -> folder("link").open()).hasMessageContaining("is a link");
        assertThatThrownBy(() -> folder("dangling").open()).hasMessageContaining("is a link");
        assertThatThrownBy(() -> folder("file").open()).hasMessageContaining("is no folder");
        assertThat(elsewhere).isEmptyDirectory();
        assertThat(directory.resolve("nothing")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "a/b", "/etc", ".hidden", "-x", "a b", "a\0b", "é", "a\n"})
    void aNameThatIsMoreThanANameIsRefused(String name) {
        assertProblem("invalid-value", backups(Optional.of(directory)), name);
        assertProblem("invalid-value", backups(Optional.of(directory)), "x".repeat(101));
        assertThat(requests).isEmpty();
    }

    @Test
    void theNewestIsRememberedByItsName() {
        DirectoryBackups backups = backups(Optional.of(directory));

        assertThat(backups.begin("Monday_1.2-3", 70_000)).isSameAs(run);

        assertThat(requests.get(0).bytesPerSecond()).isEqualTo(70_000);
        assertThat(requests.get(0).others()).containsExactly("seal.key");
        assertThat(backups.find("Monday_1.2-3")).isSameAs(run);
        assertThat(backups.find("monday")).isNull();
        busy = true;
        assertProblem("backup-running", backups, "tuesday");
        assertThat(backups.find("Monday_1.2-3")).isSameAs(run);
    }

    @Test
    void whereThereCanBeNoneTheReasonIsTold() {
        assertProblem("backups-off", backups(Optional.empty()), "monday");
        assertThatThrownBy(() -> backups(Optional.empty()).begin("monday", 0))
                .hasMessageContaining("set storage.backup-directory");
        assertProblem("backups-off", new DirectoryBackups(null, Optional.of(directory)), "monday");
        assertThatThrownBy(() -> new DirectoryBackups(null, Optional.of(directory)).begin("monday", 0))
                .hasMessageContaining("BookKeeper");
    }

    @Test
    void theDirectoryForBackupsIsNotInTheDataDirectory() throws Exception {
        Settings inside = new SettingsLoader(
                        Map.of("MILLRACE_STORAGE_BACKUP_DIRECTORY", directory + "/data/backups"), 1L << 30)
                .dataDirectory(directory + "/data")
                .load();
        assertThatThrownBy(() -> DirectoryBackups.of(inside, store))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("is in the data directory");
    }

    private DirectoryBackups backups(Optional<Path> where) {
        return new DirectoryBackups(store, where);
    }

    private static void assertProblem(String word, DirectoryBackups backups, String name) {
        assertThatThrownBy(() -> backups.begin(name, 0))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        each -> assertThat(each.problem().word()).isEqualTo(word));
    }
}
