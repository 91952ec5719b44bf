package io.millrace.engine;

import io.millrace.engine.compaction.CompactionTally;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * A shard log that knows which segments were written anew, and what was read through it: when a process dies, nobody
 * comes for what its reads had brought, and its memory is freed here in place of the operating system.
 */
record FreeingShardLog(ShardLog log, List<ReadBatch> reads, CompactionTally compactions) implements ShardLog {
    FreeingShardLog(ShardLog log) {
        this(log, new ArrayList<>(), new CompactionTally());
    }

    /** Frees what reads have brought and nobody took. */
    void free() {
        reads.forEach(ReadBatch::releaseAll);
    }

    @Override
    public void read(ReadBatch batch) {
        reads.add(batch);
        log.read(batch);
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
    public ByteBuf readTail(long position, int bytes) {
        return log.readTail(position, bytes);
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
