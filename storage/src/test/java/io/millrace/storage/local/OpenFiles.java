package io.millrace.storage.local;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A file system that knows which files of another one are open through it. Any thread. */
final class OpenFiles implements FileSystem {
    private final FileSystem disk;
    private final List<Path> open = Collections.synchronizedList(new ArrayList<>());

    OpenFiles(FileSystem disk) {
        this.disk = disk;
    }

    /** What is open, by the name that it had when it was opened. */
    List<Path> open() {
        return List.copyOf(open);
    }

    @Override
    public StorageFile create(Path path) throws IOException {
        return counted(disk.create(path));
    }

    @Override
    public StorageFile open(Path path) throws IOException {
        return counted(disk.open(path));
    }

    private StorageFile counted(StorageFile file) {
        open.add(file.path());
        return new CountedFile(file);
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
        return disk.usableBytes(path);
    }

    private final class CountedFile implements StorageFile {
        private final StorageFile file;
        private boolean closed;

        CountedFile(StorageFile file) {
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
            return file.read(target, position);
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
