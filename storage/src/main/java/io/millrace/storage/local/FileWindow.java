package io.millrace.storage.local;

import io.millrace.base.file.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file front to back through one buffer, which grows to the largest group asked for. For one thread.
 */
final class FileWindow {
    private final int bytesMin;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
    private @Nullable StorageFile file;
    private long start;

    /** Will read at least {@code bytesMin} bytes at a time. */
    FileWindow(int bytesMin) {
        this.bytesMin = bytesMin;
    }

    /**
     * Returns the index in {@link #buffer} at which the {@code bytes} bytes of {@code from} at {@code offset} lie, or
     * -1 where the file ends before.
     */
    int find(StorageFile from, long offset, int bytes) throws IOException {
        if (from != file || offset < start || offset + bytes > start + buffer.limit()) {
            int wanted = (int) Math.max(bytes, Math.min(bytesMin, from.size()));
            if (wanted > buffer.capacity()) {
                buffer = ByteBuffer.allocateDirect(wanted);
            }
            // A read that fails leaves some of both in the buffer.
            file = null;
            buffer.clear();
            from.read(buffer, offset);
            buffer.flip();
            file = from;
            start = offset;
        }
        return offset + bytes <= start + buffer.limit() ? (int) (offset - start) : -1;
    }

    /** The bytes found last, at the index that was returned. */
    ByteBuffer buffer() {
        return buffer;
    }
}
