package io.millrace.engine.index;

import io.millrace.engine.context.ShardContext;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.record.DeduplicationRecord;
import io.millrace.engine.time.TimerWheel;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.run.Compaction;
import io.millrace.storage.run.OrderedIndex;
import io.millrace.storage.run.OrderedIndexOptions;
import io.millrace.storage.run.RangeScan;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.LongHashSet;

/**
 * The keys of a shard, of all its logs, by which a second publish is known (docs/internals/indexes.md), each until its
 * window ends. Whether a window has ended is asked where a key is found; what is out of date leaves when runs are
 * merged. That happens at the latest one longest window after it ended, and when all windows have ended everything
 * goes. The loop's.
 */
public final class DeduplicationIndex {
    /** So many times what it is to have in memory, and there is no room for more keys. */
    private static final int HEADS_MAX = 8;

    private static final long RETRY_MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final long NONE = Long.MIN_VALUE;
    private static final long[] NO_SEGMENTS = {};

    private final ShardContext context;
    private final ShardIndexes indexes;
    private final int headMax;
    private final ShardIndex index;
    private Runnable onRoom = () -> {};
    private int timer = LeaseTable.NO_SLOT;
    /** When the last of all windows ends. */
    private long lastMillis = NONE;
    /** Then every record is out of date that was there when this was noted; {@link #NONE} before the first key. */
    private long markMillis = NONE;
    /** The runs that there were then. */
    private long[] marked = NO_SEGMENTS;

    DeduplicationIndex(ShardContext context, ShardIndexes indexes) {
        this.context = context;
        this.indexes = indexes;
        headMax = context.limits().indexRecordsMax();
        var options = OrderedIndexOptions.filtered(ShardIndexes.KIND_KEYS).withHeadRecords(headMax);
        index = new ShardIndex(context, indexes, options, this::beginCompaction, () -> {}) {
            @Override
            public void onSpilled() {
                super.onSpilled();
                if (!context.isRefusing()) {
                    onRoom.run();
                }
            }
        };
    }

    ShardIndex index() {
        return index;
    }

    /** Has {@code action} run when there may be room again. */
    public void whenRoom(Runnable action) {
        onRoom = action;
    }

    /** Whether the disk does not keep up, so that further keys have to wait. */
    public boolean isFull() {
        return index.ordered().headRecords() >= HEADS_MAX * (long) headMax;
    }

    /** Whether there may be records of a key, of these halves; where not, nothing was published with it. */
    public boolean mayHold(long logId, long high, long low) {
        return index.ordered().mayHold(DeduplicationRecord.key(logId, high, low));
    }

    /** Answers {@code scan}, as {@link OrderedIndex#scan} does. */
    public boolean scan(RangeScan scan) {
        return index.ordered().scan(scan);
    }

    /** Adds the key of an entry that was appended, or replayed. */
    public void add(EntryEnvelope entry) {
        long high = entry.deduplicationHigh;
        long low = entry.deduplicationLow;
        long untilMillis = entry.deduplicationUntilMillis;
        long key = DeduplicationRecord.key(entry.logId, high, low);
        long sub = DeduplicationRecord.sub(DeduplicationRecord.subLeast(entry.logId, high, low), untilMillis);
        long value = DeduplicationRecord.value(untilMillis, entry.firstOffset);
        addRecord(key, sub, value);
        indexes.noteAddedKey(key, sub, value);
    }

    /** Adds a record that a snapshot has. */
    void addRecord(long key, long sub, long value) {
        index.ordered().add(key, sub, value);
        lastMillis = Math.max(lastMillis, DeduplicationRecord.untilMillis(sub, value));
        if (markMillis == NONE && timer != LeaseTable.NO_SLOT) {
            mark();
        }
    }

    private Compaction beginCompaction() {
        long nowMillis = context.time().millis();
        return new FloorCompaction() {
            @Override
            public boolean isAlive(long key, long sub, long value) {
                return DeduplicationRecord.untilMillis(sub, value) > nowMillis;
            }
        };
    }

    // Snapshots.

    /** Writes what the next start needs to know. */
    void describe(ByteBuf target) {
        target.writeLong(lastMillis);
        index.describe(target);
    }

    /** Takes over what {@link #describe} wrote. */
    void restore(ByteBuf source) {
        lastMillis = source.readLong();
        index.restore(source);
    }

    // The end of windows.

    /** Begins: the time is known. */
    void begin() {
        timer = context.leases().alarm(this::onTime, context.clock().nanoTime());
        if (lastMillis != NONE) {
            mark();
        }
    }

    private void mark() {
        marked = index.ordered().segments();
        markMillis = lastMillis;
        await(markMillis);
    }

    private void await(long millis) {
        long nanos = Math.min(context.time().nanosUntil(millis), TimerWheel.NANOS_MAX);
        context.leases().reschedule(timer, context.clock().nanoTime() + nanos);
        context.touch();
    }

    private void onTime() {
        long nowMillis = context.time().millis();
        if (markMillis == NONE) {
            return;
        }
        if (nowMillis < markMillis) {
            await(markMillis);
        } else if (nowMillis >= lastMillis) {
            index.ordered().clear();
            marked = NO_SEGMENTS;
            markMillis = NONE;
            onRoom.run();
        } else if (isOutOfDateLeft() && !index.ordered().compact()) {
            await(nowMillis + RETRY_MILLIS);
        } else {
            mark();
        }
    }

    private boolean isOutOfDateLeft() {
        LongHashSet present = new LongHashSet();
        Arrays.stream(index.ordered().segments()).forEach(present::add);
        return Arrays.stream(marked).anyMatch(present::contains);
    }
}
