package io.millrace.engine.compaction;

import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.segment.EntrySegment;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.storage.index.SealedRun;
import java.util.ArrayList;
import java.util.List;

/**
 * Estimates how much lives in the segments of a shard, from what is settled, without reading any: of a run of entries
 * that had so many messages when it was written, the part that is not settled now. Runs of which nothing lives are
 * given up on the way. The loop's.
 */
final class Liveness {
    /** Counting in a bitmap takes longer than what a unit of {@link ShardQueues#visit} usually is. */
    private static final int UNITS_PER_RUN = 10;

    private Liveness() {}

    /** Looks at all segments, which are noted what lives in them; {@code whenDone} runs then. */
    static void look(ShardQueues queues, Runnable whenDone) {
        SegmentUse segments = queues.segments();
        segments.list().forEach(EntrySegment::beginCount);
        queues.visitLogs(queue -> count(queue, segments), () -> {
            segments.list().forEach(EntrySegment::endCount);
            whenDone.run();
        });
    }

    private static long count(Queue queue, SegmentUse segments) {
        List<SealedRun> runs = queue.log().entries().sealed();
        List<SealedRun> dead = new ArrayList<>();
        for (SealedRun each : runs) {
            long bytes = bytes(queue, each);
            if (bytes == 0) {
                dead.add(each);
            } else {
                segments.get(each.segment()).count(bytes);
            }
        }
        int visited = runs.size();
        for (SealedRun each : dead) {
            queue.log().entries().replaceSealed(List.of(each), null, segments::release);
            queue.markDirty();
        }
        return (long) visited * UNITS_PER_RUN;
    }

    /** About how many bytes of {@code run} live; 0 only where none does. */
    static long bytes(Queue queue, SealedRun run) {
        long needed = queue.subscription().settled().unsettled(run.firstOffset(), run.endOffset());
        return (long) Math.ceil((double) run.bytes() * Math.min(needed, run.messages()) / run.messages());
    }
}
