package io.millrace.base.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link StorageFile} over a {@link FileChannel}; {@link #sync} is {@code fdatasync}. {@link LinuxFiles} is told the
 * file by its name, which follows the renames of this process.
 */
final class DiskFile implements StorageFile {
    /** All that are open: what they are called now is told to all of them. */
    private static final Set<DiskFile> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;
    private final FileSource source;
    /** What the file is called now, as far as this process has named it; null where it has no name any more. */
    private volatile @Nullable Path name;

    DiskFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
        this.source = new FileSource(channel);
        this.name = path;
        OPEN.add(this);
    }

    /** What was called {@code source} is called {@code target} now, and what was called that has no name. */
    static void renamed(Path source, Path target) {
        if (source.equals(target)) {
            return;
        }
        deleted(target);
        for (DiskFile each : OPEN) {
            if (source.equals(each.name)) {
                each.name = target;
            }
        }
    }

    /** What was called this has no name any more. */
    static void deleted(Path gone) {
        for (DiskFile each : OPEN) {
            if (gone.equals(each.name)) {
                each.name = null;
            }
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        try {
            long at = position;
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw OutOfSpaceException.orNamed(e, path);
        }
    }

    @Override
    public void write(ByteBuffer[] sources, int count, long position) throws IOException {
        try {
            channel.position(position);
            int first = 0;
            while (first < count) {
                channel.write(sources, first, count - first);
                while (first < count && !sources[first].hasRemaining()) {
                    first++;
                }
            }
        } catch (IOException e) {
            throw OutOfSpaceException.orNamed(e, path);
        }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int count = channel.read(target, position + total);
            if (count < 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    @Override
    public FileSource source() {
        return source;
    }

    @Override
    public void load(long position, long bytes) throws IOException {
        FileChannel sink = NullDevice.CHANNEL;
        if (sink == null) {
            StorageFile.super.load(position, bytes);
            return;
        }
        // Pages are passed to a device that drops them: they are read, and copied nowhere.
        for (long done = 0; done < bytes; ) {
            long count = channel.transferTo(position + done, bytes - done, sink);
            if (count <= 0) {
                throw new EOFException(path + " ends before " + (position + bytes));
            }
            done += count;
        }
    }

    @Override
    public boolean reserve(long bytes) throws IOException {
        if (bytes < 0) {
            throw new IllegalArgumentException("negative length " + bytes);
        }
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
        Path now = name;
        return now != null && (bytes == 0 || LinuxFiles.reserve(now, bytes));
    }

    @Override
    public void adviseWillNeed(long position, long bytes) {
        advise(position, bytes, LinuxFiles.WILL_NEED);
    }

    @Override
    public void adviseDontNeed(long position, long bytes) {
        advise(position, bytes, LinuxFiles.DONT_NEED);
    }

    private void advise(long position, long bytes, int advice) {
        Path now = name;
        // To the system no bytes are all bytes.
        if (now != null && position >= 0 && bytes > 0 && channel.isOpen()) {
            LinuxFiles.advise(now, position, bytes, advice);
        }
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        try {
            channel.truncate(size);
        } catch (IOException e) {
            throw OutOfSpaceException.orNamed(e, path);
        }
    }

    @Override
    public void sync() throws IOException {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw OutOfSpaceException.orNamed(e, path);
        }
    }

    @Override
    public void close() throws IOException {
        OPEN.remove(this);
        channel.close();
    }
}
