package io.millrace.storage.bookkeeper;

import io.millrace.base.Check;
import io.millrace.base.Loop;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLogListener;
import io.millrace.storage.tail.LoopNotice;
import io.millrace.storage.tail.TailedShardLog;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The log of one shard as its owner sees it. Positions are the byte positions of the stream of its records, each with
 * its length before it. The loop's, but for the fields that say otherwise.
 */
final class LedgerShardLog extends TailedShardLog {
    private final BookKeeperStore store;
    private final ShardLink link;
    private final Loop loop;
    private final ShardLogListener listener;
    /** The ledgers of adopted extents whose owner was asked to do without them, by the position where they begin. */
    private final Set<Long> toldVacate = new HashSet<>();

    private long toldTrimWanted;
    private boolean toldFailed;
    private long replayFrom;
    private boolean checkpointUnderWay;

    private volatile long trimWanted;
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    LedgerShardLog(BookKeeperStore store, ShardLink link, long position, Loop loop, ShardLogListener listener) {
        super(
                position,
                store.options().sizes().chunkBytes(),
                store.options().sizes().tailCacheBytes() / store.options().shards(),
                store.unsyncedBytes);
        this.store = store;
        this.link = link;
        this.loop = loop;
        this.listener = listener;
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
    protected boolean mayFlush() {
        return !toldFailed;
    }

    @Override
    protected void onFlushed() {
        store.wakeWriter();
    }

    /** Bookies that run out of space take no more entries, which ends the log: there is no state in between. */
    @Override
    public boolean hasSpace() {
        return true;
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
        checkpoint.check(replayFrom, syncedPosition());
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

    // What follows is called by the writer.

    void publishSynced(long position) {
        link.reader().readableTo(position);
        setSynced(position);
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
        if (takeSynced()) {
            listener.onSynced(syncedPosition());
        }
        if (failed != null) {
            toldFailed = true;
            // Other shards go on.
            giveUpUnsynced();
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
