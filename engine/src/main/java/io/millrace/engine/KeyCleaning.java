package io.millrace.engine;

import io.millrace.storage.ShardLog;
import io.millrace.storage.index.SealedRun;
import java.io.IOException;
import java.util.List;

/**
 * Settles the messages of a log that later ones with the same key have superseded, where the log keeps the latest only.
 * One log of a shard at a time, when enough of it is new. Settling is all it takes: compaction then leaves out entries
 * all of whose messages are settled. How far it has come is not stored: after a restart a log is looked at as a whole.
 * Part of a shard; the loop's.
 */
final class KeyCleaning {
    /** Keys of one pass, up to 48 bytes each; of a log with more the rest has its turn in the next pass. */
    private static final int KEYS_MAX = 1 << 18;
    /** What is settled in one turn and by one record. */
    private static final int RUNS_PER_RECORD = 1_000;

    private final Shard shard;
    private final ShardLog log;
    private final RecordWriter writer;
    private final SegmentUse segments;
    private final int keysMax;
    private final RunWriter settled = new RunWriter();
    private final OffsetTimes none = new OffsetTimes();
    private boolean busy;

    KeyCleaning(Shard shard, ShardLog log, RecordWriter writer) {
        this(shard, log, writer, KEYS_MAX);
    }

    /** The same with another bound for the keys of a pass. */
    KeyCleaning(Shard shard, ShardLog log, RecordWriter writer, int keysMax) {
        this.shard = shard;
        this.log = log;
        this.writer = writer;
        this.segments = shard.queues().segments();
        this.keysMax = keysMax;
    }

    /** Looks whether enough of {@code queue} is new, and begins if it is. */
    void consider(Queue queue, LatestPerKey policy) {
        if (!busy && isDue(queue, policy)) {
            busy = true;
            new Scan(queue, policy).begin();
        }
    }

    private static boolean isDue(Queue queue, LatestPerKey policy) {
        double bytes = 0;
        double dirty = 0;
        for (SealedRun each : queue.log().entries().sealed()) {
            long from = Math.max(each.firstOffset(), Math.min(each.endOffset(), queue.cleanTo));
            bytes += each.bytes();
            dirty += (double) each.bytes() * (each.endOffset() - from) / (each.endOffset() - each.firstOffset());
        }
        return dirty > 0 && dirty >= policy.dirtyRatio() * bytes;
    }

    private final class Scan extends KeyScan {
        private final Queue queue;
        private final List<SealedRun> runs;

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
                    queue.cleanTo,
                    policy,
                    shard.clock().epochMillis(),
                    keysMax,
                    queue.hasUnreadableKeys);
            this.queue = queue;
            this.runs = runs;
        }

        void begin() {
            segments.pin(runs);
            log.submit(this);
        }

        @Override
        public void onDone() {
            queue.hasUnreadableKeys |= isDamaged();
            settle(0);
        }

        @Override
        public void onFailed(IOException reason) {
            shard.host().onCheckpointFailed(shard, reason);
            end();
        }

        /** Settles what there is from {@code from} on, a bounded piece in a turn. */
        private void settle(long from) {
            if (shard.isRefusing()) {
                return;
            }
            long at = superseded().nextPresent(from);
            if (at < 0 || queue.dropped) {
                queue.cleanTo = cleanTo();
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
                queue.subscription().settleUnleased(at, end);
                at = superseded().nextPresent(end);
            }
            queue.dirty = true;
            writer.settlement(queue.log().id(), shard.clock().epochMillis(), settled, none, none);
            shard.dropSettledEntries(queue);
            shard.touch();
            long next = at < 0 ? Long.MAX_VALUE : at;
            shard.loop().execute(() -> settle(next));
        }

        private void end() {
            segments.unpin(runs);
            busy = false;
        }
    }
}
