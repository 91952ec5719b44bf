package io.millrace.broker.catalog;

import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import java.util.Comparator;

/**
 * A queue's name in its space.
 *
 * @param space the space
 * @param name the name in it
 */
public record QueueKey(SpaceName space, ResourceName name) implements Comparable<QueueKey> {
    private static final Comparator<QueueKey> ORDER =
            Comparator.comparing(QueueKey::space).thenComparing(QueueKey::name);

    @Override
    public int compareTo(QueueKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return space + "/" + name;
    }
}
