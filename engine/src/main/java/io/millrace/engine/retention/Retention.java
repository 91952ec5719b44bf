package io.millrace.engine.retention;

import io.millrace.base.Loop;
import io.millrace.engine.context.ShardContext;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.record.OffsetTimes;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.record.RunWriter;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.EntryIndex;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Settles what retained logs do not keep any more, oldest first, and has superseded messages looked for ({@link
 * KeyCleaning}): that is all it takes, for what is settled goes as in every log. Whole blocks of the index go, and
 * whole runs of what is sealed, so that nothing has to be read: up to 512 entries stay longer than they should, or up
 * to what one segment has of the log. Looks every few seconds while there are retained logs. Part of a shard; the
 * loop's.
 */
public final class Retention {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Keys of one pass, up to 48 bytes each; of a log with more the rest has its turn in the next pass. */
    private static final int KEYS_MAX = 1 << 18;

    private final ShardContext context;
    private final ShardQueues queues;
    private final LongFunction<KeepPolicy> policies;
    private final RecordWriter writer;
    private final KeyCleaning cleaning;
    private final RunWriter settled = new RunWriter();
    private final OffsetTimes none = new OffsetTimes();
    private Loop.@Nullable Timer timer;
    private boolean needed;

    /** Will keep of each log what {@code policies} say of its id, which are asked again at every look. */
    public Retention(
            ShardContext context,
            ShardQueues queues,
            ShardLog log,
            RecordWriter writer,
            LongFunction<KeepPolicy> policies) {
        this.context = context;
        this.queues = queues;
        this.policies = policies;
        this.writer = writer;
        this.cleaning = new KeyCleaning(context, queues, log, writer, KEYS_MAX);
    }

    /** There are more logs than before, or others that are retained. */
    public void onChanged() {
        if (timer == null) {
            timer = context.loop().schedule(this::look, LOOK_NANOS);
        }
    }

    private void look() {
        needed = false;
        queues.visitLogs(this::apply, () -> {
            timer = null;
            cleaning.forgetDropped();
            if (needed) {
                onChanged();
            }
        });
    }

    private long apply(Queue queue) {
        KeepPolicy keep = policies.apply(queue.log().id());
        if (!keep.isRetained()) {
            return 1;
        }
        needed = true;
        EntryIndex entries = queue.log().entries();
        long end = endOfTooMuch(entries, keep.retentionMillis(), keep.retentionBytes());
        if (keep.isUntilSettled()) {
            long endOfUnsettled = endOfTooMuch(entries, keep.unsettledMillis(), keep.unsettledBytes());
            end = Math.min(end, Math.max(settledByAll(queue), endOfUnsettled));
        }
        long floor = queue.subscription().settled().floor();
        long to = Math.min(end, queue.stableOffset()); // what is not decided is not settled either
        if (floor < to && queue.subscription().leased() == 0) {
            settle(queue, floor, to);
        }
        if (keep.latestPerKey() != null && queue.subscription().leased() == 0) {
            cleaning.consider(queue, keep.latestPerKey());
        }
        return entries.pieces() + (long) queue.subscriptions().size();
    }

    /** Where the messages end that are older, or for which there are more bytes. */
    private long endOfTooMuch(EntryIndex entries, long millis, long bytes) {
        long end = bytes == KeepPolicy.UNLIMITED ? 0 : entries.endOfExcess(bytes);
        return millis == KeepPolicy.UNLIMITED
                ? end
                : Math.max(end, entries.endOfEarlier(context.clock().epochMillis() - millis));
    }

    /** Every subscription has settled all messages below it. */
    private static long settledByAll(Queue queue) {
        long end = Long.MAX_VALUE;
        for (Queue each : queue.subscriptions()) {
            end = Math.min(end, each.subscription().settled().floor());
        }
        return end;
    }

    private void settle(Queue queue, long from, long to) {
        settled.clear();
        settled.addRun(from, to - from);
        queues.settleForAll(queue, from, to);
        queue.markDirty();
        writer.settlement(queue.log().id(), context.clock().epochMillis(), settled, none, none);
        queues.dropSettledEntries(queue);
        context.touch();
    }
}
