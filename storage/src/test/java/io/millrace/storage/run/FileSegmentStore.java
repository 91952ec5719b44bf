package io.millrace.storage.run;

import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** One file for each segment; a segment that was begun and not sealed cannot be read. Refuses numbers used twice. */
final class FileSegmentStore implements SegmentStore {
    private final FileSystem fileSystem;
    private final Path directory;
    private final SortedSet<Long> sealed = new TreeSet<>();
    private final Set<Long> used = new HashSet<>();

    FileSegmentStore(FileSystem fileSystem, Path directory) throws IOException {
        this.fileSystem = fileSystem;
        this.directory = directory;
        fileSystem.createDirectories(directory);
    }

    Path path(long segment) {
        return directory.resolve("segment-" + segment);
    }

    SortedSet<Long> sealed() {
        return new TreeSet<>(sealed);
    }

    @Override
    public SegmentOutput create(long segment) throws IOException {
        if (!used.add(segment)) {
            throw new IllegalStateException("segment " + segment + " was there before");
        }
        StorageFile file = fileSystem.create(path(segment));
        return new SegmentOutput() {
            private long size;

            @Override
            public void write(ByteBuffer source) throws IOException {
                int bytes = source.remaining();
                file.write(source, size);
                size += bytes;
            }

            @Override
            public long size() {
                return size;
            }

            @Override
            public void seal() throws IOException {
                file.sync();
                fileSystem.syncDirectory(directory);
                file.close();
                sealed.add(segment);
            }

            @Override
            public void abandon() throws IOException {
                file.close();
                fileSystem.delete(path(segment));
            }
        };
    }

    @Override
    public void read(long segment, long offset, ByteBuffer target) throws IOException {
        try (StorageFile file = open(segment)) {
            file.read(target, offset);
            if (target.hasRemaining()) {
                throw new EOFException("segment " + segment + " ends before " + offset);
            }
        }
    }

    @Override
    public long size(long segment) throws IOException {
        try (StorageFile file = open(segment)) {
            return file.size();
        }
    }

    @Override
    public void readLog(long position, ByteBuffer target) {
        throw new UnsupportedOperationException("runs do not read the log");
    }

    @Override
    public void delete(long segment) throws IOException {
        if (sealed.remove(segment)) {
            fileSystem.delete(path(segment));
        }
    }

    @Override
    public List<Long> list() {
        return List.copyOf(sealed);
    }

    private StorageFile open(long segment) throws IOException {
        if (!sealed.contains(segment)) {
            throw new IOException("segment " + segment + " is not there");
        }
        return fileSystem.open(path(segment));
    }
}
