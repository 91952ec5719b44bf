package io.millrace.engine.queue;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.lease.LeaseOwner;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.subscription.GroupReader;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.engine.subscription.SubscriptionOwner;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.index.IndexCache;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.run.Compaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A log with the one subscription that owns its messages, and what was counted of them; or a further subscription of
 * such a log, its <em>source</em>, which delivers the messages of that in its own way and keeps none alive by itself.
 * The loop's.
 */
public final class Queue extends LeaseOwner {
    /** That of a queue that is no subscription of another. */
    public static final long NO_SOURCE = -1;

    private final MessageLog log;
    private final SubscriptionOwner ofSubscription;
    private IndividualSubscription subscription;
    private final OffsetSet undecided = new OffsetSet();
    private final OffsetSet claimed = new OffsetSet();
    private long sourceId = NO_SOURCE;
    private @Nullable Queue source;
    private List<Queue> subscriptions = List.of();
    private final QueueOwner owner;
    private @Nullable QueueLength length;
    /** Whether it is on the list of queues to look after at the end of the turn. */
    boolean isAwake;

    /** Whether it is in the line of those whose messages are looked at. */
    public boolean isSifting;

    /** By id; null where there never were any. The property of {@link Producers}. */
    @Nullable
    Long2ObjectHashMap<Producer> producers;

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
    private long overflowed;
    private long refused;

    Queue(long logId, long nextOffset, IndexCache cache, ShardIndexes indexes, QueueOwner owner) {
        this.owner = owner;
        log = new MessageLog(logId, nextOffset, cache);
        ofSubscription = new OfSubscription(indexes);
        subscription = new IndividualSubscription(nextOffset, ofSubscription);
    }

    private final class OfSubscription implements SubscriptionOwner {
        private final ShardIndexes indexes;

        OfSubscription(ShardIndexes indexes) {
            this.indexes = indexes;
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

        @Override
        public void onChanged(long from, long to) {
            Queue.this.onChanged(from, to);
        }
    }

    // Several subscriptions of one log.

    /** The log whose messages it delivers; {@link #NO_SOURCE} where they are its own. */
    public long sourceId() {
        return sourceId;
    }

    /** Whether its messages are those of another. */
    public boolean isFollower() {
        return sourceId != NO_SOURCE;
    }

    /** The queue whose messages it delivers: itself, where it is no subscription of another. */
    public Queue source() {
        return source == null ? this : source;
    }

    /** The subscriptions of its log besides its own; they hear of all that happens to its messages. */
    public List<Queue> subscriptions() {
        return subscriptions;
    }

    /** While states are read: its messages are those of log {@code id}, which may be read later. */
    public void restoreSource(long id) {
        sourceId = id;
    }

    void follow(Queue other) {
        sourceId = other.log.id();
        source = other;
        log.follow(other.log);
        if (other.subscriptions.isEmpty()) {
            other.subscriptions = new ArrayList<>();
        }
        other.subscriptions.add(this);
    }

    void endFollowing() {
        if (source != null) {
            source.subscriptions.remove(this);
        }
    }

    /**
     * Begins at {@code offset}, whatever was known of it: all before is settled, and nothing from there on but what is
     * settled in its source; what that keeps back is kept back here too; where {@code isSifted} messages are looked at
     * first. It has no leases.
     */
    void beginAt(long offset, boolean isSifted) {
        subscription.indexes().forEach(ShardIndex::drop);
        IndividualSubscription ofSource = source().subscription;
        subscription = new IndividualSubscription(offset, ofSubscription);
        if (isSifted) {
            subscription.unsifted().begin();
        }
        subscription.append(offset, Math.max(offset, log.nextOffset()), EntryEnvelope.PRIORITY_NORMAL, true);
        forEachRun(ofSource.delayed(), offset, subscription::appendDelayed);
        forEachRun(undecided(), offset, subscription.unsifted()::removeRange);
        subscription.settleUnleased(offset, Math.max(offset, ofSource.settled().floor()));
        forEachRun(ofSource.settled().above(), offset, subscription::settleUnleased);
        dirty = true;
    }

    private interface RunVisitor {
        void onRun(long from, long to);
    }

    private static void forEachRun(OffsetSet offsets, long start, RunVisitor visitor) {
        for (long from = offsets.nextPresent(start); from >= 0; ) {
            long to = offsets.nextAbsent(from);
            visitor.onRun(from, to);
            from = offsets.nextPresent(to);
        }
    }

    /** The messages that transactions have published which are not decided yet: nobody sees them. */
    public OffsetSet undecided() {
        return source().undecided;
    }

    /** Those that such transactions have acknowledged: nobody else gets them. */
    public OffsetSet claimed() {
        return claimed;
    }

    /** Messages below it are synced and decided: whoever reads them in order will not have missed any. */
    public long stableOffset() {
        long first = undecided().nextPresent(0);
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
        long before = log.readableOffset();
        log.publishReadable(offset);
        subscription.publishReadable(log.readableOffset());
        for (int i = 0; i < subscriptions.size(); i++) {
            subscriptions.get(i).subscription.publishReadable(log.readableOffset());
        }
        if (length != null) {
            length.readableFrom(before);
            owner.onLengthChanged(this);
        }
    }

    /** Forgets where entries are that nobody needs any more; {@code gone} hears of the runs in segments. */
    void dropSettledEntries(Consumer<SealedRun> gone) {
        long floor = subscription.settled().floor();
        log.entries().dropBelow(length == null ? floor : length.release(floor), gone);
    }

    // How many messages wait.

    /** How long it is; null where it may get as long as it likes. */
    public @Nullable QueueLength length() {
        return length;
    }

    /** Has it held to {@code policy} from now on. */
    public void limit(LengthPolicy policy) {
        if (!policy.isLimited()) {
            length = null;
        } else if (length == null) {
            length = new QueueLength(this, policy);
            owner.onLengthChanged(this);
        } else if (!policy.equals(length.policy())) {
            length.set(policy);
            owner.onLengthChanged(this);
        }
    }

    /** Something has become of messages: they may not wait any more, or wait again. */
    public void onChanged(long from, long to) {
        if (length != null) {
            length.change(from, to);
            owner.onLengthChanged(this);
        }
    }

    /** Messages of {@code entry}, which was appended or replayed last, are undecided. */
    public void hold(EntryEnvelope entry) {
        long end = entry.firstOffset + entry.span;
        undecided.addRange(entry.firstOffset, end);
        if (length != null) {
            length.hold(entry.firstOffset, end, EntryRecord.ENVELOPE_AT + entry.bytes() + entry.bodyBytes);
        }
    }

    /** Settles a range none of which is leased, whatever holds it; returns how many messages that were. */
    public long settleUnleased(long from, long to) {
        undecided.removeRange(from, to);
        claimed.removeRange(from, to);
        return subscription.settleUnleased(from, to);
    }

    private boolean isHeld(long offset) {
        boolean isUndecided = undecided.contains(offset) && (length == null || !length.countsUndecided());
        return isUndecided || claimed.contains(offset);
    }

    /** How many messages wait: they can be delivered, or are not due yet, and are not held by a transaction. */
    long waiting() {
        long held = claimed.size() + (length != null && length.countsUndecided() ? 0 : undecided.size());
        return Math.max(0, subscription.view().waiting(log.nextOffset()) - held);
    }

    /** Whether for certain none waits. */
    boolean isDrained() {
        return undecided.isEmpty() && claimed.isEmpty() && waiting() == 0;
    }

    /** Whether the message at {@code offset} is one of them. */
    boolean isWaiting(long offset) {
        return offset < log.nextOffset()
                && !isHeld(offset)
                && subscription.view().isWaiting(offset);
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
        return source().expires;
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

    /** {@code messages} of its source have come. Where they are looked at first, those count that it then delivers. */
    public void countArrived(int messages) {
        published += subscription.unsifted().isUsed() ? 0 : messages;
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

    /** A message has had to go because the queue was too long. */
    public void countOverflowed() {
        overflowed++;
    }

    /** {@code messages} were not taken because the queue was full. */
    public void countRefused(int messages) {
        refused += messages;
    }

    /** Messages that have had to go because the queue was too long. */
    public long overflowed() {
        return overflowed;
    }

    /** Messages that were not taken because the queue was full. */
    public long refused() {
        return refused;
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
