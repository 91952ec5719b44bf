package io.millrace.storage.tail;

import static io.millrace.storage.ShardLog.LENGTH_BYTES;
import static io.millrace.storage.ShardLog.RECORD_BYTES_MAX;

import io.millrace.base.Check;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The end of a shard's record stream in memory: what is being written, and behind it what was written last, for those
 * who read what has just come. The loop's, but for {@link #takeFirst}.
 */
final class LogTail {
    private final int chunkBytes;
    private final long bytesMax;
    private final ArrayDeque<TailChunk> chunks = new ArrayDeque<>();
    private @Nullable TailChunk current;
    private long bytes;
    private long appended;
    private int reservedBytes = -1;

    /** The first chunk there was; from it the writer finds the others. Published with what the loop publishes next. */
    private volatile @Nullable TailChunk first;

    /** A stream that goes on at {@code position}, in chunks of {@code chunkBytes}, with about {@code bytesMax} kept. */
    LogTail(long position, int chunkBytes, long bytesMax) {
        this.appended = position;
        this.chunkBytes = chunkBytes;
        this.bytesMax = bytesMax;
    }

    /** Takes the first chunk, once there is one and something of it was published; for the writer, and once. */
    @Nullable
    TailChunk takeFirst() {
        TailChunk taken = first;
        first = null;
        return taken;
    }

    /** The position that the next record will have. */
    long appended() {
        return appended;
    }

    /** See {@link io.millrace.storage.ShardLog#reserve}; what is below {@code synced} may make room. */
    ByteBuf reserve(int recordBytes, long synced) {
        if (recordBytes < 0 || recordBytes > RECORD_BYTES_MAX) {
            throw new IllegalArgumentException("a record has 0 to " + RECORD_BYTES_MAX + " bytes, not " + recordBytes);
        }
        Check.that(reservedBytes < 0, "the record before was not committed");
        int framed = recordBytes + LENGTH_BYTES;
        TailChunk chunk = current;
        if (chunk == null || chunk.buffer.writableBytes() < framed) {
            chunk = nextChunk(framed, synced);
        }
        reservedBytes = recordBytes;
        return chunk.buffer.writeInt(recordBytes);
    }

    /** See {@link io.millrace.storage.ShardLog#commit}. */
    long commit() {
        Check.that(reservedBytes >= 0, "commit without reserve");
        TailChunk chunk = Check.notNull(current, "a reserve has made a chunk");
        long position = appended;
        long end = position + reservedBytes + LENGTH_BYTES;
        Check.that(
                chunk.start + chunk.buffer.writerIndex() == end,
                "a record of %d bytes was reserved, another length was written, up to %d",
                reservedBytes,
                chunk.start + chunk.buffer.writerIndex());
        appended = end;
        reservedBytes = -1;
        return position;
    }

    /** See {@link io.millrace.storage.ShardLog#readTail}. */
    @Nullable
    ByteBuf read(long position, int recordBytes) {
        TailChunk oldest = chunks.peekFirst();
        if (oldest == null || position < oldest.start) {
            return null;
        }
        TailChunk chunk = oldest;
        while (position >= chunk.end()) {
            chunk = Check.notNull(chunk.next(), "the position is appended");
        }
        int index = (int) (position - chunk.start);
        // A record may have more behind the part of it that others know of.
        Check.that(chunk.buffer.getInt(index) >= recordBytes, "no record of %d bytes at %d", recordBytes, position);
        return chunk.buffer.retainedSlice(index + LENGTH_BYTES, recordBytes);
    }

    private TailChunk nextChunk(int framedBytes, long synced) {
        boolean oversized = framedBytes > chunkBytes;
        int capacity = oversized ? framedBytes : chunkBytes;
        // No room to grow: it would move the memory away from under the writer.
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(capacity, capacity);
        TailChunk chunk = new TailChunk(appended, buffer, oversized);
        bytes += capacity;
        TailChunk previous = current;
        if (previous == null) {
            first = chunk;
        } else {
            previous.continueIn(chunk);
        }
        chunks.add(chunk);
        current = chunk;
        evict(synced);
        return chunk;
    }

    /** Drops the oldest chunks while there are too many, but none that is not synced. */
    void evict(long synced) {
        while (bytes > bytesMax) {
            TailChunk oldest = chunks.peekFirst();
            if (oldest == null || oldest == current || oldest.end() > synced) {
                return;
            }
            chunks.removeFirst();
            bytes -= oldest.buffer.capacity();
            oldest.buffer.release();
        }
    }

    /** Frees the memory. The writer has ended. */
    void close() {
        chunks.forEach(each -> each.buffer.release());
        chunks.clear();
        current = null;
    }
}
