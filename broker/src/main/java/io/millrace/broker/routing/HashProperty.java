package io.millrace.broker.routing;

import io.millrace.broker.message.MessageProperties;
import org.jspecify.annotations.Nullable;

/** A property of messages that a consistent-hash exchange can go by. */
public enum HashProperty {
    /** The key. */
    KEY("key"),
    /** The publisher's own id. */
    MESSAGE_ID("messageId"),
    /** What ties an answer to its question. */
    CORRELATION_ID("correlationId"),
    /** The group. */
    GROUP("group");

    private final String word;

    HashProperty(String word) {
        this.word = word;
    }

    /** How definitions and requests spell it: as the property itself. */
    public String word() {
        return word;
    }

    /** The property of that word; null where there is none. */
    public static @Nullable HashProperty named(String word) {
        for (HashProperty each : values()) {
            if (each.word.equals(word)) {
                return each;
            }
        }
        return null;
    }

    @Nullable
    String of(MessageProperties properties) {
        return switch (this) {
            case KEY -> properties.key();
            case MESSAGE_ID -> properties.messageId();
            case CORRELATION_ID -> properties.correlationId();
            case GROUP -> properties.group();
        };
    }
}
