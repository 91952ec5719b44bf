package io.millrace.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * The channel of a simulated file, as far as who sends bytes from it needs it: reads at positions, and transfers. Lives
 * as long as the file is open. Any thread.
 */
final class SimulatedChannel extends FileChannel {
    private static final int TRANSFER_BYTES_MAX = 64 << 10;

    private final SimulatedFileHandle file;

    SimulatedChannel(SimulatedFileHandle file) {
        this.file = file;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        checkOpen();
        int count = file.read(target, position);
        return count == 0 && target.hasRemaining() ? -1 : count;
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        checkOpen();
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(TRANSFER_BYTES_MAX, count));
        file.read(piece, position);
        return target.write(piece.flip());
    }

    @Override
    public long size() throws IOException {
        checkOpen();
        return file.size();
    }

    /** The name that the file was opened by. */
    @Override
    public String toString() {
        return file.path().toString();
    }

    private void checkOpen() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    protected void implCloseChannel() {
        // There is nothing that the file does not give back itself.
    }

    // What follows nobody may use who is given a channel to send from.

    @Override
    public int read(ByteBuffer target) {
        throw refused();
    }

    @Override
    public long read(ByteBuffer[] targets, int first, int count) {
        throw refused();
    }

    @Override
    public int write(ByteBuffer source) {
        throw refused();
    }

    @Override
    public long write(ByteBuffer[] sources, int first, int count) {
        throw refused();
    }

    @Override
    public int write(ByteBuffer source, long position) {
        throw refused();
    }

    @Override
    public long position() {
        throw refused();
    }

    @Override
    public FileChannel position(long position) {
        throw refused();
    }

    @Override
    public FileChannel truncate(long size) {
        throw refused();
    }

    @Override
    public void force(boolean metadata) {
        throw refused();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw refused();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw refused();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw refused();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw refused();
    }

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("bytes are sent from it, and nothing else");
    }
}
