package io.millrace.broker.routing;

import io.millrace.broker.ResourceName;
import java.util.Locale;

/**
 * Where a binding leads, in the space of its exchange. Immutable; any thread.
 *
 * @param kind what it is
 * @param name its name
 * @param id what tells it from an earlier one of the same name: the log of a queue, the id of a topic or an exchange
 */
public record Destination(Kind kind, ResourceName name, long id) {
    /** What bindings can lead to. */
    public enum Kind {
        QUEUE,
        TOPIC,
        EXCHANGE;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** How definitions and requests spell it. */
        public String word() {
            return word;
        }
    }

    /** Whether messages are stored there; an exchange only routes them. */
    boolean isStore() {
        return kind != Kind.EXCHANGE;
    }
}
