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
import org.agrona.collections.LongArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The open queues of a shard, the segments that their entries are in, and which queues have something for those who
 * wait. Part of a shard; the loop's.
 */
public final class ShardQueues {
    private final Long2ObjectHashMap<Queue> byLog = new Long2ObjectHashMap<>();
    private final List<Queue> awake = new ArrayList<>();
    private final Producers producers = new Producers();
    private final IndexCache indexCache;
    private final SegmentUse segments;
    private final ShardContext context;
    private final ShardIndexes indexes;
    private final QueueOwner owner;
    private Runnable onSettled = () -> {};
    private Consumer<Queue> onUnsifted = queue -> {};

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

    /** Who numbers what it publishes to them. */
    public Producers producers() {
        return producers;
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

    /**
     * Has {@code queue} deliver the messages of {@code source} from {@code offset} on, where {@code isSifted} after
     * they were looked at; it is new, or begins again.
     */
    public void begin(Queue queue, Queue source, long offset, boolean isSifted) {
        context.leases().freeAll(queue);
        if (!queue.isFollower()) {
            queue.follow(source);
        }
        queue.beginAt(offset, isSifted);
    }

    /**
     * After the states of all were read: those that have the messages of others are given these. Where such a one was
     * dropped while the states were written, all of it are gone: so they are forgotten.
     */
    public void connect() {
        for (Queue queue : List.copyOf(all())) {
            Queue source = queue.isFollower() ? byLog.get(queue.sourceId()) : null;
            if (source != null) {
                queue.follow(source);
            } else if (queue.isFollower()) {
                forget(queue.log().id());
            }
        }
    }

    /**
     * Settles messages of {@code queue} from {@code from} up to but not {@code to}, none of which is leased, for all
     * its subscriptions too: leases that they have on these end. Returns how many messages that were.
     */
    public long settleForAll(Queue queue, long from, long to) {
        for (Queue each : queue.subscriptions()) {
            LongArrayList leased = new LongArrayList();
            for (int slot = context.leases().firstOf(each);
                    slot >= 0;
                    slot = context.leases().nextOf(slot)) {
                long offset = context.leases().offset(slot);
                if (offset >= from && offset < to) {
                    leased.addLong(slot);
                }
            }
            leased.forEachLong(slot -> {
                each.subscription().settleLeased(context.leases().offset((int) slot));
                context.leases().free((int) slot);
            });
            each.settleUnleased(from, to);
            each.markDirty();
        }
        wakeSubscriptions(queue);
        return queue.settleUnleased(from, to);
    }

    /** Gives up what there is of a queue, which has no subscriptions but its own. */
    public void forget(long logId) {
        Queue queue = takeBack(logId);
        if (queue != null && queue.isFollower()) {
            queue.endFollowing();
            queue.subscription().indexes().forEach(ShardIndex::drop);
        } else if (queue != null) {
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
            producers.forget(queue);
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

    /** Has {@code action} run with each subscription that may have messages to be looked at. */
    public void whenUnsifted(Consumer<Queue> action) {
        onUnsifted = action;
    }

    /** Forgets where entries of {@code queue} are that nobody needs any more, if they are its own. */
    public void dropSettledEntries(Queue queue) {
        if (queue.isFollower()) {
            return;
        }
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

    /** The same with those that have entries of their own. */
    public void visitLogs(QueueVisitor visitor, Runnable whenDone) {
        visit(queue -> queue.isFollower() ? 0 : visitor.visit(queue), whenDone);
    }

    // Those who wait.

    /** Has {@code queue} looked after at the end of the turn if somebody waits for its messages. */
    public void wake(Queue queue) {
        if (queue.subscription().unsifted().isUsed()) {
            onUnsifted.accept(queue);
        }
        if (!queue.isAwake && queue.hasWaiters()) {
            queue.isAwake = true;
            awake.add(queue);
            context.touch();
        }
    }

    /** Has {@code queue}, and all its subscriptions, looked after: there are new messages. */
    public void wakeAll(Queue queue) {
        wake(queue);
        wakeSubscriptions(queue);
    }

    private void wakeSubscriptions(Queue queue) {
        List<Queue> subscriptions = queue.subscriptions();
        for (int i = 0; i < subscriptions.size(); i++) {
            wake(subscriptions.get(i));
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
