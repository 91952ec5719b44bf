package io.millrace.bench;

import io.millrace.base.Check;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A shard log whose syncs complete at once and whose records live in memory: what is measured above it is the engine.
 * It keeps the records that were not trimmed, and asks for a trim now and then as a disk would.
 */
final class InstantShardLog implements ShardLog {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int CHUNKS_MAX = 16;
    private static final int PREFIX_BYTES = 4;

    private record Chunk(long start, ByteBuf buffer) {}

    private final DirectLoop loop;
    private final SegmentStore segments = new DiscardedSegments();
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private @Nullable ShardLogListener listener;
    private long appended;
    private long synced;
    private long trimmed;

    InstantShardLog(DirectLoop loop) {
        this.loop = loop;
    }

    void listener(ShardLogListener newListener) {
        listener = newListener;
    }

    @Override
    public ByteBuf reserve(int bytes) {
        Chunk last = chunks.peekLast();
        if (last == null || last.buffer.writableBytes() < bytes + PREFIX_BYTES) {
            int size = Math.max(CHUNK_BYTES, bytes + PREFIX_BYTES);
            last = new Chunk(appended, PooledByteBufAllocator.DEFAULT.directBuffer(size, size));
            chunks.add(last);
        }
        return last.buffer.writeInt(bytes);
    }

    @Override
    public long commit() {
        Chunk last = Check.notNull(chunks.peekLast(), "a reserve has made it");
        long position = appended;
        appended = last.start + last.buffer.writerIndex();
        return position;
    }

    @Override
    public void flush() {
        if (synced != appended) {
            synced = appended;
            ShardLogListener told = Check.notNull(listener, "set before the first flush");
            told.onSynced(synced);
            if (chunks.size() > CHUNKS_MAX) {
                // Whole chunks are given back, so several are asked for.
                told.onTrimWanted(appended - (CHUNKS_MAX / 2) * (long) CHUNK_BYTES);
            }
        }
    }

    @Override
    public long appendedPosition() {
        return appended;
    }

    @Override
    public long syncedPosition() {
        return synced;
    }

    @Override
    public long unsyncedBytes() {
        return appended - synced;
    }

    @Override
    public boolean hasSpace() {
        return true;
    }

    @Override
    public void noteWaiting(long bytes) {
        // Nobody asks how much it is.
    }

    @Override
    public @Nullable ByteBuf readTail(long position, int bytes) {
        for (var iterator = chunks.descendingIterator(); iterator.hasNext(); ) {
            Chunk chunk = iterator.next();
            if (chunk.start <= position) {
                return chunk.buffer.retainedSlice((int) (position - chunk.start) + PREFIX_BYTES, bytes);
            }
        }
        return null;
    }

    @Override
    public void read(ReadBatch batch) {
        throw new IllegalStateException("everything that is not trimmed is in memory");
    }

    @Override
    public void submit(SegmentJob job) {
        loop.execute(() -> run(job));
    }

    private void run(SegmentJob job) {
        try {
            boolean done = false;
            while (!done) {
                done = job.step(segments);
            }
            job.onDone();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void survey(Extent wanted) {
        loop.execute(() -> Check.notNull(listener, "it asked").onTrim(wanted.to(), false));
    }

    @Override
    public void checkpoint(Checkpoint checkpoint) {
        trim(checkpoint.replayFrom());
        loop.execute(checkpoint::onStored);
    }

    private void trim(long position) {
        trimmed = Math.max(trimmed, position);
        while (chunks.size() > 1) {
            Chunk first = chunks.getFirst();
            if (first.start + first.buffer.writerIndex() > trimmed) {
                return;
            }
            chunks.removeFirst().buffer.release();
        }
    }
}
