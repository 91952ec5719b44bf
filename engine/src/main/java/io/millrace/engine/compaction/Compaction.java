package io.millrace.engine.compaction;

import io.millrace.base.Loop;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.engine.context.ShardContext;
import io.millrace.engine.context.Work;
import io.millrace.engine.offset.SettledSet;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.segment.EntrySegment;
import io.millrace.engine.segment.JobGroup;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.segment.RunPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes what lives in sparse segments, in extents that storage wants back and in segments that are many into new ones,
 * a bounded amount in one go and with a pause behind it. An entry whose messages are all settled is left out; runs of a
 * log that are neighbours become one. A segment goes when no run of it is in use, which a checkpoint must say first.
 *
 * <p>Looks at the segments when something has changed, at most every few seconds; while nothing changes nothing is
 * done. Part of a shard; the loop's.
 */
public final class Compaction {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Between two cycles, however little was written. */
    private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long BYTES_PER_SECOND = 32 << 20;
    /** The least that an entry counts for, so that memory for the index of entries is bounded as well. */
    private static final int ENTRY_BYTES_MIN = 32;
    /** After so many failures in a row, what could not be read or written is passed over until the next start. */
    private static final int FAILURES_MAX = 2;

    private final ShardContext context;
    private final ShardQueues queues;
    private final ShardLog log;
    private final SegmentUse segments;
    private final Runnable whenDue;
    private Loop.@Nullable Timer timer;
    private long notBeforeNanos;
    private boolean due;
    private int failures;

    // Of the cycle under way.
    private boolean hasChanged;
    private long bytesLeft;
    private List<CompactionJob.Stretch> stretches = List.of();

    /** Will have {@code whenDue} run when a cycle is due. */
    public Compaction(ShardContext context, ShardQueues queues, ShardLog log, Runnable whenDue) {
        this.context = context;
        this.queues = queues;
        this.log = log;
        this.segments = queues.segments();
        this.whenDue = whenDue;
        this.notBeforeNanos = context.clock().nanoTime() + LOOK_NANOS;
    }

    /** Less may live in some segment than before, or there are more of them. */
    public void onChanged() {
        if (timer == null && !due) {
            timer = context.loop()
                    .schedule(
                            this::onTimer,
                            Math.max(0, notBeforeNanos - context.clock().nanoTime()));
        }
    }

    private void onTimer() {
        timer = null;
        due = true;
        whenDue.run();
    }

    /** Whether a cycle is to be begun. */
    public boolean isDue() {
        return due;
    }

    /** Whether the cycle that has ended last needs a checkpoint. */
    public boolean hasChanged() {
        return hasChanged;
    }

    /** Looks at the segments, and writes some anew where that is worth it. One at a time. */
    public void begin(Work outcome) {
        due = false;
        hasChanged = false;
        notBeforeNanos = context.clock().nanoTime() + LOOK_NANOS;
        Liveness.look(queues, () -> {
            long bytesMax = context.limits().compactionBytesMax();
            // Where space is short, only what frees some is done.
            Set<Long> chosen = CompactionChoice.of(segments, bytesMax, log.hasSpace());
            if (chosen.isEmpty()) {
                hasChanged = segments.hasNews();
                outcome.onDone();
                return;
            }
            bytesLeft = bytesMax;
            stretches = new ArrayList<>();
            queues.visitLogs(queue -> gather(queue, chosen), () -> write(outcome));
        });
    }

    /** Takes those runs of {@code queue} that are in the segments {@code chosen}, as far as the bound lets. */
    private long gather(Queue queue, Set<Long> chosen) {
        List<SealedRun> runs = queue.log().entries().sealed();
        List<SealedRun> neighbours = new ArrayList<>();
        long liveBytes = 0;
        for (SealedRun each : runs) {
            if (bytesLeft > 0 && chosen.contains(each.segment())) {
                long bytes = Liveness.bytes(queue, each);
                bytesLeft -= Math.max(bytes, (long) each.entries() * ENTRY_BYTES_MIN);
                liveBytes += bytes;
                neighbours.add(each);
            } else if (!neighbours.isEmpty()) {
                addStretch(queue, neighbours, liveBytes);
                neighbours = new ArrayList<>();
                liveBytes = 0;
            }
        }
        if (!neighbours.isEmpty()) {
            addStretch(queue, neighbours, liveBytes);
        }
        return runs.size();
    }

    private void addStretch(Queue queue, List<SealedRun> runs, long liveBytes) {
        long from = runs.get(0).firstOffset();
        long to = runs.get(runs.size() - 1).endOffset();
        SettledSet settled = queue.subscription().settled().copy(from, to);
        stretches.add(new CompactionJob.Stretch(queue.log().id(), runs, settled, liveBytes));
    }

    private void write(Work outcome) {
        stretches.sort(Comparator.comparingLong(CompactionJob.Stretch::logId));
        List<GroupedJob> jobs = new ArrayList<>();
        List<CompactionJob.Stretch> shared = new ArrayList<>();
        for (CompactionJob.Stretch each : stretches) {
            if (each.liveBytes() >= Moves.OWN_SEGMENT_BYTES) {
                jobs.add(new GroupedJob(segments.takeNumber(), List.of(each)));
            } else {
                shared.add(each);
            }
        }
        if (!shared.isEmpty()) {
            jobs.add(new GroupedJob(segments.takeNumber(), shared));
        }
        stretches = List.of();
        JobGroup group = new JobGroup(context, log, jobs, failure -> ended(jobs, failure, outcome));
        jobs.forEach(each -> each.group = group);
        group.submit();
    }

    private void ended(List<GroupedJob> jobs, @Nullable IOException failure, Work outcome) {
        long nowNanos = context.clock().nanoTime();
        if (failure == null) {
            failures = 0;
            jobs.forEach(this::take);
            hasChanged = true;
            long written = jobs.stream().mapToLong(each -> each.segmentBytes()).sum();
            long pauseNanos = TimeUnit.SECONDS.toNanos(1) * written / BYTES_PER_SECOND;
            notBeforeNanos = nowNanos + Math.max(PAUSE_NANOS_MIN, pauseNanos);
        } else {
            context.onCheckpointFailed(failure);
            notBeforeNanos = nowNanos + RETRY_NANOS;
        }
        // There may be more to do.
        onChanged();
        if (failure == null) {
            outcome.onDone();
        } else {
            outcome.onFailed();
        }
    }

    /** From here on the entries are read from where they were written. */
    private void take(GroupedJob job) {
        EntrySegment segment = new EntrySegment(job.segment(), job.segmentBytes(), job.entryBytes(), null);
        if (!job.runs().isEmpty()) {
            segments.add(segment);
        }
        int next = 0;
        for (CompactionJob.Piece each : job.pieces()) {
            RunPlan plan = each.plan();
            SealedRun by = plan.isEmpty() ? null : job.runs().get(next++);
            Queue queue = queues.get(plan.logId());
            // What was settled as a whole meanwhile is gone.
            if (queue != null && queue.log().entries().replaceSealed(each.runs(), by, segments::release)) {
                queue.markDirty();
                if (by != null) {
                    segments.use(by);
                    segment.addLiveBytes(by.bytes());
                }
                queues.dropSettledEntries(queue);
            }
        }
        for (CompactionJob.Damage each : job.damages()) {
            segments.get(each.run().segment()).markUnreadable();
            Queue queue = queues.get(each.logId());
            if (queue != null) {
                context.onDamage(each.logId(), each.run().firstOffset(), each.reason());
            }
        }
    }

    private void passOver(GroupedJob job) {
        job.failedRuns().forEach(each -> segments.get(each.segment()).markUnreadable());
    }

    private final class GroupedJob extends CompactionJob {
        @Nullable
        JobGroup group;

        GroupedJob(long segment, List<CompactionJob.Stretch> stretches) {
            super(context.id(), segment, stretches);
        }

        @Override
        public void onDone() {
            ended(null);
        }

        @Override
        public void onFailed(IOException reason) {
            // A full disk says nothing of what is on it.
            if (!(reason instanceof OutOfSpaceException) && ++failures >= FAILURES_MAX) {
                passOver(this);
            }
            ended(reason);
        }

        private void ended(@Nullable IOException reason) {
            if (group != null) {
                group.ended(reason);
            }
        }
    }
}
