package io.millrace.broker;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionTable;
import io.millrace.broker.topic.Topic;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The queues whose messages are consumed under one name: a queue, or those that a subscription has in all partitions of
 * its topic, also in such as are added later. Any thread.
 */
public final class ConsumedQueues {
    private final QueueDefinition asOne;
    private final @Nullable Partitions partitions;

    private ConsumedQueues(QueueDefinition asOne, @Nullable Partitions partitions) {
        this.asOne = asOne;
        this.partitions = partitions;
    }

    /** Those of a subscription. */
    private record Partitions(Catalog catalog, Topic topic, Subscription subscription) {
        List<QueueDefinition> now() {
            List<QueueDefinition> there = catalog.snapshot().subscriptions().queues(subscription);
            // Whoever asks for what is gone is told so by each of them.
            return there.isEmpty() ? subscription.queues(topic) : there;
        }

        @Nullable
        QueueDefinition byLog(long logId) {
            SubscriptionTable table = catalog.snapshot().subscriptions();
            Subscription owner = table.byLog(logId);
            return owner != null && owner.id() == subscription.id() ? table.queueByLog(logId) : null;
        }
    }

    /** One queue alone. */
    public static ConsumedQueues of(QueueDefinition queue) {
        return new ConsumedQueues(queue, null);
    }

    /** Those of {@code subscription}, in as many partitions as {@code topic} has when it is asked. */
    static ConsumedQueues of(Catalog catalog, Topic topic, Subscription subscription) {
        QueueDefinition first = subscription.queue(topic, 0);
        ResourceName name = new ResourceName(Subscription.queueName(topic.name(), subscription.name()));
        QueueKey key = new QueueKey(topic.key().space(), name);
        QueueDefinition asOne =
                new QueueDefinition(key, first.logId(), first.shard(), first.createdMillis(), first.settings());
        return new ConsumedQueues(asOne, new Partitions(catalog, topic, subscription));
    }

    /** What stands for all of them: their name and settings, and the log of the first. */
    public QueueDefinition asOne() {
        return asOne;
    }

    /** The name. */
    public String name() {
        return asOne.name();
    }

    /** What was set for all of them. */
    public QueueSettings settings() {
        return asOne.settings();
    }

    /** Whether there may be several of them: a consumer is attached to all, under a number of its own kind. */
    public boolean isJoined() {
        return partitions != null;
    }

    /** Those that there are now, at least one; the first is always the same, and none goes. */
    public List<QueueDefinition> now() {
        return partitions == null ? List.of(asOne) : partitions.now();
    }

    /** The one that has this log; null where none has. */
    public @Nullable QueueDefinition byLog(long logId) {
        if (partitions != null) {
            return partitions.byLog(logId);
        }
        return asOne.logId() == logId ? asOne : null;
    }

    /** The one that there is; a {@link BrokerException} where there are several, for what is asked of one at a time. */
    QueueDefinition only() {
        List<QueueDefinition> all = now();
        if (all.size() > 1) {
            throw new BrokerException(
                    BrokerError.INVALID,
                    name() + " has " + all.size() + " partitions, and this is asked of one of them: "
                            + all.get(0).name() + " to "
                            + all.get(all.size() - 1).name());
        }
        return all.get(0);
    }
}
