package io.millrace.api;

import io.millrace.api.http.BackupControl;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.base.file.DiskFileSystem;
import io.millrace.base.file.FileSystem;
import io.millrace.storage.BackupRequest;
import io.millrace.storage.BackupRun;
import io.millrace.storage.StoreBackups;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Backups of a rig, each into a folder that no other has had. */
public final class RigBackups implements BackupControl {
    private final StoreBackups store;
    private final Path directory;
    private final AtomicInteger count = new AtomicInteger();
    private volatile String name = "";
    private volatile BackupRun run;

    private record Folder(Path path) implements BackupRequest.Target {
        @Override
        public FileSystem fileSystem() {
            return new DiskFileSystem();
        }

        @Override
        public Path open() throws java.io.IOException {
            fileSystem().createDirectories(path);
            return path;
        }

        @Override
        public void abandon() {
            // A test's directory goes as a whole.
        }
    }

    RigBackups(StoreBackups store, Path directory) {
        this.store = store;
        this.directory = directory;
    }

    @Override
    public BackupRun begin(String newName, long bytesPerSecond) {
        Folder folder = new Folder(directory.resolve(String.valueOf(count.incrementAndGet())));
        BackupRun begun = store.begin(new BackupRequest(folder, Set.of(), bytesPerSecond));
        if (begun == null) {
            throw new ProblemException(Problem.BACKUP_RUNNING, "one at a time");
        }
        name = newName;
        run = begun;
        return begun;
    }

    @Override
    public BackupRun find(String wanted) {
        return wanted.equals(name) ? run : null;
    }

    /** Waits for the end of the one that is under way, if there is one. */
    public void await() {
        Until.holds(() -> run == null || run.progress().state() != BackupRun.State.RUNNING);
    }
}
