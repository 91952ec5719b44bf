package io.millrace.broker.topic;

import io.millrace.broker.NameRule;
import io.millrace.broker.ResourceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.selector.Selector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subscription: a named position on a topic. In each partition it is a queue of its own, whose messages are those of
 * the partition. Immutable; any thread.
 *
 * @param key its name
 * @param id what it is known by; no other definition ever has it
 * @param createdMillis when it was made, epoch milliseconds
 * @param kind how it gives messages to consumers
 * @param filter which messages it gets; null where it gets all. It never changes
 * @param isFromEarliest whether it began with the first message of each partition, else with those that were published
 *     from then on
 * @param partitions how many partitions the topic had then
 * @param settings what was set for its queues
 */
public record Subscription(
        SubscriptionKey key,
        long id,
        long createdMillis,
        SubscriptionKind kind,
        @Nullable Selector filter,
        boolean isFromEarliest,
        int partitions,
        QueueSettings settings) {
    /** Its name without the topic. */
    public String name() {
        return key.name().value();
    }

    /** Whether it begins with the first message of partition {@code number} where it has no position in it yet. */
    public boolean beginsWithFirst(int number) {
        return isFromEarliest || number >= partitions;
    }

    /** What it is called among queues: {@code topic::name}. */
    public static String queueName(String topic, String name) {
        return topic + NameRule.SUBSCRIPTION_MARK + name;
    }

    /**
     * Its queue in partition {@code number} of {@code topic}: {@code topic::name}, and where there are several
     * partitions {@code topic::name::number}.
     */
    public QueueDefinition queue(Topic topic, int number) {
        String whole = queueName(topic.name(), name());
        String name = topic.partitionCount() == 1 ? whole : whole + NameRule.SUBSCRIPTION_MARK + number;
        return new QueueDefinition(
                new QueueKey(topic.key().space(), new ResourceName(name)),
                TopicPartition.logId(id, number),
                topic.shards().get(number),
                createdMillis,
                settings);
    }

    /** Its queues, in the order of the partitions. */
    public List<QueueDefinition> queues(Topic topic) {
        List<QueueDefinition> queues = new ArrayList<>(topic.partitionCount());
        for (int number = 0; number < topic.partitionCount(); number++) {
            queues.add(queue(topic, number));
        }
        return queues;
    }

    /** The same with other settings. */
    public Subscription with(QueueSettings newSettings) {
        return new Subscription(key, id, createdMillis, kind, filter, isFromEarliest, partitions, newSettings);
    }
}
