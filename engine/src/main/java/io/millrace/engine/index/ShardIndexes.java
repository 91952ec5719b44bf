package io.millrace.engine.index;

import io.millrace.engine.context.ShardContext;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.storage.ShardLog;
import io.millrace.storage.run.Compaction;
import io.millrace.storage.run.OrderedIndexOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ordered indexes of a shard (docs/internals/indexes.md): what is delayed, what is due at a date, what expires, and
 * the keys by which a second publish is known, of all queues together, and of each queue that needs it what has another
 * priority and what is of which group. Part of a shard; the loop's.
 */
public final class ShardIndexes {
    // Kinds of indexes; they are on disk and never reused.

    public static final int KIND_DELAYS = 1;
    public static final int KIND_DATES = 2;
    public static final int KIND_EXPIRIES = 3;
    public static final int KIND_PRIORITIES = 4;
    public static final int KIND_KEYS = 5;
    public static final int KIND_GROUPS = 6;

    /** What all indexes of queues may have in memory, in parts of what one may. */
    private static final int HEADS_MAX = 8;
    /** One that has this part of what it may have in memory is worth a file. */
    private static final int RUN_PART = 16;
    /** More than this part is not written into a snapshot, but to where it stays. */
    private static final int DESCRIBED_PART = 4;
    /** So many groups of all queues may stand in lines, beyond what each may always have; about 140 bytes each. */
    private static final int PLACES_MAX = 32_768;
    /** How many records may be added before the heads are counted again. */
    private static final int UNCOUNTED_MAX = 4_096;
    /** Which index it is, in a snapshot, to which a key was added; those by time have lower numbers. */
    private static final int KEYS_ADDED = 3;
    /** Segments that nobody uses are deleted after so long, where no checkpoint comes before. */
    private static final long GIVE_BACK_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final ShardContext context;
    private final SegmentUse segments;
    /** What one index may have in memory. */
    private final int headMax;

    private final List<TimeIndex> byTime;
    private final DeduplicationIndex keys;
    /** Of the queues that have some. */
    private final Set<ShardIndex> ofQueues = new LinkedHashSet<>();

    private final List<Long> unused = new ArrayList<>();
    private Runnable onGiveBack = () -> {};
    private int giveBackTimer = LeaseTable.NO_SLOT;
    /** Whether what is unused has been so for long enough. */
    private boolean isGiveBackDue;

    /** What is added while a snapshot is taken, behind the descriptions; null at other times. */
    private @Nullable ByteBuf additions;

    private @Nullable ShardLog log;
    private int uncounted;
    /** Room that is left in the lines of queues, beyond what each has. */
    private int places = PLACES_MAX;
    /** Whether there may be delayed messages of which there is no record because of damage. */
    private boolean mayHaveLost = true;

    /** Makes empty ones; {@code due} is told of delays and dates that are over, {@code expiries} of what expires. */
    public ShardIndexes(
            ShardContext context, SegmentUse segments, TimeIndex.Listener due, TimeIndex.Listener expiries) {
        this.context = context;
        this.segments = segments;
        headMax = context.limits().indexRecordsMax();
        byTime = List.of(
                new TimeIndex(context, this, KIND_DELAYS, false, due),
                new TimeIndex(context, this, KIND_DATES, true, due),
                new TimeIndex(context, this, KIND_EXPIRIES, true, expiries));
        keys = new DeduplicationIndex(context, this);
    }

    /** Of messages by the end of a delay, in the shard's time. */
    public TimeIndex delays() {
        return byTime.get(0);
    }

    /** Of messages by their due time, in wall time. */
    public TimeIndex dates() {
        return byTime.get(1);
    }

    /** Of messages by their expiry, in wall time. */
    public TimeIndex expiries() {
        return byTime.get(2);
    }

    /** Of the keys by which a second publish is known. */
    public DeduplicationIndex keys() {
        return keys;
    }

    /**
     * Makes an index of a queue, {@link #KIND_PRIORITIES} or {@link #KIND_GROUPS}; {@code compactions} say what is of
     * no use any more, {@code onFront} runs when its front was not known and is.
     */
    public ShardIndex ofQueue(int kind, Supplier<Compaction> compactions, Runnable onFront) {
        var options = OrderedIndexOptions.ordered(kind).withHeadRecords(headMax);
        ShardIndex index = new ShardIndex(context, this, options, compactions, onFront);
        ofQueues.add(index);
        if (log != null) {
            index.open(log);
        }
        return index;
    }

    /** The queue of the index is gone, or was not what it was said to be. */
    public void forget(ShardIndex index) {
        ofQueues.remove(index);
        index.givePlacesBack();
    }

    /** A number for the segment of a run. */
    long takeSegment() {
        return segments.takeNumber();
    }

    /** Begins: runs can be read and written, and what is due happens. */
    public void open(ShardLog shardLog) {
        log = shardLog;
        for (TimeIndex each : byTime) {
            each.index().open(shardLog);
            each.look();
        }
        keys.index().open(shardLog);
        keys.begin();
        if (!unused.isEmpty()) {
            awaitGiveBack();
        }
        ofQueues.forEach(each -> each.open(shardLog));
    }

    /** Frees what it has in memory outside of the heap. It is not used any more. */
    public void close() {
        all().forEach(each -> each.ordered().close());
    }

    /** More is synced. */
    public void onSynced() {
        for (TimeIndex each : byTime) {
            each.onSynced();
        }
    }

    /** Records are lost, or could not be read: {@code what} says which. */
    public void onDamage(String what) {
        mayHaveLost = true;
        context.onIndexDamage(what);
    }

    // Memory.

    /** A record was added to the index of some queue: writes the largest to disk where together they are too large. */
    void noteAdded() {
        if (++uncounted < Math.min(UNCOUNTED_MAX, headMax)) {
            return;
        }
        uncounted = 0;
        long records = 0;
        ShardIndex largest = null;
        for (ShardIndex each : ofQueues) {
            int head = headRecords(each);
            records += head;
            largest = largest == null || head > headRecords(largest) ? each : largest;
        }
        boolean isTooMuch = records > (long) HEADS_MAX * headMax;
        if (isTooMuch && largest != null && headRecords(largest) >= headMax / RUN_PART) {
            largest.ordered().spill();
        }
    }

    private static int headRecords(ShardIndex index) {
        return index.ordered().headRecords();
    }

    boolean takePlaces(int count) {
        boolean isThere = count <= places;
        places -= isThere ? count : 0;
        return isThere;
    }

    void givePlacesBack(int count) {
        places += count;
    }

    // Snapshots.

    /** No index needs this segment any more. */
    void onUnused(long segment) {
        unused.add(segment);
        if (unused.size() == 1 && log != null) {
            awaitGiveBack();
        }
    }

    private void awaitGiveBack() {
        long deadlineNanos = context.clock().nanoTime() + GIVE_BACK_NANOS;
        if (giveBackTimer == LeaseTable.NO_SLOT) {
            giveBackTimer = context.leases().alarm(this::giveBack, deadlineNanos);
        } else {
            context.leases().reschedule(giveBackTimer, deadlineNanos);
        }
        context.touch();
        // In another turn: an index that tells of this is not to be used meanwhile.
        context.loop().execute(onGiveBack);
    }

    private void giveBack() {
        isGiveBackDue = !unused.isEmpty();
        onGiveBack.run();
    }

    /** Has {@code action} run when unused segments are worth a checkpoint of their own. */
    public void whenGiveBackIsDue(Runnable action) {
        onGiveBack = action;
    }

    /** Whether there are segments that are to be deleted soon, or at once where there is no space. */
    public boolean isGiveBackDue(boolean hasSpace) {
        return log != null && !unused.isEmpty() && (isGiveBackDue || !hasSpace);
    }

    /** Takes out the segments that nothing names which is described from now on. */
    public List<Long> takeUnused() {
        List<Long> taken = List.copyOf(unused);
        unused.clear();
        isGiveBackDue = false;
        return taken;
    }

    /** The segments that the newest descriptions name. */
    public List<Long> described() {
        List<Long> described = new ArrayList<>();
        for (ShardIndex each : all()) {
            for (long segment : each.described()) {
                described.add(segment);
            }
        }
        return described;
    }

    private List<ShardIndex> all() {
        List<ShardIndex> all = new ArrayList<>();
        byTime.forEach(each -> all.add(each.index()));
        all.add(keys.index());
        all.addAll(ofQueues);
        return all;
    }

    /** Writes to disk what is too much for a snapshot; {@code then} runs when all of it is written, or has failed. */
    public void whenSmall(Runnable then) {
        // In their order: it decides which segment each is written to, and a run must be repeatable.
        Set<ShardIndex> large = new LinkedHashSet<>();
        all().stream()
                .filter(each -> headRecords(each) > headMax / DESCRIBED_PART)
                .forEach(large::add);
        if (large.isEmpty()) {
            then.run();
            return;
        }
        for (ShardIndex each : List.copyOf(large)) {
            each.spill(() -> {
                if (large.remove(each) && large.isEmpty() && !context.isRefusing()) {
                    then.run();
                }
            });
        }
    }

    /** Begins a snapshot: writes what the indexes of all queues are now. */
    public ByteBuf beginSnapshot() {
        ByteBuf target = Unpooled.buffer(1024);
        byTime.forEach(each -> each.index().describe(target));
        keys.describe(target);
        additions = Unpooled.buffer(64);
        return target;
    }

    /** Ends a snapshot: writes what was added meanwhile, for all states of queues that it has. */
    public void endSnapshot(ByteBuf target) {
        if (additions != null) {
            target.writeBytes(additions);
            additions = null;
        }
    }

    /** A record was added to one of the indexes by time. */
    void noteAdded(TimeIndex index, long key, long sub, long value) {
        noteAdded(byTime.indexOf(index), key, sub, value);
    }

    /** A record was added to the index of keys. */
    void noteAddedKey(long key, long sub, long value) {
        noteAdded(KEYS_ADDED, key, sub, value);
    }

    private void noteAdded(int index, long key, long sub, long value) {
        if (additions != null) {
            additions.writeByte(index).writeLong(key).writeLong(sub).writeLong(value);
        }
    }

    /** Takes over what {@link #beginSnapshot} and {@link #endSnapshot} wrote. */
    public void restore(ByteBuf source) {
        byTime.forEach(each -> each.index().restore(source));
        keys.restore(source);
        while (source.isReadable()) {
            int index = source.readByte();
            long key = source.readLong();
            long sub = source.readLong();
            long value = source.readLong();
            if (index == KEYS_ADDED) {
                keys.addRecord(key, sub, value);
            } else {
                byTime.get(index).index().ordered().add(key, sub, value);
            }
        }
    }

    /**
     * Whether there may be delayed messages of which nobody knows any more when they are due: none has a record, and
     * damage may have taken some. Said once, until there is more damage.
     */
    public boolean takeLost() {
        boolean isLost = mayHaveLost && delays().isEmpty() && dates().isEmpty();
        mayHaveLost &= !isLost;
        return isLost;
    }
}
