package io.millrace.storage.local;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A file system on which something can happen in the middle of a read. */
final class WatchedFileSystem implements FileSystem {
    private final FileSystem target;
    /** Run by each read before its bytes are there. */
    Runnable beforeRead = () -> {};

    WatchedFileSystem(FileSystem target) {
        this.target = target;
    }

    @Override
    public StorageFile create(Path path) throws IOException {
        return new WatchedFile(target.create(path));
    }

    @Override
    public StorageFile open(Path path) throws IOException {
        return new WatchedFile(target.open(path));
    }

    @Override
    public boolean exists(Path path) {
        return target.exists(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return target.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        target.createDirectories(directory);
    }

    @Override
    public void rename(Path source, Path renamed) throws IOException {
        target.rename(source, renamed);
    }

    @Override
    public void delete(Path path) throws IOException {
        target.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws IOException {
        target.syncDirectory(directory);
    }

    @Override
    public long usableBytes(Path path) throws IOException {
        return target.usableBytes(path);
    }

    private final class WatchedFile implements StorageFile {
        private final StorageFile file;

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
        public int read(ByteBuffer into, long position) throws IOException {
            beforeRead.run();
            return file.read(into, position);
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
            file.close();
        }
    }
}
