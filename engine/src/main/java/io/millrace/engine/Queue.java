package io.millrace.engine;

import io.millrace.storage.index.IndexCache;
import io.millrace.storage.index.SealedRun;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A log with the one subscription that owns its messages, and those who wait for them. The loop's. */
final class Queue {
    private final MessageLog log;
    private final IndividualSubscription subscription;
    private final Set<Receive> waiting = new LinkedHashSet<>(2);
    private final Set<Fetch> fetches = new LinkedHashSet<>(2);
    /** Whether it is on the shard's list of queues to look after at the end of the turn. */
    boolean awake;

    boolean dropped;
    long published;

    long delivered;
    long redelivered;
    long acknowledged;
    long released;
    /** Leases that ran out. */
    long expired;
    /** Messages whose expiry has passed. */
    long messagesExpired;
    /** Whether messages may have an expiry. */
    boolean expires;

    /** The first of its slots in the lease table. */
    int firstSlot = LeaseTable.NO_SLOT;
    /** In a log that keeps the latest of each key: no key is twice below this offset, as far as it could be read. */
    long cleanTo;
    /** Whether some of it could not be read when keys were looked for. */
    boolean hasUnreadableKeys;
    /** Replay: records below it are in the state that the snapshot had. */
    long asOfPosition;
    /** Whether something has changed since it was written into a snapshot. */
    boolean dirty;
    /** Whether a block of its index is being read, without which nothing can be delivered. */
    boolean loading;
    /** How often blocks of its index were read since messages were leased last. */
    int loads;

    /** Makes an empty one; {@code orders} and {@code groups} make what several priorities, or groups, need. */
    Queue(
            long logId,
            long nextOffset,
            IndexCache cache,
            Function<Queue, PriorityOrder> orders,
            Function<Queue, GroupOrder> groups) {
        log = new MessageLog(logId, nextOffset, cache);
        subscription = new IndividualSubscription(nextOffset, () -> orders.apply(this), () -> groups.apply(this));
    }

    MessageLog log() {
        return log;
    }

    IndividualSubscription subscription() {
        return subscription;
    }

    Set<Receive> waiting() {
        return waiting;
    }

    /** The fetches that wait for the next entry. */
    Set<Fetch> fetches() {
        return fetches;
    }

    /** Takes the receive that has waited longest out; null where none waits. */
    @Nullable
    Receive pollWaiting() {
        Iterator<Receive> first = waiting.iterator();
        if (!first.hasNext()) {
            return null;
        }
        Receive receive = first.next();
        first.remove();
        return receive;
    }

    /** Lets messages below {@code offset} be delivered. */
    void publishReadable(long offset) {
        log.publishReadable(offset);
        subscription.publishReadable(log.readableOffset());
    }

    /** Forgets where entries are that nobody needs any more; {@code gone} hears of the runs in segments. */
    void dropSettledEntries(Consumer<SealedRun> gone) {
        log.entries().dropBelow(subscription.settled().floor(), gone);
    }

    /** Whether every message from {@code from} up to but not {@code to} is settled. */
    boolean isSettled(long from, long to) {
        return subscription.settled().nextUnsettled(from) >= to;
    }

    QueueStats stats() {
        return new QueueStats(
                subscription.ready(log.readableOffset()),
                subscription.leased(),
                subscription.delayed().size(),
                subscription.damaged().size(),
                waiting.size(),
                log.nextOffset(),
                new QueueCounters(published, delivered, redelivered, acknowledged, released, expired, messagesExpired));
    }
}
