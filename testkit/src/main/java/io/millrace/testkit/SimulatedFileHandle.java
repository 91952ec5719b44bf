package io.millrace.testkit;

import io.millrace.base.file.FileSource;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.base.file.StorageFile;
import io.millrace.testkit.DiskOperation.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;

/** A {@link SimulatedFile} that one life of the process has open. Any thread. */
final class SimulatedFileHandle implements StorageFile {
    private final SimulatedDisk disk;
    private final SimulatedFile file;
    private final Path path;
    private final int life;
    private final FileSource source = new FileSource(new SimulatedChannel(this));
    private boolean closed;

    /** Called with the disk's lock held. */
    SimulatedFileHandle(SimulatedDisk disk, SimulatedFile file, Path path, int life) {
        this.disk = disk;
        this.file = file;
        this.path = path;
        this.life = life;
        file.opened();
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        write(new ByteBuffer[] {source}, 1, position);
    }

    @Override
    public void write(ByteBuffer[] sources, int count, long position) throws IOException {
        checkPosition(position);
        PagedBytes bytes = new PagedBytes();
        EventDigest digest = new EventDigest();
        long end = position;
        for (int i = 0; i < count; i++) {
            int length = sources[i].remaining();
            digest.add(sources[i]);
            bytes.write(end, sources[i]);
            end += length;
        }
        perform(Kind.WRITE, new Write(bytes, position, end, digest.value()));
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        checkPosition(position);
        synchronized (disk) {
            checkOpen();
            return file.read(target, position);
        }
    }

    @Override
    public FileSource source() {
        return source;
    }

    @Override
    public boolean reserve(long bytes) throws IOException {
        checkPosition(bytes);
        long length;
        synchronized (disk) {
            checkOpen();
            if (!disk.space.canReserve()) {
                return false;
            }
            length = file.length();
        }
        if (bytes > length) {
            // As a file takes as many bytes as it is long, what is behind its end is all that there is to reserve.
            perform(Kind.RESERVE, new Write(new PagedBytes(), length, bytes, 0));
        }
        return true;
    }

    @Override
    public long size() throws IOException {
        synchronized (disk) {
            checkOpen();
            return file.length();
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        checkPosition(size);
        perform(Kind.TRUNCATE, () -> {
            long before = file.length();
            file.truncate(size);
            disk.space.grow(file.length() - before);
        });
    }

    @Override
    public void sync() throws IOException {
        perform(Kind.SYNC, new Sync());
    }

    @Override
    public void close() {
        synchronized (disk) {
            if (closed) {
                return;
            }
            closed = true;
            if (disk.isAlive(life)) {
                file.closed();
                disk.release(file);
            }
        }
    }

    private void perform(Kind kind, DiskAction action) throws IOException {
        synchronized (disk) {
            checkOpen();
        }
        disk.perform(kind, path, life, action);
    }

    private void checkOpen() throws IOException {
        disk.checkAlive(life);
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private static void checkPosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("negative position " + position);
        }
    }

    /** Writes what there is room for; an interrupted one writes some beginning. */
    private final class Write implements DiskAction {
        private final PagedBytes bytes;
        private final long from;
        private final long to;
        private final long digest;

        Write(PagedBytes bytes, long from, long to, long digest) {
            this.bytes = bytes;
            this.from = from;
            this.to = to;
            this.digest = digest;
        }

        @Override
        public void begin() {
            disk.events.add(from);
            disk.events.add(to);
            disk.events.add(digest);
        }

        @Override
        public void complete() throws IOException {
            if (endWithRoom() < to) {
                fail();
                throw new OutOfSpaceException(path + ": no space left for " + (to - from) + " bytes at " + from);
            }
            writeUpTo(to);
        }

        @Override
        public void fail() {
            long end = endWithRoom();
            if (end > from) {
                writeUpTo(disk.random.nextLong(from, end + 1));
            }
        }

        @Override
        public void interrupt() {
            fail();
        }

        private long endWithRoom() {
            long room = disk.space.usableBytes();
            return room >= to - file.length() ? to : file.length() + room;
        }

        private void writeUpTo(long end) {
            if (end > from) {
                long before = file.length();
                file.write(bytes, from, end);
                disk.space.grow(file.length() - before);
            }
        }
    }

    /** Covers what was written when it was called, and nothing later. */
    private final class Sync implements DiskAction {
        private long lastNumber;

        @Override
        public void begin() {
            lastNumber = file.lastNumber();
        }

        @Override
        public void complete() {
            if (!disk.faults.syncsDropped()) {
                file.sync(lastNumber);
            }
        }

        @Override
        public void fail() {
            file.failSync(lastNumber);
        }
    }
}
