package io.millrace.engine;

import io.millrace.base.Clock;
import io.millrace.storage.run.Compaction;
import io.millrace.storage.run.OrderedIndex;
import io.millrace.storage.run.OrderedIndexOptions;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.Long2LongHashMap;

/**
 * The messages of a shard, of all its queues, something of which happens at a time: they become due, or expire. One
 * timer waits for the first. What is said of a message may be out of date: whoever is told of it decides. The loop's.
 */
abstract class TimeIndex {
    /** Messages in one turn; one takes about a microsecond. */
    private static final int TURN_MESSAGES = 2_000;
    /** The wall clock may be set at any time: one who waits for it looks this often. */
    private static final long WALL_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MAX_VALUE;

    private final Shard shard;
    private final ShardIndexes indexes;
    private final boolean isWallTime;
    private final ShardIndex index;
    private final Runnable onTurn = this::onTurn;
    private int timer = LeaseTable.NO_SLOT;
    /** What the timer waits for; {@link Long#MIN_VALUE} while something else will have the front looked at. */
    private long awaitedMillis = Long.MIN_VALUE;

    private boolean isTurnPosted;
    private boolean isBlocked;

    /** Makes an empty one, whose times are wall time or the shard's. */
    TimeIndex(Shard shard, ShardIndexes indexes, int kind, boolean isWallTime) {
        this.shard = shard;
        this.indexes = indexes;
        this.isWallTime = isWallTime;
        var options =
                OrderedIndexOptions.ordered(kind).withHeadRecords(shard.limits().indexRecordsMax());
        index = new ShardIndex(shard, indexes, options, this::beginCompaction, this::look);
    }

    ShardIndex index() {
        return index;
    }

    /** Whether nothing is left, as far as was looked. */
    final boolean isEmpty() {
        return awaitedMillis == NEVER;
    }

    /** The time now, as this index counts it. */
    final long nowMillis() {
        return isWallTime ? shard.clock().epochMillis() : shard.time().millis();
    }

    /** Adds a message, delivered {@code deliveries} times so far. */
    final void add(long millis, int priority, long logId, int deliveries, long offset) {
        long key = TimeRecord.key(millis, priority);
        long sub = TimeRecord.sub(logId, deliveries);
        long value = TimeRecord.value(offset, priority);
        index.ordered().add(key, sub, value);
        indexes.noteAdded(this, key, sub, value);
        if (TimeRecord.millis(key) < awaitedMillis) {
            await(TimeRecord.millis(key));
        }
    }

    /** Leaves out what has been settled in order, and what is of queues that it says nothing of any more. */
    private Compaction beginCompaction() {
        Long2LongHashMap floors = new Long2LongHashMap(Long.MAX_VALUE);
        for (Queue queue : shard.queues().all()) {
            if (isUsedBy(queue)) {
                floors.put(queue.log().id(), queue.subscription().settled().floor());
            }
        }
        return new FloorCompaction() {
            @Override
            public boolean isAlive(long key, long sub, long value) {
                return TimeRecord.offset(value) >= floors.get(TimeRecord.logId(sub));
            }
        };
    }

    /** Whether there can be a message of {@code queue} to which something is to happen. */
    abstract boolean isUsedBy(Queue queue);

    /** Looks at what is due, and waits for the rest. */
    final void look() {
        if (!isTurnPosted) {
            onTurn();
        }
    }

    /** Something was synced: it may be what the first message waits for. */
    final void onSynced() {
        if (isBlocked) {
            look();
        }
    }

    private void onTurn() {
        isTurnPosted = false;
        isBlocked = false;
        awaitedMillis = Long.MIN_VALUE;
        if (shard.isRefusing()) {
            return;
        }
        OrderedIndex ordered = index.ordered();
        long nowMillis = nowMillis();
        for (int left = TURN_MESSAGES; left > 0; left--) {
            OrderedIndex.State state = ordered.peek();
            if (state != OrderedIndex.State.READY) {
                onTurnEnd();
                if (state == OrderedIndex.State.EMPTY) {
                    awaitedMillis = NEVER;
                    onEmpty();
                }
                return;
            }
            long millis = TimeRecord.millis(ordered.key());
            if (millis > nowMillis) {
                onTurnEnd();
                await(millis);
                return;
            }
            if (!tell(ordered)) {
                onTurnEnd();
                isBlocked = true;
                return;
            }
            ordered.poll();
        }
        onTurnEnd();
        isTurnPosted = true;
        shard.loop().execute(onTurn);
    }

    private boolean tell(OrderedIndex ordered) {
        Queue queue = shard.queues().get(TimeRecord.logId(ordered.sub()));
        if (queue == null) {
            return true;
        }
        int priority = TimeRecord.priority(ordered.key(), ordered.value());
        return onTime(queue, TimeRecord.offset(ordered.value()), priority, ordered.sub());
    }

    /**
     * The time of the message at {@code offset} has come, if it is still to come by its {@code round} ({@link
     * TimeRecord#isOfRound}). Returns false where the message is not synced yet: it comes again.
     */
    abstract boolean onTime(Queue queue, long offset, int priority, long round);

    /** Nothing is left, or nothing is left that is due, or there will be more in another turn. */
    abstract void onTurnEnd();

    /** Nothing is left. */
    abstract void onEmpty();

    private void await(long millis) {
        awaitedMillis = millis;
        long nanos = isWallTime ? wallNanosUntil(millis) : shard.time().nanosUntil(millis);
        Clock clock = shard.clock();
        long deadlineNanos = clock.nanoTime() + Math.min(nanos, TimerWheel.NANOS_MAX);
        if (timer == LeaseTable.NO_SLOT) {
            timer = shard.leases().alarm(this::look, deadlineNanos);
        } else {
            shard.leases().reschedule(timer, deadlineNanos);
        }
        shard.touch();
    }

    private long wallNanosUntil(long millis) {
        long left = Math.min(Math.max(0, millis - nowMillis()), WALL_NANOS_MAX);
        return Math.min(TimeUnit.MILLISECONDS.toNanos(left), WALL_NANOS_MAX);
    }
}
