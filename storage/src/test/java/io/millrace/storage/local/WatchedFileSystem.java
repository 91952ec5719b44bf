package io.millrace.storage.local;

import io.millrace.base.file.FileSource;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Another file system, of which it knows which files are open, and in the middle of whose reads something can happen.
 * Any thread.
 */
final class WatchedFileSystem implements FileSystem {
    private final FileSystem disk;
    private final List<Path> open = Collections.synchronizedList(new ArrayList<>());
    /** Of which files it was said that bytes will be needed, or not any more. */
    final List<Path> advised = Collections.synchronizedList(new ArrayList<>());
    /** Bytes that reads have asked for. */
    final AtomicLong bytesAskedFor = new AtomicLong();
    /** Run by each read before it has its bytes. */
    volatile Runnable beforeRead = () -> {};
    /** Whether reads fail when they have half of their bytes. */
    volatile boolean failReadsHalfway;
    /** Whether nobody is told which files there are, and how much space. */
    volatile boolean failLooks;

    WatchedFileSystem(FileSystem disk) {
        this.disk = disk;
    }

    /** What is open, by the name that it had when it was opened. */
    List<Path> open() {
        return List.copyOf(open);
    }

    @Override
    public StorageFile create(Path path) throws IOException {
        return watched(disk.create(path));
    }

    @Override
    public StorageFile open(Path path) throws IOException {
        return watched(disk.open(path));
    }

    private StorageFile watched(StorageFile file) {
        open.add(file.path());
        return new WatchedFile(file);
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        failLook(directory);
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
    }

    @Override
    public void delete(Path path) throws IOException {
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        disk.syncDirectory(directory);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        failLook(path);
        return disk.usableBytes(path);
    }

    private void failLook(Path path) throws IOException {
        if (failLooks) {
            throw new IOException(path + " cannot be looked at");
        }
    }

    private final class WatchedFile implements StorageFile {
        private final StorageFile file;
        private boolean closed;

        WatchedFile(StorageFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void write(ByteBuffer[] sources, int count, long position) throws IOException {
            file.write(sources, count, position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            beforeRead.run();
            bytesAskedFor.addAndGet(target.remaining());
            if (failReadsHalfway) {
                int half = target.remaining() / 2;
                file.read(target.slice(target.position(), half), position);
                throw new IOException(file.path() + " cannot be read to the end");
            }
            return file.read(target, position);
        }

        @Override
        public FileSource source() {
            return file.source();
        }

        @Override
        public void load(long position, long bytes) throws IOException {
            file.load(position, bytes);
        }

        @Override
        public boolean reserve(long bytes) throws IOException {
            return file.reserve(bytes);
        }

        @Override
        public void adviseWillNeed(long position, long bytes) {
            advised.add(file.path());
            file.adviseWillNeed(position, bytes);
        }

        @Override
        public void adviseDontNeed(long position, long bytes) {
            advised.add(file.path());
            file.adviseDontNeed(position, bytes);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                open.remove(file.path());
            }
            file.close();
        }
    }
}
