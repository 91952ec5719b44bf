package io.millrace.storage.bookkeeper;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a shard's record stream in memory: first what waits to be written, then part of the tail cache. Records
 * never cross chunks.
 *
 * <p>The shard's loop fills it and drops it once it is synced; the writer hands out slices of it up to the position
 * that the loop has published.
 */
final class TailChunk {
    /** Stream position of the first byte. */
    final long start;
    /** The memory. */
    final ByteBuf buffer;
    /** Whether it holds one record that is larger than a usual chunk, and so may have to be split into entries. */
    final boolean oversized;
    /** Stream position behind the last byte; set before {@link #next} is. */
    long end = Long.MAX_VALUE;
    /** The chunk behind this one, once there is one. */
    volatile @Nullable TailChunk next;

    TailChunk(long start, ByteBuf buffer, boolean oversized) {
        this.start = start;
        this.buffer = buffer;
        this.oversized = oversized;
    }
}
