package io.millrace.engine;

import io.millrace.base.Loop;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.EntryIndex;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Settles what retained logs do not keep any more, oldest first, and has superseded messages looked for ({@link
 * KeyCleaning}): that is all it takes, for what is settled goes as in every log. Whole blocks of the index go, and
 * whole runs of what is sealed, so that nothing has to be read: up to 512 entries stay longer than they should, or up
 * to what one segment has of the log. Looks every few seconds while there are retained logs. Part of a shard; the
 * loop's.
 */
final class Retention {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Shard shard;
    private final RecordWriter writer;
    private final KeyCleaning cleaning;
    private final RunWriter settled = new RunWriter();
    private final OffsetTimes none = new OffsetTimes();
    private Loop.@Nullable Timer timer;
    private boolean needed;

    Retention(Shard shard, ShardLog log, RecordWriter writer) {
        this.shard = shard;
        this.writer = writer;
        this.cleaning = new KeyCleaning(shard, log, writer);
    }

    /** There are more logs than before, or others that are retained. */
    void onChanged() {
        if (timer == null) {
            timer = shard.loop().schedule(this::look, LOOK_NANOS);
        }
    }

    private void look() {
        needed = false;
        QueuePass.start(shard, this::apply, () -> {
            timer = null;
            if (needed) {
                onChanged();
            }
        });
    }

    private long apply(Queue queue) {
        KeepPolicy keep = shard.host().keepPolicy(shard, queue.log().id());
        if (!keep.isRetained()) {
            return 1;
        }
        needed = true;
        EntryIndex entries = queue.log().entries();
        long end = keep.retentionBytes() == KeepPolicy.UNLIMITED ? 0 : entries.endOfExcess(keep.retentionBytes());
        if (keep.retentionMillis() != KeepPolicy.UNLIMITED) {
            end = Math.max(end, entries.endOfEarlier(shard.clock().epochMillis() - keep.retentionMillis()));
        }
        long floor = queue.subscription().settled().floor();
        long to = Math.min(end, queue.log().readableOffset());
        if (floor < to && queue.subscription().leased() == 0) {
            settle(queue, floor, to);
        }
        if (keep.latestPerKey() != null && queue.subscription().leased() == 0) {
            cleaning.consider(queue, keep.latestPerKey());
        }
        return entries.pieces();
    }

    private void settle(Queue queue, long from, long to) {
        settled.clear();
        settled.addRun(from, to - from);
        queue.subscription().settleUnleased(from, to);
        queue.dirty = true;
        writer.settlement(queue.log().id(), shard.clock().epochMillis(), settled, none, none);
        shard.dropSettledEntries(queue);
        shard.touch();
    }
}
