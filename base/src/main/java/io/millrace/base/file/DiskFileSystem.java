package io.millrace.base.file;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The machine's own file system. Stateless; any thread. */
public final class DiskFileSystem implements FileSystem {
    private final FileAttribute<?>[] attributes;

    /** Files that are made get the permissions that the process gives them. */
    public DiskFileSystem() {
        this(new FileAttribute<?>[0]);
    }

    private DiskFileSystem(FileAttribute<?>[] attributes) {
        this.attributes = attributes;
    }

    /** Files that are made can be read and written by their owner, and by nobody else (0600). */
    public static DiskFileSystem ofOwnerOnly() {
        return new DiskFileSystem(new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        });
    }

    @Override
    public StorageFile create(Path path) throws IOException {
        try {
            return new DiskFile(path, FileChannel.open(path, Set.of(CREATE_NEW, READ, WRITE), attributes));
        } catch (IOException e) {
            throw OutOfSpaceException.orNamed(e, path);
        }
    }

    @Override
    public StorageFile open(Path path) throws IOException {
        return new DiskFile(path, FileChannel.open(path, READ, WRITE));
    }

    @Override
    public StorageFile openToRead(Path path) throws IOException {
        return new DiskFile(path, FileChannel.open(path, READ));
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Override
    public long size(Path path) throws IOException {
        return Files.size(path);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        Path at = directory.toAbsolutePath();
        for (; at != null && !Files.isDirectory(at); at = at.getParent()) {
            missing.push(at);
        }
        Path above = at == null ? null : at.getParent();
        // Who may not read a folder has not made what is in it.
        if (above != null && Files.isReadable(above)) {
            syncDirectory(above);
        }
        for (Path each : missing) {
            createDirectory(each);
            Path parent = each.getParent();
            if (parent != null) {
                syncDirectory(parent);
            }
        }
    }

    private static void createDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            throw OutOfSpaceException.orNamed(e, directory);
        }
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        try {
            Files.move(source, target, ATOMIC_MOVE, REPLACE_EXISTING);
        } catch (IOException e) {
            throw OutOfSpaceException.orNamed(e, target);
        }
        DiskFile.renamed(source, target);
    }

    @Override
    public void delete(Path path) throws IOException {
        DiskFile.deleted(path);
        Files.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        // Linux lets a directory be opened for reading and synced; that is what makes names durable there.
        try (FileChannel channel = FileChannel.open(directory, READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw OutOfSpaceException.orNamed(e, directory);
        }
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return Files.getFileStore(path).getUsableSpace();
    }
}
