package io.millrace.engine.compaction;

import io.millrace.engine.context.ShardContext;
import io.millrace.engine.context.Work;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.segment.EntrySegment;
import io.millrace.engine.segment.JobGroup;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.storage.Extent;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.segment.RunPlan;
import io.millrace.storage.segment.WriteRunsJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the living entries out of the oldest part of the log: what lives in it is counted, then written into segments,
 * or only indexed where storage lets it stay. Part of a shard; the loop's.
 */
public final class Moves {
    /** A log that brings this much gets a segment of its own: it will often be dead as a whole. */
    static final long OWN_SEGMENT_BYTES = 16 << 20;

    private final ShardContext context;
    private final ShardQueues queues;
    private final ShardLog log;
    private final SegmentUse segments;
    /** What storage has decided on; the oldest part may stay where it is. */
    private long decided;

    private boolean adopt;

    // Of the move under way.
    private boolean waiting;
    private long from;
    private long end;
    private @Nullable Work outcome;
    private List<RunPlan> plans = new ArrayList<>();
    /** The entry whose record ends behind what is given up, for each log that has it; often none. */
    private List<RunPlan> straddling = new ArrayList<>();

    private List<Queue> affected = new ArrayList<>();

    /** Moves what lives in {@code log}. */
    public Moves(ShardContext context, ShardQueues queues, ShardLog log) {
        this.context = context;
        this.queues = queues;
        this.log = log;
        this.segments = queues.segments();
    }

    /** Moves what lives from {@code start} on up to {@code position}. One at a time. */
    public void begin(long start, long position, Work whenEnded) {
        from = start;
        end = position;
        outcome = whenEnded;
        plans = new ArrayList<>();
        straddling = new ArrayList<>();
        affected = new ArrayList<>();
        queues.visitLogs(this::plan, () -> {
            if (decided == end) {
                move();
            } else {
                waiting = true;
                log.survey(new Extent(from, end, liveBytes()));
            }
        });
    }

    /** Storage has decided how what lies below {@code position} is moved. */
    public void onDecided(long position, boolean mayStay) {
        decided = position;
        adopt = mayStay;
        if (waiting && end == position) {
            waiting = false;
            move();
        }
    }

    private long plan(Queue queue) {
        if (queue.log().entries().firstPosition() >= end) {
            return 0;
        }
        affected.add(queue);
        RunPlan plan = new RunPlan(queue.log().id());
        long[] visited = {0};
        queue.log().entries().visitBelow(end, entry -> {
            visited[0]++;
            long needed =
                    queue.subscription().settled().unsettled(entry.firstOffset(), entry.firstOffset() + entry.span());
            if (needed == 0) {
                return;
            }
            if (entry.address() + ShardLog.LENGTH_BYTES + entry.bytes() <= end) {
                plan.add(entry, needed);
            } else {
                RunPlan last = new RunPlan(queue.log().id());
                last.add(entry, needed);
                straddling.add(last);
            }
        });
        if (!plan.isEmpty()) {
            plans.add(plan);
        }
        return visited[0];
    }

    /** What lives; an entry that several logs share counts for each of them. */
    private long liveBytes() {
        return plans.stream().mapToLong(RunPlan::bytes).sum();
    }

    private void move() {
        if (context.isRefusing()) {
            return;
        }
        plans.sort(Comparator.comparingLong(RunPlan::logId));
        straddling.sort(Comparator.comparingLong(RunPlan::logId));
        List<MoveJob> jobs = new ArrayList<>();
        List<RunPlan> shared = new ArrayList<>();
        // More than there is: logs share entries, which are written once where they go into one segment.
        boolean isShared = liveBytes() > end - from;
        for (RunPlan each : plans) {
            if (!adopt && !isShared && each.bytes() >= OWN_SEGMENT_BYTES) {
                jobs.add(new MoveJob(segments.takeNumber(), List.of(each), false));
            } else {
                shared.add(each);
            }
        }
        if (!shared.isEmpty()) {
            jobs.add(new MoveJob(segments.takeNumber(), shared, adopt));
        }
        if (!straddling.isEmpty()) {
            // It comes last in its logs, and in their order.
            jobs.add(new MoveJob(segments.takeNumber(), straddling, false));
        }
        JobGroup group = new JobGroup(context, log, jobs, failure -> ended(jobs, failure));
        jobs.forEach(each -> each.group = group);
        group.submit();
    }

    private void ended(List<MoveJob> jobs, @Nullable IOException failure) {
        Work told = outcome;
        if (failure == null) {
            takeEntries(jobs);
        } else {
            context.onCheckpointFailed(failure);
        }
        plans = List.of();
        straddling = List.of();
        affected = List.of();
        if (told != null && failure == null) {
            told.onDone();
        } else if (told != null) {
            told.onFailed();
        }
    }

    /** From here on the entries are read from where they were written. */
    private void takeEntries(List<MoveJob> jobs) {
        for (Queue each : affected) {
            each.log().entries().cutBelow(end);
        }
        for (MoveJob each : jobs) {
            EntrySegment segment =
                    new EntrySegment(each.segment(), each.segmentBytes(), each.entryBytes(), each.adopted);
            segments.add(segment);
            for (int i = 0; i < each.plans().size(); i++) {
                takeRun(each.plans().get(i), each.runs().get(i), segment);
            }
        }
    }

    private void takeRun(RunPlan plan, SealedRun run, EntrySegment segment) {
        Queue queue = queues.get(plan.logId());
        if (queue != null) {
            queue.markDirty();
            queue.log().entries().addSealed(run);
            segments.use(run);
            segment.addLiveBytes(run.bytes());
            queues.dropSettledEntries(queue);
        }
    }

    /** Writes the entries of some logs, or their index, into a segment. */
    private final class MoveJob extends WriteRunsJob {
        final @Nullable Extent adopted;

        @Nullable
        JobGroup group;

        MoveJob(long segment, List<RunPlan> plans, boolean stays) {
            super(context.id(), segment, stays, plans);
            adopted = stays ? new Extent(from, end, 0) : null;
        }

        @Override
        public void onDone() {
            ended(null);
        }

        @Override
        public void onFailed(IOException reason) {
            ended(reason);
        }

        private void ended(@Nullable IOException reason) {
            if (group != null) {
                group.ended(reason);
            }
        }
    }
}
