package io.millrace.base.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * The files of another file system for somebody who looks at them only. Names may be changed, as a reader that tidies
 * up does it: the change is seen here and nowhere else. Contents may not; what tries to write them fails. Nothing below
 * is ever changed. For one thread, but for the files, which are as those below.
 */
public final class FrozenFileSystem implements FileSystem {
    private final FileSystem below;
    private final IntConsumer onRead;
    /** Names that were given here, to those below. */
    private final Map<Path, Path> given = new HashMap<>();
    /** Names below that are not there any more. */
    private final Set<Path> gone = new HashSet<>();

    /** Shows what {@code below} has; {@code onRead} hears of every read, and how many bytes it has brought. */
    public FrozenFileSystem(FileSystem below, IntConsumer onRead) {
        this.below = below;
        this.onRead = onRead;
    }

    @Override
    public StorageFile create(Path path) throws IOException {
        throw frozen(path);
    }

    @Override
    public StorageFile open(Path path) throws IOException {
        if (!exists(path)) {
            throw new IOException(path + " is not there");
        }
        return new FrozenFile(below.openToRead(given.getOrDefault(path, path)), onRead);
    }

    @Override
    public boolean exists(Path path) {
        return given.containsKey(path) || (!gone.contains(path) && below.exists(path));
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        List<Path> paths = new ArrayList<>(below.list(directory));
        paths.removeIf(path -> gone.contains(path) || given.containsKey(path));
        given.keySet().stream()
                .filter(path -> directory.equals(path.getParent()))
                .forEach(paths::add);
        paths.sort(null);
        return paths;
    }

    @Override
    public void createDirectories(Path directory) {
        // What is looked at is there.
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        if (!exists(source)) {
            throw new IOException(source + " is not there");
        }
        Path original = given.getOrDefault(source, source);
        delete(source);
        given.put(target, original);
    }

    @Override
    public void delete(Path path) throws IOException {
        if (!exists(path)) {
            throw new IOException(path + " is not there");
        }
        given.remove(path);
        gone.add(path);
    }

    @Override
    public void syncDirectory(Path directory) {
        // Nothing has changed on the disk.
    }

    @Override
    public long size(Path path) throws IOException {
        if (!exists(path)) {
            throw new IOException(path + " is not there");
        }
        return below.size(given.getOrDefault(path, path));
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return below.usableBytes(path);
    }

    private static IOException frozen(Path path) {
        return new IOException(path + " is only looked at and cannot be written");
    }

    /** A file that can be read. */
    private record FrozenFile(StorageFile file, IntConsumer onRead) implements StorageFile {
        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            throw frozen(path());
        }

        @Override
        public void write(ByteBuffer[] sources, int count, long position) throws IOException {
            throw frozen(path());
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int count = file.read(target, position);
            onRead.accept(count);
            return count;
        }

        @Override
        public boolean reserve(long bytes) throws IOException {
            throw frozen(path());
        }

        @Override
        public void adviseWillNeed(long position, long bytes) {
            file.adviseWillNeed(position, bytes);
        }

        @Override
        public void adviseDontNeed(long position, long bytes) {
            file.adviseDontNeed(position, bytes);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            throw frozen(path());
        }

        @Override
        public void sync() {
            // Nothing was written.
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
