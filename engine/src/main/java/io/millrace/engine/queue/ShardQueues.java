package io.millrace.engine.queue;

import io.millrace.engine.context.ShardContext;
import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.segment.SegmentUse;
import io.millrace.storage.index.IndexCache;
import io.millrace.storage.index.IndexMemory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The open queues of a shard, the segments that their entries are in, and which queues have something for those who
 * wait. Part of a shard; the loop's.
 */
public final class ShardQueues {
    private final Long2ObjectHashMap<Queue> byLog = new Long2ObjectHashMap<>();
    private final List<Queue> awake = new ArrayList<>();
    private final IndexCache indexCache;
    private final SegmentUse segments;
    private final ShardContext context;
    private final ShardIndexes indexes;
    private final QueueOwner owner;
    private Runnable onSettled = () -> {};

    /** Makes none; blocks of the index of sealed segments take what they may of {@code memory}. */
    public ShardQueues(
            ShardContext context, ShardIndexes indexes, SegmentUse segments, IndexMemory memory, QueueOwner owner) {
        this.context = context;
        this.indexes = indexes;
        this.segments = segments;
        this.indexCache = new IndexCache(memory);
        this.owner = owner;
    }

    /** The queue of log {@code logId}; null where it is not open. */
    public @Nullable Queue get(long logId) {
        return byLog.get(logId);
    }

    /** All of them; nothing is opened or dropped while one goes through them. */
    public Collection<Queue> all() {
        return byLog.values();
    }

    /** Their logs. */
    public Collection<Long> logs() {
        return byLog.keySet();
    }

    /** The blocks in memory of the index of sealed segments. */
    public IndexCache indexCache() {
        return indexCache;
    }

    /** The segments that entries are in. */
    public SegmentUse segments() {
        return segments;
    }

    /** Makes the queue of a log that has none; its next message will have {@code nextOffset}. */
    public Queue make(long logId, long nextOffset) {
        Queue queue = new Queue(logId, nextOffset, indexCache, indexes, owner);
        byLog.put(logId, queue);
        return queue;
    }

    /** Gives up what there is of a queue. */
    public void forget(long logId) {
        Queue queue = takeBack(logId);
        if (queue != null) {
            queue.log().entries().sealed().forEach(segments::release);
            queue.subscription().indexes().forEach(ShardIndex::drop);
        }
    }

    /**
     * While a snapshot is read, which counts the use of segments at its end: what was said of a queue does not hold.
     */
    public @Nullable Queue takeBack(long logId) {
        Queue queue = byLog.remove(logId);
        if (queue != null) {
            queue.drop();
            context.leases().freeAll(queue);
            queue.subscription().indexes().forEach(indexes::forget);
        }
        return queue;
    }

    /** By log the floor of what is settled, of those queues that {@code which} says; the greatest for all others. */
    public Long2LongHashMap floors(Predicate<Queue> which) {
        Long2LongHashMap floors = new Long2LongHashMap(Long.MAX_VALUE);
        for (Queue queue : all()) {
            if (which.test(queue)) {
                floors.put(queue.log().id(), queue.subscription().settled().floor());
            }
        }
        return floors;
    }

    /** Has {@code action} run when less may live in some segment. */
    public void whenSettled(Runnable action) {
        onSettled = action;
    }

    /** Forgets where entries of {@code queue} are that nobody needs any more. */
    public void dropSettledEntries(Queue queue) {
        boolean sealed = !queue.log().entries().sealed().isEmpty();
        queue.dropSettledEntries(run -> {
            segments.release(run);
            queue.markDirty();
        });
        if (sealed) {
            onSettled.run();
        }
    }

    /**
     * Has {@code visitor} look at every queue, a few in a turn; {@code whenDone} runs at the end, unless the shard is
     * closed or has failed before. Queues that are dropped meanwhile are left out; those that are opened may be.
     */
    public void visit(QueueVisitor visitor, Runnable whenDone) {
        new QueuePass(context, all(), visitor, whenDone).run();
    }

    // Those who wait.

    /** Has {@code queue} looked after at the end of the turn if somebody waits for its messages. */
    public void wake(Queue queue) {
        if (!queue.isAwake && queue.hasWaiters()) {
            queue.isAwake = true;
            awake.add(queue);
            context.touch();
        }
    }

    /** Gives those that were woken to {@code visitor}, and those that are woken meanwhile; no dropped ones. */
    public void serveAwake(Consumer<Queue> visitor) {
        for (int i = 0; i < awake.size(); i++) {
            Queue queue = awake.get(i);
            queue.isAwake = false;
            if (!queue.isDropped()) {
                visitor.accept(queue);
            }
        }
        awake.clear();
    }
}
