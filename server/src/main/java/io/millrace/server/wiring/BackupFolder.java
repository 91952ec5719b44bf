package io.millrace.server.wiring;

import io.millrace.base.file.FileSystem;
import io.millrace.server.process.PrivateFolder;
import io.millrace.storage.BackupRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A folder for one backup, directly in the directory that is there for backups. Whoever asks over the network names it,
 * so it is never anything but a folder of that name: not one that a link leads to, and not one with something in it.
 * On the thread that copies.
 *
 * @param root the directory for backups, made where it is not there
 * @param name the name of the folder, which is a plain one
 * @param fileSystem writes files that their owner alone can read
 */
record BackupFolder(Path root, String name, FileSystem fileSystem) implements BackupRequest.Target {
    @Override
    public Path open() throws IOException {
        if (!Files.isDirectory(root)) {
            PrivateFolder.make(root);
        }
        Path folder = path();
        if (Files.isSymbolicLink(folder)) {
            throw new IOException(folder + " is a link; a backup goes into a folder of its own");
        }
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is there already, and is no folder");
        }
        PrivateFolder.make(folder);
        PrivateFolder.requireEmpty(folder);
        fileSystem.syncDirectory(root);
        return folder;
    }

    @Override
    public void abandon() throws IOException {
        Files.deleteIfExists(path());
    }

    private Path path() throws IOException {
        return root.toRealPath().resolve(name);
    }
}
