package io.millrace.storage.local;

import io.millrace.base.Check;
import io.millrace.base.file.FileSystem;
import io.millrace.base.file.StorageFile;
import io.millrace.storage.SegmentOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A segment file that is being written; small pieces are gathered before they go to the disk. For one thread. */
final class SegmentFileOutput implements SegmentOutput {
    private static final int BUFFER_BYTES = 256 << 10;

    private final SegmentFiles files;
    private final FileSystem fileSystem;
    private final Path path;
    private final StorageFile file;
    private final ByteBuf memory = PooledByteBufAllocator.DEFAULT.directBuffer(BUFFER_BYTES, BUFFER_BYTES);
    private final ByteBuffer buffer = memory.nioBuffer(0, BUFFER_BYTES);
    private long written;
    private boolean closed;
    private boolean sealed;

    SegmentFileOutput(SegmentFiles files, Path path) throws IOException {
        this.files = files;
        this.fileSystem = files.fileSystem();
        this.path = path;
        try {
            this.file = fileSystem.create(path);
        } catch (Throwable e) {
            memory.release();
            throw e;
        }
    }

    @Override
    public void write(ByteBuffer source) throws IOException {
        Check.that(!closed, "the segment is sealed or abandoned");
        if (source.remaining() > buffer.remaining()) {
            drain();
        }
        if (source.remaining() >= BUFFER_BYTES) {
            int bytes = source.remaining();
            file.write(source, written);
            written += bytes;
        } else {
            buffer.put(source);
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        int bytes = buffer.remaining();
        if (bytes == 0) {
            buffer.clear();
            return;
        }
        file.write(buffer, written);
        written += bytes;
        buffer.clear();
    }

    @Override
    public long size() {
        return written + buffer.position();
    }

    @Override
    public void seal() throws IOException {
        drain();
        file.sync();
        close();
        files.syncNames();
        sealed = true;
        files.noteSealed(path);
    }

    @Override
    public void abandon() throws IOException {
        close();
        if (!sealed && !files.isClosed() && fileSystem.exists(path)) {
            fileSystem.delete(path);
        }
    }

    private void close() throws IOException {
        if (!closed) {
            closed = true;
            memory.release();
            file.close();
        }
    }
}
