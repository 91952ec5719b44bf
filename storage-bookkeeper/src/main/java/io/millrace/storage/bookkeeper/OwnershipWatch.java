package io.millrace.storage.bookkeeper;

import io.millrace.storage.OwnershipLostException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Looks once a second whether a later start has taken the store. Whoever has lost it cannot confirm anything anyway;
 * this is so that one that has nothing to write learns of it too, and stops answering from what it knows. Any thread;
 * nothing waits.
 */
final class OwnershipWatch {
    private static final int PERIOD_MILLIS = 1000;

    private final StoreNodes nodes;
    private final long epoch;
    private final Later later;
    private final Consumer<IOException> onLost;

    /** For the start with {@code epoch}; {@code onLost} is told once. */
    OwnershipWatch(StoreNodes nodes, long epoch, Later later, Consumer<IOException> onLost) {
        this.nodes = nodes;
        this.epoch = epoch;
        this.later = later;
        this.onLost = onLost;
    }

    /** Looks, now and again, until the store is lost or closed. */
    void run() {
        var unused = newestEpoch().whenComplete((newest, failure) -> {
            // A ZooKeeper that does not answer says nothing about who has the store.
            if (failure == null && newest > epoch) {
                onLost.accept(new OwnershipLostException("another broker has taken it with a later start, number "
                        + newest + "; this was number " + epoch));
            } else {
                later.execute(this::run, PERIOD_MILLIS);
            }
        });
    }

    /** A start that has only begun may fail; one that has claimed a shard has the store. */
    private CompletableFuture<Long> newestEpoch() {
        return nodes.epochOfStore()
                .thenCompose(begun -> begun > epoch ? nodes.epochOfShard(0) : CompletableFuture.completedFuture(begun));
    }
}
