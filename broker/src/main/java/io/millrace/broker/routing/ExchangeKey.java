package io.millrace.broker.routing;

import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import java.util.Comparator;

/**
 * An exchange's name in its space; queues have names of their own. Immutable; any thread.
 *
 * @param space the space
 * @param name the name in it
 */
public record ExchangeKey(SpaceName space, ResourceName name) implements Comparable<ExchangeKey> {
    private static final Comparator<ExchangeKey> ORDER =
            Comparator.comparing(ExchangeKey::space).thenComparing(ExchangeKey::name);

    @Override
    public int compareTo(ExchangeKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return space + "/" + name;
    }
}
