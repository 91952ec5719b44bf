package io.millrace.engine.checkpoint;

import io.millrace.engine.compaction.Compaction;
import io.millrace.engine.compaction.Moves;
import io.millrace.engine.context.ShardContext;
import io.millrace.engine.context.Work;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.segment.EntrySegment;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.engine.transaction.TransactionTable;
import io.millrace.storage.Extent;
import io.millrace.storage.ShardLog;
import java.util.concurrent.TimeUnit;

/**
 * Keeps small what a start has to replay, and gives storage its space back: decides what is done next in the
 * background. When storage wants the oldest part of the log, what lives in it is moved ({@link Moves}); between that,
 * segments in which little lives and those that are many are written anew ({@link Compaction}). After either the state
 * of the logs that have changed is written, and a checkpoint says so ({@link Snapshots}). One step after the other;
 * what fails is begun again later, for until the checkpoint is stored everything is where it was. Part of a shard; the
 * loop's.
 */
public final class Checkpointing {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** So much dead weight is worth a checkpoint of its own. */
    private static final long DEAD_BYTES_MAX = 16 << 20;

    private final ShardContext context;
    private final ShardIndexes indexes;
    private final ShardLog log;
    private final SegmentUse segments;
    private final Moves moves;
    private final Compaction compaction;
    private final Snapshots snapshots;
    private long replayFrom;
    /** Storage wants what lies below. */
    private long wanted;

    private boolean busy;

    /** Goes on from what is known of the {@code past}; what is settled from now on is taken notice of. */
    public Checkpointing(
            ShardContext context,
            ShardQueues queues,
            ShardIndexes indexes,
            TransactionTable transactions,
            ShardLog log,
            ShardReads reads,
            ShardPast past) {
        this.context = context;
        this.indexes = indexes;
        this.log = log;
        this.segments = queues.segments();
        this.segments.skipNumbers(past.manifest().nextSegment());
        this.moves = new Moves(context, queues, log);
        this.compaction = new Compaction(context, queues, log, this::beginIfDue);
        this.snapshots = new Snapshots(context, queues, indexes, transactions, log, reads, past);
        this.replayFrom = past.manifest().replayFrom();
        this.wanted = replayFrom;
        indexes.whenGiveBackIsDue(this::beginIfDue);
        queues.whenSettled(this::onSettled);
        if (!segments.isEmpty()) {
            compaction.onChanged();
        }
    }

    /** Storage wants everything below {@code position} back. */
    public void onTrimWanted(long position) {
        wanted = Math.max(wanted, position);
        beginIfDue();
    }

    /** Storage has decided how what lies below {@code position} is moved. */
    public void onTrim(long position, boolean mayStay) {
        moves.onDecided(position, mayStay);
    }

    /** Storage wants the extent {@code adopted} back. */
    public void onVacate(Extent adopted) {
        EntrySegment segment = segments.ofExtent(adopted.from());
        if (segment != null) {
            segment.markWanted();
            compaction.onChanged();
        }
    }

    /** A queue was dropped. */
    public void onDropped(long logId) {
        snapshots.onDropped(logId);
        onSettled();
    }

    /** Messages were settled some of which may be in segments. */
    private void onSettled() {
        if (!segments.isEmpty()) {
            compaction.onChanged();
        }
        beginIfDue();
    }

    /** Room for new messages has come or gone; while there is none, all that is dead is to be given back. */
    public void onSpaceChanged() {
        beginIfDue();
    }

    private void beginIfDue() {
        if (busy || context.isRefusing()) {
            return;
        }
        if (wanted > replayFrom) {
            busy = true;
            long end = wanted;
            moves.begin(replayFrom, end, new Step() {
                @Override
                public void onDone() {
                    save(end);
                }
            });
        } else if (segments.deadBytes() > (log.hasSpace() ? DEAD_BYTES_MAX : 0)
                || snapshots.isUnsaved()
                || indexes.isGiveBackDue(log.hasSpace())) {
            busy = true;
            save(replayFrom);
        } else if (compaction.isDue()) {
            busy = true;
            compaction.begin(new Step() {
                @Override
                public void onDone() {
                    if (compaction.hasChanged()) {
                        save(replayFrom);
                    } else {
                        ended();
                    }
                }
            });
        }
    }

    private void save(long position) {
        snapshots.save(position, new Step() {
            @Override
            public void onDone() {
                boolean moved = position > replayFrom;
                replayFrom = position;
                if (moved) {
                    compaction.onChanged();
                }
                ended();
            }
        });
    }

    private void ended() {
        busy = false;
        beginIfDue();
    }

    /** A piece of the work; what could not be done is begun again in a while. */
    private abstract class Step implements Work {
        @Override
        public final void onFailed() {
            context.loop().schedule(Checkpointing.this::ended, RETRY_NANOS);
        }
    }
}
