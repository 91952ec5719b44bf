package io.millrace.testkit;

import io.millrace.testkit.NameChange.Binding;
import io.millrace.testkit.NameChange.Place;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All names of the disk, from its root on. Relative paths start at the working directory. Guarded by the disk's lock.
 */
final class DiskTree {
    private final SimulatedDirectory root = new SimulatedDirectory();
    private final NameLog log = new NameLog();

    /** What {@code path} stands for, or null where nothing has that name. */
    @Nullable
    SimulatedNode find(Path path) {
        SimulatedNode node = root;
        for (Path name : path.toAbsolutePath().normalize()) {
            if (!(node instanceof SimulatedDirectory directory)) {
                return null;
            }
            node = directory.current.get(name.toString());
        }
        return node;
    }

    SimulatedFile file(Path path) throws IOException {
        SimulatedNode node = find(path);
        if (node instanceof SimulatedFile file) {
            return file;
        }
        throw node == null ? new NoSuchFileException(path.toString()) : notAFile(path);
    }

    SimulatedDirectory directory(Path path) throws IOException {
        SimulatedNode node = find(path);
        if (node instanceof SimulatedDirectory directory) {
            return directory;
        }
        throw node == null ? new NoSuchFileException(path.toString()) : new NotDirectoryException(path.toString());
    }

    /** Gives {@code node} a name that is free. */
    void add(Path path, SimulatedNode node) throws IOException {
        if (find(path) != null) {
            throw new FileAlreadyExistsException(path.toString());
        }
        log.add(new Binding(place(path), node));
    }

    /** Renames the file; returns the one whose name it took, if any. */
    @Nullable
    SimulatedFile rename(Path source, Path target) throws IOException {
        SimulatedFile file = file(source);
        Place to = place(target);
        SimulatedNode replaced = to.directory().current.get(to.name());
        if (replaced instanceof SimulatedDirectory) {
            throw notAFile(target);
        }
        if (replaced == file) {
            return null;
        }
        log.add(new Binding(place(source), null), new Binding(to, file));
        return (SimulatedFile) replaced;
    }

    /** Frees the name of a file or an empty directory; returns what had it. */
    SimulatedNode remove(Path path) throws IOException {
        SimulatedNode node = find(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        if (node instanceof SimulatedDirectory directory && !directory.current.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        log.add(new Binding(place(path), null));
        return node;
    }

    /** The names of the files, not directories, in a directory. */
    List<String> fileNames(Path path) throws IOException {
        List<String> names = new ArrayList<>();
        directory(path).current.forEach((name, node) -> {
            if (node instanceof SimulatedFile) {
                names.add(name);
            }
        });
        return names;
    }

    /** All files that have a name, in an order that depends on their names only. */
    List<SimulatedFile> files() {
        List<SimulatedFile> files = new ArrayList<>();
        collect(root, files);
        return files;
    }

    long lastChange() {
        return log.lastNumber();
    }

    void sync(SimulatedDirectory directory, long lastChange) {
        log.sync(directory, lastChange);
    }

    void failSync(SimulatedDirectory directory, long lastChange) {
        log.failSync(directory, lastChange);
    }

    void crash(PowerCut cut) {
        log.crash(cut);
        root.revert();
    }

    private Place place(Path path) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw notAFile(path);
        }
        return new Place(
                directory(parent),
                Objects.requireNonNull(absolute.getFileName()).toString());
    }

    private static void collect(SimulatedDirectory directory, List<SimulatedFile> files) {
        for (SimulatedNode node : directory.current.values()) {
            if (node instanceof SimulatedFile file) {
                files.add(file);
            } else if (node instanceof SimulatedDirectory below) {
                collect(below, files);
            }
        }
    }

    private static FileSystemException notAFile(Path path) {
        return new FileSystemException(path.toString(), null, "not a file");
    }
}
