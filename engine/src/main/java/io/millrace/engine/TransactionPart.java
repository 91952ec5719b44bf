package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.queue.Queue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction does in one shard: it takes effect as a whole or not at all. Filled before it is handed in; from
 * then on of the shard's loop, on which exactly one outcome is called.
 */
abstract class TransactionPart implements Completion, Arrival {
    /** The token of a transaction in one shard alone. */
    static final long NO_TOKEN = 0;

    private static final int[] NOBODY = {};

    private final Shard shard;
    private final List<Publishing> publishes = new ArrayList<>();
    private final List<Acknowledging> acknowledged = new ArrayList<>();
    /** The first one with each key. */
    private final Map<Key, Publishing> byKey = new HashMap<>();
    /** Its publishes while they wait for their keys to be looked up. */
    final List<PublishLine.Waiting> waiting = new ArrayList<>();

    private boolean isPrepared;
    private int coordinator;
    private long token = NO_TOKEN;
    private int[] participants = NOBODY;
    private long bodyBytes;

    private record Key(long logId, long high, long low) {}

    /** A publish of it. */
    static final class Publishing {
        private static final long NEW = -1;

        final long logId;
        final Publish publish;
        /** Another one of the same transaction with the same key, which is the one that counts. */
        private final @Nullable Publishing first;

        private long originalOffset = NEW;

        private Publishing(long logId, Publish publish, @Nullable Publishing first) {
            this.logId = logId;
            this.publish = publish;
            this.first = first;
        }

        /** Whether the transaction itself has it already. */
        boolean isRepeated() {
            return first != null;
        }

        /** It was published before, as the message at {@code offset}. */
        void markDuplicate(long offset) {
            originalOffset = offset;
        }

        /** Whether there is something to store. */
        boolean isNew() {
            return first == null && originalOffset == NEW;
        }

        Queue queue() {
            return Check.notNull(publish.queue, "the queue of a publish was looked up");
        }

        /** Says where the messages are, which are on stable storage. */
        void tell() {
            if (first != null) {
                publish.onDuplicate(first.offset());
            } else if (originalOffset != NEW) {
                publish.onDuplicate(originalOffset);
            } else {
                publish.onStored(publish.firstOffset);
            }
        }

        private long offset() {
            return originalOffset == NEW ? publish.firstOffset : originalOffset;
        }
    }

    /** A message that it ends: its lease, because it is done with; or one that nobody holds. */
    static final class Acknowledging {
        /** The token of no lease. */
        private static final long UNLEASED = 0;

        final long logId;
        final long offset;
        final long token;

        @Nullable
        Queue queue;

        private Acknowledging(long logId, long offset, long token) {
            this.logId = logId;
            this.offset = offset;
            this.token = token;
        }

        /** Whether it is a message that nobody holds. */
        boolean isUnleased() {
            return token == UNLEASED;
        }

        Queue queue() {
            return Check.notNull(queue, "the queue of a lease was looked up");
        }
    }

    /** One in {@code shard} that does nothing yet. */
    TransactionPart(Shard shard) {
        this.shard = shard;
    }

    Shard shard() {
        return shard;
    }

    void add(long logId, Publish publish) {
        Key key = new Key(logId, publish.deduplicationHigh(), publish.deduplicationLow());
        Publishing added = new Publishing(logId, publish, byKey.get(key));
        if (publish.isDeduplicated()) {
            byKey.putIfAbsent(key, added);
        }
        publishes.add(added);
        bodyBytes += added.isRepeated() ? 0 : publish.bodyBytes();
    }

    void acknowledge(long logId, long offset, long leaseToken) {
        acknowledged.add(new Acknowledging(logId, offset, leaseToken));
    }

    /** Ends a message that nobody holds; only of a part that is not prepared. */
    void remove(long logId, long offset) {
        acknowledge(logId, offset, Acknowledging.UNLEASED);
    }

    List<Publishing> publishes() {
        return publishes;
    }

    List<Acknowledging> acknowledged() {
        return acknowledged;
    }

    /** Whether it publishes something that must be stored once only. */
    boolean isDeduplicated() {
        return !byKey.isEmpty();
    }

    /** It is only prepared: {@code coordinatorShard} will decide, and knows it by {@code ofTransaction}. */
    void prepareFor(int coordinatorShard, long ofTransaction) {
        isPrepared = true;
        coordinator = coordinatorShard;
        token = ofTransaction;
    }

    /** It decides the transaction, which these shards have prepared. */
    void decideFor(long ofTransaction, int[] preparedShards) {
        token = ofTransaction;
        participants = preparedShards;
    }

    boolean isPrepared() {
        return isPrepared;
    }

    int coordinatorShard() {
        return coordinator;
    }

    long token() {
        return token;
    }

    int[] participants() {
        return participants;
    }

    @Override
    public long bodyBytes() {
        return bodyBytes;
    }

    @Override
    public void place(Deduplication deduplication) {
        deduplication.place(this);
    }

    @Override
    public void refuse(Refusal reason) {
        onLost(reason);
    }

    /** It is on stable storage: prepared, or done. */
    abstract void onDone();

    /** Nothing of it is done, nor will be, but see {@link Refusal#STORAGE_FAILED}. */
    abstract void onRefused(Refusal reason);

    @Override
    public void onSynced(Shard ofPart) {
        for (Publishing each : publishes) {
            if (each.isNew()) {
                each.queue().publishReadable(each.publish.firstOffset + each.publish.count());
                ofPart.queues().wakeAll(each.queue());
            }
        }
        onDone();
    }

    @Override
    public void onLost(Refusal reason) {
        onRefused(reason);
    }

    /** Tells the publishers that their messages are stored. */
    void tellStored() {
        for (Publishing each : publishes) {
            try {
                each.tell();
            } catch (RuntimeException | Error e) {
                shard.host().onFault(shard, e);
            }
        }
    }

    /** Tells the publishers that they are not. */
    void tellRefused(Refusal reason) {
        for (Publishing each : publishes) {
            try {
                each.publish.onRefused(reason);
            } catch (RuntimeException | Error e) {
                shard.host().onFault(shard, e);
            }
        }
    }
}
