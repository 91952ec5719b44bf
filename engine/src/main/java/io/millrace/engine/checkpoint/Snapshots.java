package io.millrace.engine.checkpoint;

import io.millrace.engine.context.ShardContext;
import io.millrace.engine.context.Work;
import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.segment.SegmentRemoval;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.engine.transaction.TransactionTable;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Writes the state of those logs that have changed as a snapshot, then a checkpoint that names it, then deletes what
 * only the one before has named. Part of a shard; the loop's.
 */
final class Snapshots {
    /** A snapshot has this many parts at most before it is written as a whole again. */
    private static final int PARTS_MAX = 8;

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ShardContext context;
    private final ShardQueues queues;
    private final ShardIndexes indexes;
    private final TransactionTable transactions;
    private final ShardLog log;
    private final ShardReads reads;
    private final SegmentUse segments;
    private final long epoch;
    private List<ManifestFormat.SnapshotPart> parts;
    /** Whether nobody knows any more what has changed since the newest checkpoint. */
    private boolean unsaved;
    /** Logs that were dropped since the last snapshot. */
    private List<Long> gone;
    /** Segments that the next checkpoint makes superfluous. */
    private final List<Long> superfluous = new ArrayList<>();

    Snapshots(
            ShardContext context,
            ShardQueues queues,
            ShardIndexes indexes,
            TransactionTable transactions,
            ShardLog log,
            ShardReads reads,
            ShardPast past) {
        this.context = context;
        this.queues = queues;
        this.indexes = indexes;
        this.transactions = transactions;
        this.epoch = past.epoch();
        this.log = log;
        this.reads = reads;
        this.segments = queues.segments();
        this.parts = past.manifest().snapshots();
        this.gone = new ArrayList<>(past.droppedLogs());
    }

    /** A queue was dropped. */
    void onDropped(long logId) {
        gone.add(logId);
    }

    /** Whether one was begun that could not be stored. */
    boolean isUnsaved() {
        return unsaved;
    }

    /** Writes a checkpoint that replays from {@code replayFrom}. One at a time. */
    void save(long replayFrom, Work outcome) {
        indexes.whenSmall(() -> gather(replayFrom, outcome));
    }

    private void gather(long replayFrom, Work outcome) {
        if (context.isRefusing()) {
            return;
        }
        long deltas = parts.stream().skip(1).mapToLong(each -> each.bytes()).sum();
        boolean whole = unsaved
                || parts.isEmpty()
                || parts.size() >= PARTS_MAX
                || deltas > parts.get(0).bytes();
        // What no log uses now, no state refers to that is written from here on.
        superfluous.addAll(segments.takeDead());
        superfluous.addAll(indexes.takeUnused());
        unsaved = true; // until this one is stored: what it has taken up is not dirty any more
        SnapshotJob job = new SnapshotJob(segments.takeNumber(), whole, replayFrom, outcome);
        // Before any state of a queue: what the indexes have given away since, no state still waits for.
        ByteBuf ofIndexes = indexes.beginSnapshot();
        // Also before: what is prepared now may be decided by the time that a queue is written, but not the reverse.
        ByteBuf ofTransactions = transactions.write(log.appendedPosition());
        job.addGone(gone);
        gone = new ArrayList<>();
        queues.visit(
                queue -> {
                    // A state names the runs of its indexes: those that are not used any more are about to be deleted.
                    boolean isNamed = queue.subscription().indexes().stream().allMatch(ShardIndex::isDescribed);
                    if (!whole && !queue.isDirty() && isNamed) {
                        return 0;
                    }
                    queue.markClean();
                    return job.add(queue, log.appendedPosition(), context.leases());
                },
                () -> {
                    job.endBlock();
                    indexes.endSnapshot(ofIndexes);
                    job.addShard(
                            epoch, context.time().millis(), context.clock().epochMillis(), ofTransactions, ofIndexes);
                    // It must not be ahead of the disk.
                    context.whenSynced(() -> log.submit(job));
                });
    }

    private final class SnapshotJob extends SnapshotWriter {
        private final long segment;
        private final boolean whole;
        private final long replayFrom;
        private final Work outcome;

        SnapshotJob(long segment, boolean whole, long replayFrom, Work outcome) {
            super(context.id(), segment);
            this.segment = segment;
            this.whole = whole;
            this.replayFrom = replayFrom;
            this.outcome = outcome;
        }

        @Override
        public void onDone() {
            List<ManifestFormat.SnapshotPart> written = new ArrayList<>();
            if (whole) {
                parts.forEach(each -> superfluous.add(each.segment()));
            } else {
                written.addAll(parts);
            }
            written.add(new ManifestFormat.SnapshotPart(segment, segmentBytes()));
            parts = written;
            publish(replayFrom, outcome);
        }

        @Override
        public void onFailed(IOException reason) {
            context.onCheckpointFailed(reason);
            outcome.onFailed();
        }
    }

    private void publish(long replayFrom, Work outcome) {
        if (context.isRefusing()) {
            return;
        }
        ManifestFormat manifest =
                new ManifestFormat(replayFrom, segments.nextNumber(), parts, segments.list(), indexes.described());
        Checkpoint checkpoint = new Checkpoint(replayFrom, segments.extents(), manifest.encode()) {
            @Override
            public void onStored() {
                unsaved = false;
                superfluous.forEach(each -> log.submit(new SegmentRemoval(each)));
                queues.indexCache().forget(new HashSet<>(superfluous));
                superfluous.clear();
                outcome.onDone();
            }

            @Override
            public void onFailed(IOException reason) {
                context.onCheckpointFailed(reason);
                // Its snapshot is as good as another, which would need more space still.
                context.loop().schedule(() -> publish(replayFrom, outcome), RETRY_NANOS);
            }
        };
        // Who reads an entry where it was before it was moved is done first.
        reads.whenEnded(() -> log.checkpoint(checkpoint));
    }
}
