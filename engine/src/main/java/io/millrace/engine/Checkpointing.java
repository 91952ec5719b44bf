package io.millrace.engine;

import io.millrace.storage.Checkpoint;
import io.millrace.storage.Extent;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.segment.RunPlan;
import io.millrace.storage.segment.WriteRunsJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps small what a start has to replay, and gives storage its space back. When storage wants the oldest part of the
 * log, what lives in it is counted; then its entries are written into segments, or only indexed where storage lets them
 * stay; then the state of the logs that have changed is written as a snapshot; then a checkpoint says so. One step
 * after the other; what fails is begun again a second later, for until the checkpoint is stored everything is where it
 * was. Part of a shard; the loop's.
 */
final class Checkpointing {
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A log that brings this much gets a segment of its own: it will often be dead as a whole. */
    private static final long OWN_SEGMENT_BYTES = 16 << 20;
    /** So much dead weight is worth a checkpoint of its own. */
    private static final long DEAD_BYTES_MAX = 16 << 20;
    /** A snapshot has this many parts at most before it is written as a whole again. */
    private static final int SNAPSHOT_PARTS_MAX = 8;

    private final Shard shard;
    private final ShardLog log;
    private final ShardReads reads;
    private final SegmentUse segments;
    private List<ManifestFormat.SnapshotPart> snapshot;
    private long nextSegment;
    private long replayFrom;
    private boolean busy;
    /** Storage wants what lies below. */
    private long wanted;
    /** What storage has decided on; the oldest part may stay where it is. */
    private long decided;

    private boolean adopt;
    private boolean wholeSnapshot;
    /** Logs that were dropped since the last snapshot. */
    private List<Long> gone;
    /** Segments that the next checkpoint makes superfluous. */
    private final List<Long> superfluous = new ArrayList<>();

    // Of the checkpoint under way.
    private long trimTo;
    private List<RunPlan> plans = new ArrayList<>();
    /** The entry whose record ends behind what is given up; empty or one. */
    private List<RunPlan> straddling = new ArrayList<>();

    private List<Queue> affected = new ArrayList<>();
    private List<MoveJob> written = new ArrayList<>();
    private int jobsLeft;
    private boolean jobFailed;

    Checkpointing(Shard shard, ShardLog log, ShardReads reads, ShardReplay past) {
        this.shard = shard;
        this.log = log;
        this.reads = reads;
        this.segments = shard.queues().segments();
        this.snapshot = past.manifest().snapshots();
        this.nextSegment = past.manifest().nextSegment();
        this.replayFrom = past.manifest().replayFrom();
        this.gone = new ArrayList<>(past.droppedLogs());
        this.wanted = replayFrom;
    }

    /** Storage wants everything below {@code position} back. */
    void onTrimWanted(long position) {
        wanted = Math.max(wanted, position);
        beginIfDue();
    }

    /** Storage has decided how what lies below {@code position} is moved. */
    void onTrim(long position, boolean mayStay) {
        decided = position;
        adopt = mayStay;
        if (busy && trimTo == position) {
            move();
        }
    }

    /** A queue was dropped. */
    void onDropped(long logId) {
        gone.add(logId);
        beginIfDue();
    }

    /** Messages were settled; perhaps nothing is left in some segment. */
    void onSettled() {
        beginIfDue();
    }

    /** Room for new messages has come or gone; while there is none, all that is dead is to be given back. */
    void onSpaceChanged() {
        beginIfDue();
    }

    private void beginIfDue() {
        if (busy || shard.isRefusing()) {
            return;
        }
        if (wanted > replayFrom) {
            busy = true;
            survey();
        } else if (segments.deadBytes() > (log.hasSpace() ? DEAD_BYTES_MAX : 0) || !superfluous.isEmpty()) {
            busy = true;
            trimTo = replayFrom;
            takeSnapshot();
        }
    }

    // The entries.

    private void survey() {
        trimTo = wanted;
        plans = new ArrayList<>();
        straddling = new ArrayList<>();
        affected = new ArrayList<>();
        QueuePass.start(shard, this::plan, () -> {
            if (decided == trimTo) {
                move();
            } else {
                long live = plans.stream().mapToLong(RunPlan::bytes).sum();
                log.survey(new Extent(replayFrom, trimTo, live));
            }
        });
    }

    private long plan(Queue queue) {
        if (queue.log().entries().firstPosition() >= trimTo) {
            return 0;
        }
        affected.add(queue);
        RunPlan plan = new RunPlan(queue.log().id());
        long[] visited = {0};
        queue.log().entries().visitBelow(trimTo, entry -> {
            visited[0]++;
            if (queue.isSettled(entry.firstOffset(), entry.firstOffset() + entry.span())) {
                return;
            }
            if (entry.address() + ShardLog.LENGTH_BYTES + entry.bytes() <= trimTo) {
                plan.add(entry);
            } else {
                RunPlan last = new RunPlan(queue.log().id());
                last.add(entry);
                straddling.add(last);
            }
        });
        if (!plan.isEmpty()) {
            plans.add(plan);
        }
        return visited[0];
    }

    private void move() {
        if (shard.isRefusing()) {
            return;
        }
        written = new ArrayList<>();
        jobFailed = false;
        plans.sort((a, b) -> Long.compare(a.logId(), b.logId()));
        List<MoveJob> jobs = new ArrayList<>();
        List<RunPlan> shared = new ArrayList<>();
        for (RunPlan each : plans) {
            if (!adopt && each.bytes() >= OWN_SEGMENT_BYTES) {
                jobs.add(new MoveJob(nextSegment++, List.of(each), false));
            } else {
                shared.add(each);
            }
        }
        if (!shared.isEmpty()) {
            jobs.add(new MoveJob(nextSegment++, shared, adopt));
        }
        if (!straddling.isEmpty()) {
            jobs.add(new MoveJob(nextSegment++, straddling, false));
        }
        jobsLeft = jobs.size();
        jobs.forEach(log::submit);
        if (jobsLeft == 0) {
            entriesMoved();
        }
    }

    /** Writes the entries of some logs, or their index, into a segment. */
    private final class MoveJob extends WriteRunsJob {
        final @Nullable Extent adopted;

        MoveJob(long segment, List<RunPlan> plans, boolean stays) {
            super(shard.id(), segment, stays, plans);
            adopted = stays ? new Extent(replayFrom, trimTo, 0) : null;
        }

        @Override
        public void onDone() {
            written.add(this);
            jobEnded();
        }

        @Override
        public void onFailed(IOException reason) {
            shard.host().onCheckpointFailed(shard, reason);
            jobFailed = true;
            jobEnded();
        }
    }

    private void jobEnded() {
        if (--jobsLeft > 0 || shard.isRefusing()) {
            return;
        }
        if (jobFailed) {
            written.forEach(each -> delete(each.segment()));
            retry();
        } else {
            entriesMoved();
        }
    }

    /** From here on the entries are read from where they were written. */
    private void entriesMoved() {
        for (Queue each : affected) {
            each.log().entries().cutBelow(trimTo);
        }
        // What straddles the end comes last in its log, and in its order.
        written.sort((a, b) -> Long.compare(a.segment(), b.segment()));
        for (MoveJob each : written) {
            SegmentUse.Segment segment = new SegmentUse.Segment(each.segment(), each.segmentBytes(), each.adopted);
            segments.add(segment);
            for (int i = 0; i < each.plans().size(); i++) {
                takeRun(each.plans().get(i), each.runs().get(i), segment);
            }
        }
        plans = List.of();
        affected = List.of();
        written = List.of();
        takeSnapshot();
    }

    private void takeRun(RunPlan plan, SealedRun run, SegmentUse.Segment segment) {
        Queue queue = shard.queues().get(plan.logId());
        if (queue != null) {
            queue.dirty = true;
            queue.log().entries().addSealed(run);
            segments.use(run);
            segment.liveBytes += run.bytes();
            shard.dropSettledEntries(queue);
        }
    }

    // The state.

    private void takeSnapshot() {
        long deltas = snapshot.stream().skip(1).mapToLong(each -> each.bytes()).sum();
        boolean whole = wholeSnapshot
                || snapshot.isEmpty()
                || snapshot.size() >= SNAPSHOT_PARTS_MAX
                || deltas > snapshot.get(0).bytes();
        // What no log uses now, no state refers to that is written from here on.
        superfluous.addAll(segments.takeDead());
        wholeSnapshot = true; // until this one is stored: what it has taken up is not dirty any more
        SnapshotJob job = new SnapshotJob(nextSegment++, whole);
        job.addShard(shard.epoch());
        job.addGone(gone);
        gone = new ArrayList<>();
        QueuePass.start(
                shard,
                queue -> {
                    if (!whole && !queue.dirty) {
                        return 0;
                    }
                    queue.dirty = false;
                    return job.add(queue, log.appendedPosition(), shard);
                },
                () -> {
                    job.endBlock();
                    // It must not be ahead of the disk.
                    shard.whenSynced(() -> log.submit(job), reason -> {});
                });
    }

    private final class SnapshotJob extends SnapshotWriter {
        private final long segment;
        private final boolean whole;

        SnapshotJob(long segment, boolean whole) {
            super(shard.id(), segment);
            this.segment = segment;
            this.whole = whole;
        }

        @Override
        public void onDone() {
            List<ManifestFormat.SnapshotPart> parts = new ArrayList<>();
            if (whole) {
                snapshot.forEach(each -> superfluous.add(each.segment()));
            } else {
                parts.addAll(snapshot);
            }
            parts.add(new ManifestFormat.SnapshotPart(segment, segmentBytes()));
            snapshot = parts;
            publish();
        }

        @Override
        public void onFailed(IOException reason) {
            shard.host().onCheckpointFailed(shard, reason);
            retry();
        }
    }

    private void publish() {
        if (shard.isRefusing()) {
            return;
        }
        ManifestFormat manifest = new ManifestFormat(trimTo, nextSegment, snapshot, segments.list());
        Checkpoint checkpoint = new Checkpoint(trimTo, segments.extents(), manifest.encode()) {
            @Override
            public void onStored() {
                wholeSnapshot = false;
                replayFrom = trimTo;
                superfluous.forEach(Checkpointing.this::delete);
                superfluous.clear();
                busy = false;
                beginIfDue();
            }

            @Override
            public void onFailed(IOException reason) {
                shard.host().onCheckpointFailed(shard, reason);
                // Its snapshot is as good as another, which would need more space still.
                shard.loop().schedule(Checkpointing.this::publish, RETRY_NANOS);
            }
        };
        // Who reads an entry where it was before it was moved is done first.
        reads.whenEnded(() -> log.checkpoint(checkpoint));
    }

    private void retry() {
        shard.loop()
                .schedule(
                        () -> {
                            busy = false;
                            beginIfDue();
                        },
                        RETRY_NANOS);
    }

    /** Deletes a segment that no manifest names; where that fails it is done at the next start. */
    private void delete(long segment) {
        log.submit(new SegmentJob() {
            @Override
            public boolean step(SegmentStore store) throws IOException {
                store.delete(segment);
                return true;
            }

            @Override
            public void abandon() {
                // Nothing was begun.
            }

            @Override
            public void onDone() {
                // Nobody waits.
            }

            @Override
            public void onFailed(IOException reason) {
                // The next start removes what no manifest names.
            }
        });
    }
}
