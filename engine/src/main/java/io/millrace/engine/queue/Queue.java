package io.millrace.engine.queue;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.lease.LeaseOwner;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.subscription.GroupReader;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.subscription.SubscriptionOwner;
import io.millrace.storage.index.IndexCache;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.run.Compaction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A log with the one subscription that owns its messages, and what was counted of them. The loop's. */
public final class Queue extends LeaseOwner {
    private final MessageLog log;
    private final IndividualSubscription subscription;
    private final OffsetSet undecided = new OffsetSet();
    private final OffsetSet claimed = new OffsetSet();
    /** Whether it is on the list of queues to look after at the end of the turn. */
    boolean isAwake;

    private int waiters;
    private boolean dropped;
    private boolean dirty;
    private boolean expires;
    private boolean guarded;
    private boolean loading;
    private int loads;

    private long published;
    private long delivered;
    private long redelivered;
    private long acknowledged;
    private long released;
    private long rejected;
    private long leasesExpired;
    private long messagesExpired;
    private long dead;

    Queue(long logId, long nextOffset, IndexCache cache, ShardIndexes indexes, QueueOwner owner) {
        log = new MessageLog(logId, nextOffset, cache);
        subscription = new IndividualSubscription(nextOffset, new OfSubscription(indexes, owner));
    }

    private final class OfSubscription implements SubscriptionOwner {
        private final ShardIndexes indexes;
        private final QueueOwner owner;

        OfSubscription(ShardIndexes indexes, QueueOwner owner) {
            this.indexes = indexes;
            this.owner = owner;
        }

        @Override
        public ShardIndex makeIndex(int kind, Supplier<Compaction> compactions, Runnable onFront) {
            return indexes.ofQueue(kind, compactions, onFront);
        }

        @Override
        public void onFront() {
            owner.onFront(Queue.this);
        }

        @Override
        public GroupReader makeGroupReader() {
            return owner.makeGroupReader(Queue.this);
        }
    }

    /** The messages that transactions have published which are not decided yet: nobody sees them. */
    public OffsetSet undecided() {
        return undecided;
    }

    /** Those that such transactions have acknowledged: nobody else gets them. */
    public OffsetSet claimed() {
        return claimed;
    }

    /** Messages below it are synced and decided: whoever reads them in order will not have missed any. */
    public long stableOffset() {
        long first = undecided.nextPresent(0);
        return first < 0 ? log.readableOffset() : Math.min(first, log.readableOffset());
    }

    /** The log of its messages. */
    public MessageLog log() {
        return log;
    }

    /** What became of its messages. */
    public IndividualSubscription subscription() {
        return subscription;
    }

    /** Lets messages below {@code offset} be delivered. */
    public void publishReadable(long offset) {
        log.publishReadable(offset);
        subscription.publishReadable(log.readableOffset());
    }

    /** Forgets where entries are that nobody needs any more; {@code gone} hears of the runs in segments. */
    void dropSettledEntries(Consumer<SealedRun> gone) {
        log.entries().dropBelow(subscription.settled().floor(), gone);
    }

    /** Whether every message from {@code from} up to but not {@code to} is settled. */
    public boolean isSettled(long from, long to) {
        return subscription.settled().nextUnsettled(from) >= to;
    }

    /** Whether it was removed: nobody can have anything of it any more. */
    public boolean isDropped() {
        return dropped;
    }

    void drop() {
        dropped = true;
    }

    /** Whether something has changed since it was written into a snapshot. */
    public boolean isDirty() {
        return dirty;
    }

    /** Something has changed. */
    public void markDirty() {
        dirty = true;
    }

    /** It is being written into a snapshot, as it is now. */
    public void markClean() {
        dirty = false;
    }

    /** Whether messages may have an expiry. */
    public boolean expires() {
        return expires;
    }

    /** Messages may have an expiry from now on. */
    public void markExpires() {
        expires = true;
    }

    // Those who wait for its messages, wherever they are kept.

    /** Whether somebody waits for its messages. */
    public boolean hasWaiters() {
        return waiters > 0;
    }

    /** How many wait for its messages. */
    public int waiters() {
        return waiters;
    }

    /** So many more wait for its messages, or where that is negative so many less. */
    public void addWaiters(int more) {
        waiters += more;
    }

    /** Whether not everybody gets its messages who asks for them, now or always: somebody knows who does. */
    public boolean isGuarded() {
        return guarded;
    }

    /** From now on somebody is asked who gets its messages, or nobody is. */
    public void setGuarded(boolean isGuarded) {
        guarded = isGuarded;
    }

    /** Whether a block of its index is being read, without which nothing can be delivered. */
    public boolean isLoading() {
        return loading;
    }

    /** A block of its index is being read from now on, or is not any more. */
    public void setLoading(boolean isLoading) {
        loading = isLoading;
    }

    /** How often blocks of its index were read since messages were leased last. */
    public int loads() {
        return loads;
    }

    /** Blocks of its index are read once more. */
    public void countLoad() {
        loads++;
    }

    /** Messages were leased. */
    public void clearLoads() {
        loads = 0;
    }

    // What it did since the start.

    /** {@code messages} were stored. */
    public void countPublished(int messages) {
        published += messages;
    }

    /** A message was leased, not for the first time where {@code isAgain}. */
    public void countDelivered(boolean isAgain) {
        delivered++;
        redelivered += isAgain ? 1 : 0;
    }

    /** A consumer has settled a message. */
    public void countAcknowledged() {
        acknowledged++;
    }

    /** A consumer has given a message back. */
    public void countReleased() {
        released++;
    }

    /** A consumer has refused a message. */
    public void countRejected() {
        rejected++;
    }

    /** A lease has run out. */
    public void countLeaseExpired() {
        leasesExpired++;
    }

    /** A message was settled because its expiry has passed. */
    public void countMessageExpired() {
        messagesExpired++;
    }

    /** A message is not delivered any more, and will be moved. */
    public void countDead() {
        dead++;
    }

    /** Messages that became dead letters. */
    public long dead() {
        return dead;
    }

    /** Messages stored. */
    public long published() {
        return published;
    }

    /** Deliveries, first and further. */
    public long delivered() {
        return delivered;
    }

    /** Deliveries that were not the first of their message. */
    public long redelivered() {
        return redelivered;
    }

    /** Messages settled by a consumer. */
    public long acknowledged() {
        return acknowledged;
    }

    /** Messages given back by a consumer. */
    public long released() {
        return released;
    }

    /** Messages refused by a consumer. */
    public long rejected() {
        return rejected;
    }

    /** Leases that ran out. */
    public long leasesExpired() {
        return leasesExpired;
    }

    /** Messages that nobody had settled when their expiry came. */
    public long messagesExpired() {
        return messagesExpired;
    }
}
