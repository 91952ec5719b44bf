package io.millrace.base.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A {@link StorageFile} over a {@link FileChannel}; {@link #sync} is {@code fdatasync}. */
final class DiskFile implements StorageFile {
    private final Path path;
    private final FileChannel channel;

    DiskFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
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
        channel.close();
    }
}
