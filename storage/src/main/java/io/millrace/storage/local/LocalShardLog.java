package io.millrace.storage.local;

import io.millrace.base.Check;
import io.millrace.base.Loop;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.tail.TailChunk;
import io.millrace.storage.tail.TailedShardLog;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of one shard on the local journal. The stream of its records is written into {@link TailChunk}s; the journal
 * writes ranges of them as they are, and afterwards they stay as the tail cache until others take their room.
 *
 * <p>Positions are the byte positions of the stream. The loop's, but for the few fields that say otherwise.
 */
final class LocalShardLog extends TailedShardLog {
    private final int shard;
    private final LocalStore store;
    private final Loop loop;
    private final ShardLogListener listener;

    private long toldWritten;
    private long toldTrimWanted;
    private @Nullable Trim toldTrim;
    private boolean toldFailed;
    private boolean hasSpace;
    private boolean behind;
    private boolean checkpointUnderWay;

    /** Who hears what is written; published by this log for the writer. */
    private volatile @Nullable LongConsumer writtenListener;
    /** Published by this log for the writer. */
    private volatile @Nullable Extent surveyed;
    /** Published by the writer: the system has all records below it. */
    private volatile long writtenBelow;
    /** Published by the writer. */
    private volatile long trimWanted;

    private volatile @Nullable Trim trim;
    private final Queue<Extent> vacate = new ConcurrentLinkedQueue<>();
    /** Published by the segment agent for the writer. */
    private volatile Checkpointed checkpointed;
    /** The writer's: the newest that it has taken over. */
    @Nullable
    Checkpointed checkpointTaken;
    /** Whether the writer has this log on its list of logs with something to write. */
    final AtomicBoolean queued = new AtomicBoolean();
    /** The writer's: up to where it has written, and the chunk that it is in. */
    long written;

    private @Nullable TailChunk writerChunk;

    /** The part of a checkpoint that the journal needs to know. */
    record Checkpointed(long replayFrom, List<Extent> adopted) {}

    /** A decision on the oldest part of the log. */
    record Trim(long position, boolean adopt) {}

    LocalShardLog(
            int shard,
            LocalStore store,
            long position,
            Checkpointed checkpointed,
            Loop loop,
            ShardLogListener listener) {
        super(
                position,
                store.options().chunkBytes(),
                store.options().tailCacheBytes() / store.options().shards(),
                store.unsyncedBytes);
        this.shard = shard;
        this.store = store;
        this.loop = loop;
        this.listener = listener;
        this.checkpointed = checkpointed;
        this.written = position;
        this.hasSpace = store.hasSpace();
    }

    int shard() {
        return shard;
    }

    Loop loop() {
        return loop;
    }

    @Override
    protected void onFlushed() {
        store.submit(this);
    }

    @Override
    public void whenWritten(LongConsumer told) {
        writtenListener = told;
    }

    @Override
    public boolean hasSpace() {
        return hasSpace;
    }

    @Override
    public boolean isBehind() {
        return behind;
    }

    @Override
    public void read(ReadBatch batch) {
        store.read(this, batch);
    }

    @Override
    public void submit(SegmentJob job) {
        store.submit(this, job);
    }

    @Override
    public void survey(Extent wanted) {
        surveyed = wanted;
        store.trimRequested();
    }

    @Override
    public void checkpoint(Checkpoint checkpoint) {
        Check.that(!checkpointUnderWay, "the checkpoint before was not answered");
        checkpoint.check(checkpointed.replayFrom(), syncedPosition());
        checkpointUnderWay = true;
        store.submit(this, checkpoint);
    }

    /** The checkpoint that was under way is answered; on the loop, before its owner is told. */
    void checkpointAnswered() {
        checkpointUnderWay = false;
    }

    // What follows is called by the agents.

    /** The chunk that the writer is in; the first one is there when something is {@link #writable}. The writer's. */
    @Nullable
    TailChunk writerChunk() {
        if (writerChunk == null) {
            writerChunk = takeFirstChunk();
        }
        return writerChunk;
    }

    /** The writer goes on in {@code chunk}. */
    void writerChunk(TailChunk chunk) {
        writerChunk = chunk;
    }

    /** Up to where whole records are written: one that was split is durable when its last part is. The writer's. */
    long writtenRecords() {
        TailChunk chunk = writerChunk;
        if (chunk != null && chunk.oversized && written < chunk.start + chunk.writerView.capacity()) {
            return chunk.start;
        }
        return written;
    }

    /** The system has the records below {@code position}. The writer's. */
    void publishWritten(long position) {
        if (writtenListener != null) {
            writtenBelow = position;
            store.post(this);
        }
    }

    void publishSynced(long position) {
        setSynced(position);
    }

    void publishTrimWanted(long position) {
        trimWanted = position;
    }

    void publishTrim(Trim decision) {
        trim = decision;
    }

    void publishVacate(Extent extent) {
        vacate.add(extent);
        store.post(this);
    }

    void publishCheckpoint(Checkpoint stored) {
        checkpointed = new Checkpointed(stored.replayFrom(), stored.adopted());
    }

    Checkpointed checkpointed() {
        return checkpointed;
    }

    @Nullable
    Extent surveyed() {
        return surveyed;
    }

    /** Passes on what the agents have published since the last time. On the loop. */
    void tell() {
        if (toldFailed) {
            return;
        }
        IOException failure = store.failure();
        LongConsumer hearing = writtenListener;
        long writtenNow = writtenBelow;
        // After a sync has failed nobody knows what the system still has.
        if (hearing != null && failure == null && writtenNow > toldWritten) {
            toldWritten = writtenNow;
            hearing.accept(writtenNow);
        }
        if (takeSynced()) {
            listener.onSynced(syncedPosition());
        }
        if (failure != null) {
            toldFailed = true;
            listener.onFailed(failure);
            return;
        }
        long trimWantedNow = trimWanted;
        // The owner answers from synced records only: what it is asked about waits until it is synced.
        if (trimWantedNow > toldTrimWanted && trimWantedNow <= syncedPosition()) {
            toldTrimWanted = trimWantedNow;
            listener.onTrimWanted(trimWantedNow);
        }
        Trim trimNow = trim;
        if (trimNow != null && !trimNow.equals(toldTrim)) {
            toldTrim = trimNow;
            listener.onTrim(trimNow.position, trimNow.adopt);
        }
        for (Extent each = vacate.poll(); each != null; each = vacate.poll()) {
            listener.onVacate(each);
        }
        boolean space = store.hasSpace();
        if (space != hasSpace) {
            hasSpace = space;
            listener.onSpaceChanged(space);
        }
        boolean behindNow = store.isBehind();
        if (behindNow != behind) {
            behind = behindNow;
            listener.onBehindChanged(behindNow);
        }
    }
}
