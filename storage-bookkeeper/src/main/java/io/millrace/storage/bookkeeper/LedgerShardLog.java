package io.millrace.storage.bookkeeper;

import io.millrace.base.Check;
import io.millrace.base.Loop;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.tail.LogTail;
import io.millrace.storage.tail.LoopNotice;
import io.millrace.storage.tail.TailChunk;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The log of one shard as its owner sees it. Positions are the byte positions of the stream of its records, each with
 * its length before it. The loop's, but for the fields that say otherwise.
 */
final class LedgerShardLog implements ShardLog {
    private final BookKeeperStore store;
    private final ShardLink link;
    private final Loop loop;
    private final ShardLogListener listener;
    private final LogTail tail;
    /** The ledgers of adopted extents whose owner was asked to do without them, by the position where they begin. */
    private final Set<Long> toldVacate = new HashSet<>();

    private long flushed;
    private long toldSynced;
    private long toldTrimWanted;
    private boolean toldFailed;
    private long replayFrom;
    private boolean checkpointUnderWay;

    /** Up to where the writer may write; published by {@link #flush}. */
    private volatile long writable;
    /** Published by the writer. */
    private volatile long synced;

    private volatile long trimWanted;
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    LedgerShardLog(BookKeeperStore store, ShardLink link, long position, Loop loop, ShardLogListener listener) {
        this.store = store;
        this.link = link;
        this.loop = loop;
        this.listener = listener;
        BookKeeperOptions options = store.options();
        this.tail = new LogTail(
                position, options.sizes().chunkBytes(), options.sizes().tailCacheBytes() / options.shards());
        this.flushed = position;
        this.toldSynced = position;
        this.writable = position;
        this.synced = position;
        this.replayFrom = link.node().state().replayFrom();
    }

    int shard() {
        return link.shard();
    }

    Loop loop() {
        return loop;
    }

    ShardLink link() {
        return link;
    }

    @Override
    public ByteBuf reserve(int bytes) {
        return tail.reserve(bytes, toldSynced);
    }

    @Override
    public long commit() {
        return tail.commit();
    }

    @Override
    public void flush() {
        long appended = tail.appended();
        if (flushed != appended && !toldFailed) {
            store.unsyncedBytes.addAndGet(appended - flushed);
            flushed = appended;
            writable = appended;
            store.wakeWriter();
        }
    }

    @Override
    public long appendedPosition() {
        return tail.appended();
    }

    @Override
    public long syncedPosition() {
        return toldSynced;
    }

    @Override
    public long unsyncedBytes() {
        return store.unsyncedBytes.get() + (tail.appended() - flushed);
    }

    /** Bookies that run out of space take no more entries, which ends the log: there is no state in between. */
    @Override
    public boolean hasSpace() {
        return true;
    }

    @Override
    public void noteWaiting(long bytes) {
        store.unsyncedBytes.addAndGet(bytes);
    }

    @Override
    public @Nullable ByteBuf readTail(long position, int bytes) {
        return tail.read(position, bytes);
    }

    @Override
    public void read(ReadBatch batch) {
        store.reads().submit(link.reader(), batch, loop);
    }

    @Override
    public void submit(SegmentJob job) {
        store.submit(this, job);
    }

    @Override
    public void survey(Extent wanted) {
        boolean adopt = wanted.liveBytes() * 2 >= wanted.to() - wanted.from();
        // Not from within the call: the owner may be in the middle of something.
        loop.execute(() -> {
            if (!toldFailed) {
                listener.onTrim(wanted.to(), adopt);
            }
        });
    }

    @Override
    public void checkpoint(Checkpoint checkpoint) {
        Check.that(!checkpointUnderWay, "the checkpoint before was not answered");
        checkpoint.check(replayFrom, toldSynced);
        replayFrom = checkpoint.replayFrom();
        checkpointUnderWay = true;
        var unused = new CheckpointWrite(link, checkpoint).run().whenComplete((none, failed) -> {
            store.reviewBudget();
            LoopNotice.execute(loop, () -> answer(checkpoint, failed));
        });
    }

    private void answer(Checkpoint checkpoint, @Nullable Throwable failed) {
        if (toldFailed || failure.get() != null) {
            return;
        }
        checkpointUnderWay = false;
        if (failed != null) {
            checkpoint.onFailed(Futures.failure("checkpoint of shard " + shard(), failed));
            return;
        }
        checkpoint.onStored();
        for (Extent each : checkpoint.adopted()) {
            boolean sparse = each.liveBytes() * 4 < each.to() - each.from();
            if (sparse && toldVacate.add(each.from())) {
                listener.onVacate(each);
            }
        }
    }

    /** Frees the memory; the log is not used afterwards, and the writer has ended. */
    void close() {
        tail.close();
    }

    // What follows is called by the writer.

    long writable() {
        return writable;
    }

    @Nullable
    TailChunk takeFirstChunk() {
        return tail.takeFirst();
    }

    void publishSynced(long position) {
        link.reader().readableTo(position);
        synced = position;
        store.post(shard());
    }

    void publishTrimWanted(long position) {
        trimWanted = position;
        store.post(shard());
    }

    void publishFailure(IOException cause) {
        if (failure.compareAndSet(null, cause)) {
            store.failed(shard(), cause);
            store.post(shard());
        }
    }

    /** Why the log has ended; null while it works. Any thread. */
    @Nullable
    IOException failure() {
        return failure.get();
    }

    /** Passes on what the writer has published since the last time. On the loop. */
    void tell() {
        if (toldFailed) {
            return;
        }
        IOException failed = failure.get();
        long syncedNow = synced;
        if (syncedNow > toldSynced) {
            store.unsyncedBytes.addAndGet(toldSynced - syncedNow);
            toldSynced = syncedNow;
            tail.evict(syncedNow);
            listener.onSynced(syncedNow);
        }
        if (failed != null) {
            toldFailed = true;
            // What never will be synced is not on its way: other shards go on.
            store.unsyncedBytes.addAndGet(toldSynced - flushed);
            listener.onFailed(failed);
            return;
        }
        long trimWantedNow = trimWanted;
        if (trimWantedNow > toldTrimWanted) {
            toldTrimWanted = trimWantedNow;
            listener.onTrimWanted(trimWantedNow);
        }
    }
}
