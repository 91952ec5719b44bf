package io.millrace.broker.routing;

import org.jspecify.annotations.Nullable;

/** How an exchange decides which of its bindings a message takes. */
public enum ExchangeType {
    /** Those whose key is the routing key. */
    DIRECT("direct"),
    /** All. */
    FANOUT("fanout"),
    /** Those whose pattern fits the routing key, word by word. */
    TOPIC("topic"),
    /** Those whose arguments the headers of the message have. */
    HEADERS("headers"),
    /** One of them, the same for the same text, by weight. */
    CONSISTENT_HASH("consistent-hash");

    private final String word;

    ExchangeType(String word) {
        this.word = word;
    }

    /** How definitions and requests spell it. */
    public String word() {
        return word;
    }

    /** The type of that word; null where there is none. */
    public static @Nullable ExchangeType named(String word) {
        for (ExchangeType each : values()) {
            if (each.word.equals(word)) {
                return each;
            }
        }
        return null;
    }
}
