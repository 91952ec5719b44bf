package io.millrace.engine.index;

import io.millrace.base.Clock;
import io.millrace.engine.context.ShardContext;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.record.TimeRecord;
import io.millrace.engine.time.TimerWheel;
import io.millrace.storage.run.Compaction;
import io.millrace.storage.run.OrderedIndex;
import io.millrace.storage.run.OrderedIndexOptions;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2LongHashMap;

/**
 * The messages of a shard, of all its queues, something of which happens at a time: they become due, or expire. One
 * timer waits for the first. What is said of a message may be out of date: whoever is told of it decides. The loop's.
 */
public final class TimeIndex {
    /** Messages in one turn; one takes about a microsecond. */
    private static final int TURN_MESSAGES = 2_000;
    /** The wall clock may be set at any time: one who waits for it looks this often. */
    private static final long WALL_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MAX_VALUE;

    private final ShardContext context;
    private final ShardIndexes indexes;
    private final boolean isWallTime;
    private final Listener listener;
    private final ShardIndex index;
    private final Runnable onTurn = this::onTurn;
    private int timer = LeaseTable.NO_SLOT;
    /** What the timer waits for; {@link Long#MIN_VALUE} while something else will have the front looked at. */
    private long awaitedMillis = Long.MIN_VALUE;

    private boolean isTurnPosted;
    private boolean isBlocked;

    /** Is told what comes to its time. */
    public interface Listener {
        /**
         * The time of the message at {@code offset} of log {@code logId} has come, if it is still to come by its {@code
         * round} ({@link TimeRecord#isOfRound}). Returns false where the message is not synced yet: it comes again.
         */
        boolean onTime(long logId, long offset, int priority, long round);

        /** Nothing is left, or nothing is left that is due, or there will be more in another turn. */
        void onTurnEnd();

        /** Nothing is left. */
        void onEmpty();

        /**
         * Of each log that can have a message to which something is to happen the offset below which there is none; for
         * others the greatest.
         */
        Long2LongHashMap floors();
    }

    /** Makes an empty one, whose times are wall time or the shard's. */
    TimeIndex(ShardContext context, ShardIndexes indexes, int kind, boolean isWallTime, Listener listener) {
        this.context = context;
        this.indexes = indexes;
        this.isWallTime = isWallTime;
        this.listener = listener;
        var options = OrderedIndexOptions.ordered(kind)
                .withHeadRecords(context.limits().indexRecordsMax());
        index = new ShardIndex(context, indexes, options, this::beginCompaction, this::look);
    }

    ShardIndex index() {
        return index;
    }

    /** Whether nothing is left, as far as was looked. */
    boolean isEmpty() {
        return awaitedMillis == NEVER;
    }

    /** The time now, as this index counts it. */
    public long nowMillis() {
        return isWallTime ? context.clock().epochMillis() : context.time().millis();
    }

    /** Adds a message, delivered {@code deliveries} times so far. */
    public void add(long millis, int priority, long logId, int deliveries, long offset) {
        long key = TimeRecord.key(millis, priority);
        long sub = TimeRecord.sub(logId, deliveries);
        long value = TimeRecord.value(offset, priority);
        index.ordered().add(key, sub, value);
        indexes.noteAdded(this, key, sub, value);
        if (TimeRecord.millis(key) < awaitedMillis) {
            await(TimeRecord.millis(key));
        }
    }

    /** Leaves out what has been settled in order, and what is of logs that it says nothing of any more. */
    private Compaction beginCompaction() {
        Long2LongHashMap floors = listener.floors();
        return new FloorCompaction() {
            @Override
            public boolean isAlive(long key, long sub, long value) {
                return TimeRecord.offset(value) >= floors.get(TimeRecord.logId(sub));
            }
        };
    }

    /** Looks at what is due, and waits for the rest. */
    void look() {
        if (!isTurnPosted) {
            onTurn();
        }
    }

    /** Something was synced: it may be what the first message waits for. */
    void onSynced() {
        if (isBlocked) {
            look();
        }
    }

    private void onTurn() {
        isTurnPosted = false;
        isBlocked = false;
        awaitedMillis = Long.MIN_VALUE;
        if (context.isRefusing()) {
            return;
        }
        OrderedIndex ordered = index.ordered();
        long nowMillis = nowMillis();
        for (int left = TURN_MESSAGES; left > 0; left--) {
            OrderedIndex.State state = ordered.peek();
            if (state != OrderedIndex.State.READY) {
                listener.onTurnEnd();
                if (state == OrderedIndex.State.EMPTY) {
                    awaitedMillis = NEVER;
                    listener.onEmpty();
                }
                return;
            }
            long millis = TimeRecord.millis(ordered.key());
            if (millis > nowMillis) {
                listener.onTurnEnd();
                await(millis);
                return;
            }
            if (!tell(ordered)) {
                listener.onTurnEnd();
                isBlocked = true;
                return;
            }
            ordered.poll();
        }
        listener.onTurnEnd();
        isTurnPosted = true;
        context.loop().execute(onTurn);
    }

    private boolean tell(OrderedIndex ordered) {
        long sub = ordered.sub();
        int priority = TimeRecord.priority(ordered.key(), ordered.value());
        return listener.onTime(TimeRecord.logId(sub), TimeRecord.offset(ordered.value()), priority, sub);
    }

    private void await(long millis) {
        awaitedMillis = millis;
        long nanos = isWallTime ? wallNanosUntil(millis) : context.time().nanosUntil(millis);
        Clock clock = context.clock();
        long deadlineNanos = clock.nanoTime() + Math.min(nanos, TimerWheel.NANOS_MAX);
        if (timer == LeaseTable.NO_SLOT) {
            timer = context.leases().alarm(this::look, deadlineNanos);
        } else {
            context.leases().reschedule(timer, deadlineNanos);
        }
        context.touch();
    }

    private long wallNanosUntil(long millis) {
        long left = Math.min(Math.max(0, millis - nowMillis()), WALL_NANOS_MAX);
        return Math.min(TimeUnit.MILLISECONDS.toNanos(left), WALL_NANOS_MAX);
    }
}
