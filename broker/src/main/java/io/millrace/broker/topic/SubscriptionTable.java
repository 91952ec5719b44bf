package io.millrace.broker.topic;

import io.millrace.broker.ResourceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/** All subscriptions at one moment. Immutable; any thread. Making a changed one costs the logarithm of its size. */
public final class SubscriptionTable {
    /** Nothing. */
    public static final SubscriptionTable EMPTY = new SubscriptionTable(TreePMap.empty(), HashTreePMap.empty());

    /** Their queue in one partition. */
    private record Part(Subscription subscription, QueueDefinition queue) {}

    private final TreePMap<SubscriptionKey, Subscription> subscriptions;
    /** By log; of topics that are there. */
    private final PMap<Long, Part> parts;

    private SubscriptionTable(TreePMap<SubscriptionKey, Subscription> subscriptions, PMap<Long, Part> parts) {
        this.subscriptions = subscriptions;
        this.parts = parts;
    }

    /** The subscription of that name. */
    public @Nullable Subscription get(SubscriptionKey key) {
        return subscriptions.get(key);
    }

    /** The subscriptions of a topic, by name. */
    public List<Subscription> of(Topic topic) {
        return subscriptions.tailMap(new SubscriptionKey(topic.id(), ResourceName.LEAST)).values().stream()
                .takeWhile(each -> each.key().topicId() == topic.id())
                .toList();
    }

    /** All of them. */
    public Collection<Subscription> all() {
        return subscriptions.values();
    }

    /** The queues of {@code subscription}, in the order of the partitions; none where it, or its topic, is gone. */
    public List<QueueDefinition> queues(Subscription subscription) {
        List<QueueDefinition> queues = new ArrayList<>();
        for (Part part = parts.get(TopicPartition.logId(subscription.id(), 0));
                part != null;
                part = parts.get(TopicPartition.logId(subscription.id(), queues.size()))) {
            queues.add(part.queue);
        }
        return queues;
    }

    /** The queue of a subscription that has this log. */
    public @Nullable QueueDefinition queueByLog(long logId) {
        Part part = parts.get(logId);
        return part == null ? null : part.queue;
    }

    /** The subscription one of whose queues has this log. */
    public @Nullable Subscription byLog(long logId) {
        Part part = parts.get(logId);
        return part == null ? null : part.subscription;
    }

    /** This, with {@code subscription} of {@code topic} in the place of what had its name. */
    public SubscriptionTable plus(Subscription subscription, @Nullable Topic topic) {
        PMap<Long, Part> changed = parts;
        for (QueueDefinition each : topic == null ? List.<QueueDefinition>of() : subscription.queues(topic)) {
            changed = changed.plus(each.logId(), new Part(subscription, each));
        }
        return new SubscriptionTable(subscriptions.plus(subscription.key(), subscription), changed);
    }

    /** This, without {@code subscription} of {@code topic}. */
    public SubscriptionTable minus(Subscription subscription, @Nullable Topic topic) {
        PMap<Long, Part> changed = parts;
        for (QueueDefinition each : topic == null ? List.<QueueDefinition>of() : subscription.queues(topic)) {
            changed = changed.minus(each.logId());
        }
        return new SubscriptionTable(subscriptions.minus(subscription.key()), changed);
    }

    /** This, where {@code topic} is there, or has changed. */
    public SubscriptionTable with(Topic topic) {
        SubscriptionTable changed = this;
        for (Subscription each : of(topic)) {
            changed = changed.plus(each, topic);
        }
        return changed;
    }

    /** This, where {@code topic} is not there any more: its subscriptions have no queues. */
    public SubscriptionTable without(Topic topic) {
        PMap<Long, Part> changed = parts;
        for (Subscription each : of(topic)) {
            for (QueueDefinition queue : each.queues(topic)) {
                changed = changed.minus(queue.logId());
            }
        }
        return new SubscriptionTable(subscriptions, changed);
    }
}
