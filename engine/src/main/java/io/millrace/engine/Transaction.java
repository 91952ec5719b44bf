package io.millrace.engine;

import io.millrace.base.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Publishes and acknowledgements, to any queues of any shards, that take effect entirely or not at all, also across a
 * crash. A door subclasses it, adds what is to be done and calls {@link #run}, all on one thread; exactly one of the
 * outcomes is called then, on a loop of one of the shards, after the publishers have heard theirs on the loops of their
 * shards.
 *
 * <p>Within one shard it is one change of its log. Where there are several, all but one <em>prepare</em>: what they
 * will have done is in their logs, and kept back. When that is on stable storage, the last one, the
 * <em>coordinator</em>, does its part and notes with it, in one change of its log, that the others are to do theirs.
 * From then on the transaction is committed, whatever happens; a shard that has prepared and knows of no decision asks
 * for it at the next start, and where there is none the transaction was not to be ({@link TransactionRecovery}).
 *
 * <p>A publish that must be stored once only waits where another transaction has prepared one with the same key. So
 * that no two wait for each other, shards prepare one after the other then, in the order of their numbers; and what has
 * a {@link #decider} has no such publish.
 */
public abstract class Transaction {
    /** By the number of the shard. The coordinator is the last, unless there is a {@link #decider}. */
    private final TreeMap<Integer, Part> parts = new TreeMap<>();

    /** Where something is done that cannot be prepared. */
    private @Nullable Shard decider;

    // Of the coordinator's loop once it runs.
    private List<Part> participants = List.of();
    private @Nullable Part coordinator;
    private long token;
    private int prepared;
    private int answers;
    private @Nullable Refusal refusal;

    /** Adds a publish to the queue with log {@code logId} of {@code shard}. */
    public final void publish(Shard shard, long logId, Publish publish) {
        part(shard).add(logId, publish);
    }

    /**
     * Adds the end of the lease {@code leaseToken} on the message at {@code offset} of log {@code logId} of {@code
     * shard}, which is done with. If the lease does not live any more, nothing is done.
     */
    public final void acknowledge(Shard shard, long logId, long offset, long leaseToken) {
        part(shard).acknowledge(logId, offset, leaseToken);
    }

    /**
     * Adds the end of the message at {@code offset} of log {@code logId} of {@code shard}, which no consumer holds. If
     * one does when it comes to that, or the message is gone, nothing is done. Of one shard only, and with no publish
     * that must be stored once only, see {@link #define}.
     */
    public final void remove(Shard shard, long logId, long offset) {
        decideIn(shard);
        part(shard).remove(logId, offset);
    }

    private Part part(Shard shard) {
        return parts.computeIfAbsent(shard.id(), id -> new Part(shard));
    }

    /**
     * Adds a publish to the catalog, in {@code shard}, which is the coordinator then: what is done there is never in
     * doubt at a start. No publish may be one that must be stored once only, for shards would not wait for their keys
     * in the order of their numbers.
     */
    public final void define(Shard shard, Publish definition) {
        decideIn(shard);
        publish(shard, Shard.CATALOG_LOG, definition);
    }

    private void decideIn(Shard shard) {
        Check.that(decider == null || decider == shard, "what cannot be prepared is in one shard");
        decider = shard;
    }

    /** Has all of it done; there is something to do. */
    public final void run() {
        Check.that(
                decider == null || parts.values().stream().noneMatch(TransactionPart::isDeduplicated),
                "a transaction with a coordinator of its own has no keys to wait for");
        Part last = decider == null ? parts.lastEntry().getValue() : part(decider);
        coordinator = last;
        participants = new ArrayList<>(parts.values());
        participants.remove(last);
        on(last, participants.isEmpty() ? () -> last.shard().take(last) : this::begin);
    }

    /** It is done, on stable storage. */
    protected abstract void onCommitted();

    /** Nothing of it is done, nor will be, but see {@link Refusal#STORAGE_FAILED}. */
    protected abstract void onRefused(Refusal reason);

    private Part coordinator() {
        return Check.notNull(coordinator, "a transaction that runs has a coordinator");
    }

    // On the loop of the coordinator.

    private void begin() {
        token = coordinator().shard().tokens().take();
        boolean inOrder = parts.values().stream().anyMatch(TransactionPart::isDeduplicated);
        prepare(inOrder ? 1 : participants.size());
    }

    /** Has so many more of the participants prepare. */
    private void prepare(int more) {
        int from = prepared;
        prepared += more;
        for (Part each : participants.subList(from, prepared)) {
            each.prepareFor(coordinator().shard().id(), token);
            on(each, () -> each.shard().take(each));
        }
    }

    private void onPrepared(Part part, @Nullable Refusal reason) {
        answers++;
        part.isPrepared = reason == null;
        refusal = refusal == null ? reason : refusal;
        if (answers < prepared) {
            return;
        }
        if (refusal != null) {
            undo(refusal);
        } else if (prepared < participants.size()) {
            prepare(1);
        } else {
            int[] shards =
                    participants.stream().mapToInt(each -> each.shard().id()).toArray();
            coordinator().decideFor(token, shards);
            coordinator().shard().take(coordinator());
        }
    }

    /** Nothing has come of it: those who have prepared undo that. */
    private void undo(Refusal reason) {
        for (Part each : participants) {
            on(each, () -> {
                if (each.isPrepared) {
                    // Nobody waits for it: a shard that does not know of it does the same.
                    finish(each, false, Completion.of(() -> {}, lost -> {}));
                }
                each.tellRefused(reason);
            });
        }
        coordinator().tellRefused(reason);
        onRefused(reason);
    }

    /** It is committed: those who have prepared do what they have to. */
    private void commit() {
        coordinator().tellStored();
        int[] left = {participants.size(), participants.size()};
        for (Part each : participants) {
            on(each, () -> {
                finish(each, true, Completion.of(() -> on(coordinator(), () -> onRecorded(left)), lost -> {}));
                each.tellStored();
                on(coordinator(), () -> {
                    if (--left[0] == 0) {
                        onCommitted();
                    }
                });
            });
        }
    }

    private void onRecorded(int[] left) {
        if (--left[1] == 0) {
            coordinator().shard().parts().transactions().forget(token);
        }
    }

    private void finish(Part part, boolean isCommitted, Completion recorded) {
        part.shard().parts().transactions().finish(coordinator().shard().id(), token, isCommitted, recorded);
    }

    private void onDecided() {
        if (participants.isEmpty()) {
            coordinator().tellStored();
            onCommitted();
        } else {
            commit();
        }
    }

    private void onNotDecided(Refusal reason) {
        if (reason == Refusal.STORAGE_FAILED) {
            // Whether it is committed the next start will see: until then what is prepared is kept back.
            parts.values().forEach(each -> on(each, () -> each.tellRefused(reason)));
            onRefused(reason);
        } else {
            undo(reason);
        }
    }

    private static void on(Part part, Runnable task) {
        if (part.shard().loop().isCurrent()) {
            task.run();
        } else {
            part.shard().loop().execute(task);
        }
    }

    /** What it does in one shard. */
    private final class Part extends TransactionPart {
        /** Written on the coordinator's loop before its own loop reads it. */
        boolean isPrepared;

        Part(Shard shard) {
            super(shard);
        }

        @Override
        void onDone() {
            if (this == coordinator) {
                onDecided();
            } else {
                on(coordinator(), () -> onPrepared(this, null));
            }
        }

        @Override
        void onRefused(Refusal reason) {
            if (this == coordinator) {
                onNotDecided(reason);
            } else {
                on(coordinator(), () -> onPrepared(this, reason));
            }
        }
    }
}
