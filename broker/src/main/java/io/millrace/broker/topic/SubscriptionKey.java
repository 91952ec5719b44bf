package io.millrace.broker.topic;

import io.millrace.broker.ResourceName;
import java.util.Comparator;

/**
 * The name of a subscription among those of its topic. Immutable; any thread.
 *
 * @param topicId the topic
 * @param name the name
 */
public record SubscriptionKey(long topicId, ResourceName name) implements Comparable<SubscriptionKey> {
    private static final Comparator<SubscriptionKey> ORDER =
            Comparator.comparingLong(SubscriptionKey::topicId).thenComparing(SubscriptionKey::name);

    @Override
    public int compareTo(SubscriptionKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return topicId + " " + name;
    }
}
