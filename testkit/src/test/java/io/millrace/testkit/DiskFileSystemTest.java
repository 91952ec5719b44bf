package io.millrace.testkit;

import io.millrace.base.file.DiskFileSystem;
import io.millrace.base.file.FileSystem;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The machine's own disk keeps the contract. */
class DiskFileSystemTest extends FileSystemContract {
    @TempDir
    private Path directory;

    @Override
    protected FileSystem fileSystem() {
        return new DiskFileSystem();
    }

    @Override
    protected Path directory() {
        return directory;
    }
}
