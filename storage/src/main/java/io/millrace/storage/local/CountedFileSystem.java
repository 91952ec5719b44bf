package io.millrace.storage.local;

import io.millrace.base.file.FileSource;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Another file system that counts what the files of one directory take: whatever the store makes there, journal,
 * segments, manifests and what is still being written, goes through here. Any thread.
 *
 * <p>A deleted file does not count any more, although its space comes back only when the last who has it open has
 * closed it. What others put there, grow or remove is known from {@link #recount} on.
 */
final class CountedFileSystem implements FileSystem {
    private final FileSystem disk;
    /** Guarded by this, as are the fields of the files. */
    private final Map<Path, Counted> files = new HashMap<>();

    private volatile long usedBytes;
    private volatile Runnable whenChanged = () -> {};

    private static final class Counted {
        /** Also read by the one who writes, without the lock. */
        volatile long bytes;

        int handles;
        boolean gone;
    }

    CountedFileSystem(FileSystem disk) {
        this.disk = disk;
    }

    /** Counts the files that lie directly in {@code directory}, but those that the store has open: they are known. */
    void recount(Path directory) throws IOException {
        Set<Path> paths = new HashSet<>(disk.list(directory));
        synchronized (this) {
            paths.addAll(files.keySet());
        }
        for (Path path : paths) {
            recountFile(path);
        }
    }

    private void recountFile(Path path) throws IOException {
        synchronized (this) {
            Counted file = files.get(path);
            if (file != null && file.handles > 0) {
                return;
            }
        }
        long bytes = sizeOf(path);
        synchronized (this) {
            if (bytes < 0) {
                forget(path);
                return;
            }
            Counted file = files.computeIfAbsent(path, any -> new Counted());
            if (file.handles == 0) {
                change(file, bytes);
            }
        }
    }

    private long sizeOf(Path path) throws IOException {
        try {
            return disk.size(path);
        } catch (NoSuchFileException e) {
            return -1;
        }
    }

    /** Has {@code told} run after each change, on whatever thread made it. */
    void whenChanged(Runnable told) {
        whenChanged = told;
    }

    /** What the files have, in bytes. */
    long usedBytes() {
        return usedBytes;
    }

    @Override
    public StorageFile create(Path path) throws IOException {
        return counted(path, disk.create(path));
    }

    @Override
    public StorageFile open(Path path) throws IOException {
        return counted(path, disk.open(path));
    }

    private StorageFile counted(Path path, StorageFile file) {
        synchronized (this) {
            Counted counted = files.computeIfAbsent(path, any -> new Counted());
            counted.handles++;
            return new CountedFile(file, counted);
        }
    }

    private synchronized void change(Counted file, long bytes) {
        if (!file.gone) {
            usedBytes += bytes - file.bytes;
            file.bytes = bytes;
        }
    }

    /** So many bytes were written at {@code position}; none make it no longer, wherever they were written. */
    private void wrote(Counted file, long position, long bytes) {
        if (bytes > 0 && position + bytes > file.bytes) {
            change(file, position + bytes);
            whenChanged.run();
        }
    }

    private synchronized void forget(Path path) {
        Counted file = files.remove(path);
        if (file != null) {
            change(file, 0);
            file.gone = true;
        }
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public long size(Path path) throws IOException {
        return disk.size(path);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path source, Path target) throws IOException {
        disk.rename(source, target);
        synchronized (this) {
            forget(target);
            Counted file = files.remove(source);
            if (file != null) {
                files.put(target, file);
            }
        }
        whenChanged.run();
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
        forget(path);
        whenChanged.run();
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        disk.syncDirectory(directory);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return disk.usableBytes(path);
    }

    private final class CountedFile implements StorageFile {
        private final StorageFile file;
        private final Counted counted;
        private boolean closed;

        CountedFile(StorageFile file, Counted counted) {
            this.file = file;
            this.counted = counted;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            int bytes = source.remaining();
            try {
                file.write(source, position);
            } catch (IOException e) {
                countAfter(e);
                throw e;
            }
            wrote(counted, position, bytes);
        }

        @Override
        public void write(ByteBuffer[] sources, int count, long position) throws IOException {
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                bytes += sources[i].remaining();
            }
            try {
                file.write(sources, count, position);
            } catch (IOException e) {
                countAfter(e);
                throw e;
            }
            wrote(counted, position, bytes);
        }

        /** Some of it may have been written. */
        private void countAfter(IOException failure) {
            try {
                wrote(counted, 0, file.size());
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public @Nullable FileSource source() {
            return file.source();
        }

        @Override
        public void load(long position, long bytes) throws IOException {
            file.load(position, bytes);
        }

        @Override
        public boolean reserve(long bytes) throws IOException {
            boolean reserved;
            try {
                reserved = file.reserve(bytes);
            } catch (IOException e) {
                countAfter(e);
                throw e;
            }
            wrote(counted, 0, reserved ? bytes : 0);
            return reserved;
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
            file.truncate(size);
            if (size < counted.bytes) {
                change(counted, size);
                whenChanged.run();
            }
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public void close() throws IOException {
            synchronized (CountedFileSystem.this) {
                if (!closed) {
                    closed = true;
                    counted.handles--;
                }
            }
            file.close();
        }
    }
}
