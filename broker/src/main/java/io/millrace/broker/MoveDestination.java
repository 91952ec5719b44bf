package io.millrace.broker;

import org.jspecify.annotations.Nullable;

/** What messages are moved to: a queue, or a topic, one of whose partitions takes each. Immutable; any thread. */
public interface MoveDestination {
    /**
     * The log for a message with {@code key}. Where it has none, {@code origin}, the name of the queue that it comes
     * from, decides, so that what comes from one queue stays in its order.
     */
    DefinedLog logFor(@Nullable String key, String origin);
}
