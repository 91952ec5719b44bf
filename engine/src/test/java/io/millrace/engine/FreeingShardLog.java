package io.millrace.engine;

import io.millrace.engine.compaction.CompactionTally;
import io.millrace.engine.read.EntrySet;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A shard log that knows which segments were written anew, and what was read through it, from disk and from the tail:
 * when a process dies, nobody comes for that, and whatever of it somebody still had is freed here in place of the
 * operating system. Who had it does not release it any more.
 */
final class FreeingShardLog implements ShardLog {
    private static final int SLICES_MIN = 1_000;

    private final ShardLog log;
    private final List<ReadBatch> reads = new ArrayList<>();
    private final CompactionTally compactions = new CompactionTally();
    /** What was read from the tail, some of which was released since. */
    private List<ByteBuf> slices = new ArrayList<>();

    private int slicesMax = SLICES_MIN;

    FreeingShardLog(ShardLog log) {
        this.log = log;
    }

    CompactionTally compactions() {
        return compactions;
    }

    /** Frees everything that was read and not released. */
    void free() {
        for (ReadBatch each : reads) {
            each.releaseAll();
            if (each instanceof EntrySet taken) {
                taken.release();
            }
        }
        held().forEach(each -> each.release(each.refCnt()));
    }

    private List<ByteBuf> held() {
        return slices.stream().filter(each -> each.refCnt() > 0).collect(Collectors.toCollection(ArrayList::new));
    }

    @Override
    public void read(ReadBatch batch) {
        reads.add(batch);
        log.read(batch);
    }

    /** Slices are used again by the allocator once they are released, so each is in a buffer that is not. */
    @Override
    public @Nullable ByteBuf readTail(long position, int bytes) {
        ByteBuf slice = log.readTail(position, bytes);
        if (slice == null) {
            return null;
        }
        if (slices.size() >= slicesMax) {
            slices = held();
            slicesMax = Math.max(SLICES_MIN, 2 * slices.size());
        }
        ByteBuf held = new CompositeByteBuf(UnpooledByteBufAllocator.DEFAULT, true, 1).addComponent(true, slice);
        slices.add(held);
        return held;
    }

    @Override
    public ByteBuf reserve(int bytes) {
        return log.reserve(bytes);
    }

    @Override
    public long commit() {
        return log.commit();
    }

    @Override
    public void flush() {
        log.flush();
    }

    @Override
    public long appendedPosition() {
        return log.appendedPosition();
    }

    @Override
    public long syncedPosition() {
        return log.syncedPosition();
    }

    @Override
    public long unsyncedBytes() {
        return log.unsyncedBytes();
    }

    @Override
    public boolean hasSpace() {
        return log.hasSpace();
    }

    @Override
    public boolean isBehind() {
        return log.isBehind();
    }

    @Override
    public void noteWaiting(long bytes) {
        log.noteWaiting(bytes);
    }

    @Override
    public void submit(SegmentJob job) {
        compactions.submitted(job);
        log.submit(job);
    }

    @Override
    public void survey(Extent wanted) {
        log.survey(wanted);
    }

    @Override
    public void checkpoint(Checkpoint checkpoint) {
        log.checkpoint(checkpoint);
    }
}
