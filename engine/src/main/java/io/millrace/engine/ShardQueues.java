package io.millrace.engine;

import io.millrace.storage.index.IndexCache;
import io.millrace.storage.index.IndexMemory;
import java.util.Collection;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** The open queues of a shard, and the segments that their entries are in. Part of a shard; the loop's. */
final class ShardQueues {
    private final Long2ObjectHashMap<Queue> byLog = new Long2ObjectHashMap<>();
    private final IndexCache indexCache;
    private final SegmentUse segments = new SegmentUse();
    private final LeaseTable leases;
    private final ShardIndexes indexes;

    /** Makes none; blocks of the index of sealed segments take what they may of {@code memory}. */
    ShardQueues(LeaseTable leases, ShardIndexes indexes, IndexMemory memory) {
        this.indexCache = new IndexCache(memory);
        this.leases = leases;
        this.indexes = indexes;
    }

    @Nullable
    Queue get(long logId) {
        return byLog.get(logId);
    }

    Collection<Queue> all() {
        return byLog.values();
    }

    Collection<Long> logs() {
        return byLog.keySet();
    }

    IndexCache indexCache() {
        return indexCache;
    }

    SegmentUse segments() {
        return segments;
    }

    /** Makes the queue of a log that has none; its next message will have {@code nextOffset}. */
    Queue make(long logId, long nextOffset) {
        Queue queue = new Queue(logId, nextOffset, indexCache, indexes::makeOrder, indexes::makeGroups);
        byLog.put(logId, queue);
        return queue;
    }

    /** Gives up what there is of a queue. */
    void forget(long logId) {
        Queue queue = takeBack(logId);
        if (queue != null) {
            queue.log().entries().sealed().forEach(segments::release);
            queue.subscription().indexes().forEach(ShardIndex::drop);
        }
    }

    /**
     * While a snapshot is read, which counts the use of segments at its end: what was said of a queue does not hold.
     */
    @Nullable
    Queue takeBack(long logId) {
        Queue queue = byLog.remove(logId);
        if (queue != null) {
            queue.dropped = true;
            leases.freeAll(queue);
            indexes.forget(queue);
        }
        return queue;
    }

    /**
     * Forgets where entries of {@code queue} are that nobody needs; returns whether less may live in some segment now.
     */
    boolean dropSettledEntries(Queue queue) {
        boolean sealed = !queue.log().entries().sealed().isEmpty();
        queue.dropSettledEntries(run -> {
            segments.release(run);
            queue.dirty = true;
        });
        return sealed;
    }
}
