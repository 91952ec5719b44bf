package io.millrace.testkit;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The sync of a directory: covers the names that were changed when it was called, and nothing later. */
final class DirectorySync implements DiskAction {
    private final SimulatedDisk disk;
    private final Path path;
    private @Nullable SimulatedDirectory directory;
    private long lastChange;

    DirectorySync(SimulatedDisk disk, Path path) {
        this.disk = disk;
        this.path = path;
    }

    @Override
    public void begin() throws IOException {
        directory = disk.tree.directory(path);
        lastChange = disk.tree.lastChange();
    }

    @Override
    public void complete() {
        if (directory != null && !disk.faults.syncsDropped()) {
            disk.tree.sync(directory, lastChange);
        }
    }

    @Override
    public void fail() {
        if (directory != null) {
            disk.tree.failSync(directory, lastChange);
        }
    }
}
