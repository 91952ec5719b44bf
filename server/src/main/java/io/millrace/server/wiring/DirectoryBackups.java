package io.millrace.server.wiring;

import io.millrace.api.http.BackupControl;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.server.config.Settings;
import io.millrace.server.process.PrivateFolder;
import io.millrace.server.process.StartException;
import io.millrace.storage.BackupRequest;
import io.millrace.storage.BackupRun;
import io.millrace.storage.StoreBackups;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Backups into the directory that is set for them; none where none is set. Any thread. */
final class DirectoryBackups implements BackupControl {
    /** One segment of a path that leads nowhere else, and is easy to type. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final @Nullable StoreBackups store;
    private final Optional<Path> directory;
    private volatile @Nullable Named newest;

    private record Named(String name, BackupRun run) {}

    /** Backups of {@code store}, which is null where it cannot be copied. */
    DirectoryBackups(@Nullable StoreBackups store, Optional<Path> directory) {
        this.store = store;
        this.directory = directory;
    }

    /** The same, as {@code settings} say. */
    static DirectoryBackups of(Settings settings, @Nullable StoreBackups store) throws StartException {
        Optional<Path> directory = settings.storage().backupDirectory();
        Path data = settings.dataDirectory().toAbsolutePath().normalize();
        if (directory.isPresent()
                && directory.get().toAbsolutePath().normalize().startsWith(data)) {
            throw new StartException("storage.backup-directory, " + directory.get()
                    + ", is in the data directory. Choose one outside of it, best on another disk.");
        }
        return new DirectoryBackups(store, directory);
    }

    @Override
    public synchronized BackupRun begin(String name, long bytesPerSecond) {
        StoreBackups copied = store;
        if (copied == null) {
            throw new ProblemException(
                    Problem.BACKUPS_OFF, "storage is on BookKeeper, which keeps copies of its own; there is no backup");
        }
        Path root = directory.orElseThrow(() -> new ProblemException(
                Problem.BACKUPS_OFF,
                "no directory is set for backups; set storage.backup-directory and start the broker again"));
        if (!NAME.matcher(name).matches()) {
            throw new ProblemException(
                    Problem.INVALID_VALUE,
                    "name is the name of a folder: 1 to 100 letters, digits, '.', '_' and '-', the first a letter or"
                            + " digit");
        }
        BackupFolder folder = new BackupFolder(root, name, DiskFileSystem.ofOwnerOnly());
        BackupRun run = copied.begin(new BackupRequest(folder, PrivateFolder.COPIED_BESIDE_STORE, bytesPerSecond));
        if (run == null) {
            throw new ProblemException(
                    Problem.BACKUP_RUNNING,
                    "a backup is under way, and there is one at a time; wait for it or cancel it");
        }
        newest = new Named(name, run);
        return run;
    }

    @Override
    public @Nullable BackupRun find(String name) {
        Named known = newest;
        return known != null && known.name.equals(name) ? known.run : null;
    }
}
