package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Publish;
import io.millrace.engine.Refusal;
import io.millrace.engine.Transaction;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes and acknowledgements, to any queues, that take effect entirely or not at all, also across a crash. Filled
 * and then {@link #commit}ted, once, on one thread; nothing is done before, and the batches are its filler's.
 */
public final class BrokerTransaction {
    private final Broker broker;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Outcome transaction = new Outcome();
    private boolean isEmpty = true;

    BrokerTransaction(Broker broker) {
        this.broker = broker;
    }

    /**
     * Adds messages. Their outcome is told on the loop of the shard of {@code log}, before that of the whole. Throws
     * {@link BrokerException} where one of them is larger than is allowed there; then whoever has filled the
     * transaction frees the batches of all that was published, and forgets it.
     */
    public void publish(DefinedLog log, NativePublish publish) {
        broker.prepare(log, publish);
        isEmpty = false;
        transaction.publish(broker.shard(log), log.logId(), publish);
    }

    /**
     * Adds messages that are moved to {@code log}, however large, and that {@link #remove} takes from where they are.
     */
    public void move(DefinedLog log, NativePublish publish) {
        publish.to(log);
        isEmpty = false;
        transaction.publish(broker.shard(log), log.logId(), publish);
    }

    /**
     * Adds the end of the message at {@code offset} of {@code queue}, which no consumer holds; where one does, or it is
     * gone, nothing of the transaction is done: {@link BrokerError#LEASE_ENDED}. Of one queue only.
     */
    public void remove(QueueDefinition queue, long offset) {
        isEmpty = false;
        transaction.remove(broker.shard(queue), queue.logId(), offset);
    }

    /**
     * Adds the end of a lease on a message of {@code queue}, which is done with. If it does not live any more, nothing
     * of the transaction is done: {@link BrokerError#LEASE_ENDED}.
     */
    public void acknowledge(QueueDefinition queue, LeaseHandle lease) {
        isEmpty = false;
        transaction.acknowledge(broker.shard(queue), queue.logId(), lease.offset(), lease.token());
    }

    /**
     * Adds a change of the catalog, whose shard is the coordinator then: whether it has happened is known as soon as
     * the catalog is. No message may have a deduplication id.
     */
    void define(Publish definition) {
        isEmpty = false;
        transaction.define(broker.catalogShard(), definition);
    }

    /**
     * Has all of it done. Completes when it is on stable storage, or with a {@link BrokerException} where nothing of it
     * is done; on a loop of one of the shards.
     */
    public CompletableFuture<Void> commit() {
        if (isEmpty) {
            done.complete(null);
        } else {
            transaction.run();
        }
        return done;
    }

    private final class Outcome extends Transaction {
        @Override
        protected void onCommitted() {
            done.complete(null);
        }

        @Override
        protected void onRefused(Refusal reason) {
            done.completeExceptionally(broker.refused(reason));
        }
    }
}
