package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.catalog.SubscriptionCreation;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.engine.FindTime;
import io.millrace.engine.QueueStats;
import io.millrace.engine.Refusal;
import io.millrace.engine.Seek;
import io.millrace.engine.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions of topics: made, changed, moved, removed. Their messages are received from their queues, one in each
 * partition. Any thread; outcomes come on the loops of shards.
 */
public final class BrokerSubscriptions {
    private final Broker broker;

    BrokerSubscriptions(Broker broker) {
        this.broker = broker;
    }

    /**
     * Makes a subscription that begins at {@code start} in every partition. Answered when all of it is durable: from
     * then on it gets every message that {@code filter} selects, every one where that is null. Where it is there,
     * wherever it is, that is the answer.
     */
    public CompletableFuture<SubscriptionCreation> create(
            Topic topic,
            ResourceName name,
            SubscriptionKind kind,
            @Nullable Selector filter,
            SubscriptionStart start,
            QueueSettings settings) {
        boolean isFromEarliest = !start.equals(SubscriptionStart.LATEST);
        return broker.catalog()
                .subscriptions()
                .create(topic, name, kind, filter, isFromEarliest, settings)
                .thenCompose(made -> begin(topic, made.subscription(), start).thenApply(done -> made));
    }

    /** Sees to it that {@code subscription} is in every partition; where it was not, it begins at {@code start}. */
    private CompletableFuture<Void> begin(Topic topic, Subscription subscription, SubscriptionStart start) {
        List<CompletableFuture<?>> parts = new ArrayList<>();
        for (int number = 0; number < topic.partitionCount(); number++) {
            QueueDefinition queue = subscription.queue(topic, number);
            DefinedLog source = topic.partition(number);
            parts.add(offset(source, start)
                    .thenCompose(offset -> position(queue, offset, (shard, seek) -> shard.subscriptions()
                            .subscribe(queue.logId(), source.logId(), seek))));
        }
        return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]));
    }

    /** Partitions have been added to {@code topic}: its subscriptions begin there with the first message. */
    CompletableFuture<Topic> onPartitionsAdded(Topic topic) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (Subscription each : broker.catalog().snapshot().subscriptions().of(topic)) {
            all.add(begin(topic, each, SubscriptionStart.EARLIEST));
        }
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).thenApply(done -> {
            broker.receives().onQueuesAdded();
            return topic;
        });
    }

    /** At the start, on the loop of {@code shard}: begins what a crash has cut short. */
    void start(Shard shard) {
        for (Subscription each : broker.catalog().snapshot().subscriptions().all()) {
            Topic topic = broker.catalog().snapshot().topics().get(each.key().topicId());
            for (int number = 0; topic != null && number < topic.partitionCount(); number++) {
                QueueDefinition queue = each.queue(topic, number);
                if (queue.shard() == shard.id() && shard.subscriptions().source(queue.logId()) == null) {
                    long from = each.beginsWithFirst(number) ? Seek.EARLIEST : Seek.LATEST;
                    // Nobody waits for it: the host hears of a failure.
                    shard.subscriptions()
                            .subscribe(
                                    queue.logId(),
                                    topic.partition(number).logId(),
                                    new AnsweredSeek(broker, queue, from, new CompletableFuture<>()));
                }
            }
        }
    }

    /** Changes the settings of a subscription; answered when that is durable and deliveries go by it. */
    public CompletableFuture<Subscription> change(Topic topic, ResourceName name, UnaryOperator<QueueSettings> change) {
        return broker.catalog().subscriptions().change(topic, name, change).thenCompose(changed -> {
            List<CompletableFuture<?>> parts = new ArrayList<>();
            for (QueueDefinition each : changed.queues(topic)) {
                CompletableFuture<Void> part = new CompletableFuture<>();
                parts.add(part);
                broker.onLoopOf(each, () -> {
                    broker.shard(each).settingsChanged(each.logId());
                    part.complete(null);
                });
            }
            return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]))
                    .thenApply(done -> changed);
        });
    }

    /** Removes a subscription; answered when that is durable. */
    public CompletableFuture<Subscription> delete(Topic topic, ResourceName name) {
        return broker.catalog().subscriptions().delete(topic, name).thenApply(deleted -> {
            for (QueueDefinition each : deleted.queues(topic)) {
                broker.onLoopOf(each, () -> broker.shard(each).drop(each.logId()));
            }
            return deleted;
        });
    }

    /**
     * Has {@code queue}, that of a subscription in the partition {@code source}, go on at {@code start}; leases on its
     * messages end. Answered when that is durable: with the offset.
     */
    public CompletableFuture<Long> seek(QueueDefinition queue, DefinedLog source, SubscriptionStart start) {
        return offset(source, start)
                .thenCompose(offset -> position(
                        queue, offset, (shard, seek) -> shard.subscriptions().seek(queue.logId(), seek)));
    }

    /** Each of its queues at one moment, by log. */
    public CompletableFuture<Map<Long, QueueStats>> stats(Topic topic, Subscription subscription) {
        return broker.stats(subscription.queues(topic));
    }

    private interface OnShard {
        void run(Shard shard, Seek seek);
    }

    private CompletableFuture<Long> position(QueueDefinition queue, long offset, OnShard task) {
        CompletableFuture<Long> done = new CompletableFuture<>();
        broker.onLoopOf(queue, () -> task.run(broker.shard(queue), new AnsweredSeek(broker, queue, offset, done)));
        return done;
    }

    private CompletableFuture<Long> offset(DefinedLog source, SubscriptionStart start) {
        if (!start.isTime()) {
            return CompletableFuture.completedFuture(start.offset());
        }
        CompletableFuture<Long> found = new CompletableFuture<>();
        broker.findTime(source, new FindTime(start.millis()) {
            @Override
            protected void onFound(long offset, long timestampMillis) {
                found.complete(offset);
            }

            @Override
            protected void onNone() {
                found.complete(start.offset());
            }

            @Override
            protected void onRefused(Refusal reason) {
                found.completeExceptionally(broker.refused(reason, source));
            }
        });
        return found;
    }

    private static final class AnsweredSeek extends Seek {
        private final Broker broker;
        private final QueueDefinition queue;
        private final CompletableFuture<Long> done;

        AnsweredSeek(Broker broker, QueueDefinition queue, long offset, CompletableFuture<Long> done) {
            super(offset);
            this.broker = broker;
            this.queue = queue;
            this.done = done;
        }

        @Override
        protected void onPositioned(long offset) {
            done.complete(offset);
        }

        @Override
        protected void onRefused(Refusal reason) {
            done.completeExceptionally(broker.refused(reason, queue));
        }
    }
}
