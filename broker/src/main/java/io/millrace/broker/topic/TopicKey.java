package io.millrace.broker.topic;

import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import java.util.Comparator;

/**
 * A topic's name in its space, in which no queue has the same name. Immutable; any thread.
 *
 * @param space the space
 * @param name the name in it
 */
public record TopicKey(SpaceName space, ResourceName name) implements Comparable<TopicKey> {
    private static final Comparator<TopicKey> ORDER =
            Comparator.comparing(TopicKey::space).thenComparing(TopicKey::name);

    @Override
    public int compareTo(TopicKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return space + "/" + name;
    }
}
