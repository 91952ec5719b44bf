package io.millrace.engine.retention;

import io.millrace.engine.context.ShardContext;
import io.millrace.engine.policy.LatestPerKey;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.record.OffsetTimes;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.record.RunWriter;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.SealedRun;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Settles the messages of a log that later ones with the same key have superseded, where the log keeps the latest only.
 * One log of a shard at a time, when enough of it is new. Settling is all it takes: compaction then leaves out entries
 * all of whose messages are settled. How far it has come is not stored: after a restart a log is looked at as a whole.
 * Part of a shard; the loop's.
 */
final class KeyCleaning {
    /** What is settled in one turn and by one record. */
    private static final int RUNS_PER_RECORD = 1_000;

    private final ShardContext context;
    private final ShardQueues queues;
    private final ShardLog log;
    private final RecordWriter writer;
    private final SegmentUse segments;
    private final int keysMax;
    private final RunWriter settled = new RunWriter();
    private final OffsetTimes none = new OffsetTimes();
    private final IdentityHashMap<Queue, Progress> progress = new IdentityHashMap<>();
    private boolean busy;

    /** How far a log was looked at. */
    private static final class Progress {
        /** No key is twice below this offset, as far as it could be read. */
        long cleanTo;
        /** Whether some of it could not be read. */
        boolean hasUnreadable;
    }

    /** Takes about {@code keysMax} keys into memory in one pass. */
    KeyCleaning(ShardContext context, ShardQueues queues, ShardLog log, RecordWriter writer, int keysMax) {
        this.context = context;
        this.queues = queues;
        this.log = log;
        this.writer = writer;
        this.segments = queues.segments();
        this.keysMax = keysMax;
    }

    /** Looks whether enough of {@code queue} is new, and begins if it is. */
    void consider(Queue queue, LatestPerKey policy) {
        if (!busy && isDue(queue, policy)) {
            busy = true;
            new Scan(queue, policy).begin();
        }
    }

    /** How far {@code queue} is clean: below this offset no key is twice, as far as it could be read. */
    long cleanTo(Queue queue) {
        return progressOf(queue).cleanTo;
    }

    private Progress progressOf(Queue queue) {
        return progress.computeIfAbsent(queue, any -> new Progress());
    }

    /** Forgets what is known of queues that are not there any more. */
    void forgetDropped() {
        progress.keySet().removeIf(Queue::isDropped);
    }

    private boolean isDue(Queue queue, LatestPerKey policy) {
        long cleanTo = cleanTo(queue);
        double bytes = 0;
        double dirty = 0;
        for (SealedRun each : queue.log().entries().sealed()) {
            long from = Math.max(each.firstOffset(), Math.min(each.endOffset(), cleanTo));
            bytes += each.bytes();
            dirty += (double) each.bytes() * (each.endOffset() - from) / (each.endOffset() - each.firstOffset());
        }
        return dirty > 0 && dirty >= policy.dirtyRatio() * bytes;
    }

    private final class Scan extends KeyScan {
        private final Queue queue;
        private final List<SealedRun> runs;
        private final Progress looked;

        Scan(Queue queue, LatestPerKey policy) {
            this(queue, policy, List.copyOf(queue.log().entries().sealed()));
        }

        private Scan(Queue queue, LatestPerKey policy, List<SealedRun> runs) {
            super(
                    queue.log().id(),
                    runs,
                    queue.subscription()
                            .settled()
                            .copy(
                                    runs.get(0).firstOffset(),
                                    runs.get(runs.size() - 1).endOffset()),
                    progressOf(queue).cleanTo,
                    queue.stableOffset(),
                    policy,
                    context.clock().epochMillis(),
                    keysMax,
                    progressOf(queue).hasUnreadable);
            this.queue = queue;
            this.runs = runs;
            looked = progressOf(queue);
        }

        void begin() {
            segments.pin(runs);
            log.submit(this);
        }

        @Override
        public void onDone() {
            looked.hasUnreadable |= isDamaged();
            settle(0);
        }

        @Override
        public void onFailed(IOException reason) {
            context.onCheckpointFailed(reason);
            end();
        }

        /** Settles what there is from {@code from} on, a bounded piece in a turn. */
        private void settle(long from) {
            if (context.isRefusing()) {
                return;
            }
            long at = superseded().nextPresent(from);
            if (at < 0 || queue.isDropped()) {
                looked.cleanTo = cleanTo();
                end();
                return;
            }
            if (queue.subscription().leased() > 0) {
                end(); // one of them may be among these: all of it again, when they are back
                return;
            }
            settled.clear();
            for (int left = RUNS_PER_RECORD; left > 0 && at >= 0; left--) {
                long end = superseded().nextAbsent(at);
                settled.addRun(at, end - at);
                queues.settleForAll(queue, at, end);
                at = superseded().nextPresent(end);
            }
            queue.markDirty();
            writer.settlement(queue.log().id(), context.clock().epochMillis(), settled, none, none);
            queues.dropSettledEntries(queue);
            context.touch();
            long next = at < 0 ? Long.MAX_VALUE : at;
            context.loop().execute(() -> settle(next));
        }

        private void end() {
            segments.unpin(runs);
            busy = false;
        }
    }
}
