package io.millrace.storage.tail;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a shard's record stream in memory: first what waits to be written, then part of the tail cache. Records
 * never cross chunks.
 *
 * <p>The shard's loop fills it and drops it once it is synced; the writer reads it up to the position that the loop
 * has published. What is handed out of it are retained slices.
 */
public final class TailChunk {
    /** Stream position of the first byte. */
    public final long start;
    /** The memory. */
    public final ByteBuf buffer;
    /** The same memory for a writer that writes it as it is. */
    public final ByteBuffer writerView;
    /** Whether it holds one record that is larger than a usual chunk, and so may have to be split. */
    public final boolean oversized;

    private long end = Long.MAX_VALUE;
    private volatile @Nullable TailChunk next;

    TailChunk(long start, ByteBuf buffer, boolean oversized) {
        this.start = start;
        this.buffer = buffer;
        this.oversized = oversized;
        this.writerView = buffer.nioBuffer(0, buffer.capacity());
    }

    /** The chunk behind this one; null while there is none. Any thread. */
    public @Nullable TailChunk next() {
        return next;
    }

    /** Stream position behind the last byte; without limit while there is no {@link #next}. Read after that. */
    public long end() {
        return end;
    }

    void continueIn(TailChunk chunk) {
        end = chunk.start;
        next = chunk;
    }
}
