package io.millrace.storage.segment;

import io.millrace.storage.SegmentStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads pieces of a segment that lie one behind the other, through one buffer. For one thread. */
final class SegmentWindow {
    private static final int WINDOW_BYTES = 256 << 10;

    private final SegmentStore store;
    private final long segment;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long start;
    private long bytesRead;
    private long size = -1;

    SegmentWindow(SegmentStore store, long segment) {
        this.store = store;
        this.segment = segment;
    }

    long bytesRead() {
        return bytesRead;
    }

    long size() throws IOException {
        if (size < 0) {
            size = store.size(segment);
        }
        return size;
    }

    /** The {@code bytes} bytes at {@code address}; valid until the next read. */
    ByteBuffer read(long address, int bytes) throws IOException {
        if (address < 0 || bytes < 0 || address + bytes > size()) {
            throw new EOFException("the segment ends before " + (address + bytes));
        }
        if (address < start || address + bytes > start + window.limit()) {
            if (bytes > WINDOW_BYTES || !fill(address)) {
                return readAlone(address, bytes);
            }
        }
        return window.slice((int) (address - start), bytes);
    }

    /** Reads from {@code address} on as much as there is room for; false where some of it cannot be read. */
    private boolean fill(long address) throws IOException {
        window.clear().limit((int) Math.min(WINDOW_BYTES, size() - address));
        try {
            store.read(segment, address, window);
        } catch (IOException e) {
            // What is asked for may be fine although what is behind it is not.
            window.limit(0);
            return false;
        }
        bytesRead += window.limit();
        window.flip();
        start = address;
        return true;
    }

    private ByteBuffer readAlone(long address, int bytes) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(bytes);
        store.read(segment, address, piece);
        bytesRead += bytes;
        return piece.flip();
    }
}
