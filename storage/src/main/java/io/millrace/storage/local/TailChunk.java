package io.millrace.storage.local;

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
final class TailChunk {
    /** Stream position of the first byte. */
    final long start;
    /** The memory; the loop's. */
    final ByteBuf buffer;
    /** The same memory for the writer. */
    final ByteBuffer writerView;
    /** Whether it holds one record that is larger than a usual chunk, and so may have to be split into frames. */
    final boolean oversized;
    /** Stream position behind the last byte; set before {@link #next} is. */
    long end = Long.MAX_VALUE;
    /** The chunk behind this one, once there is one. */
    volatile @Nullable TailChunk next;

    TailChunk(long start, ByteBuf buffer, boolean oversized) {
        this.start = start;
        this.buffer = buffer;
        this.oversized = oversized;
        this.writerView = buffer.nioBuffer(0, buffer.capacity());
    }
}
