package io.millrace.broker.topic;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a subscription gives the messages of its topic to consumers. */
public enum SubscriptionKind {
    /** Whoever asks gets the next message, under a lease of its own. */
    SHARED,
    /** One consumer that is attached gets all messages; no other can attach. */
    EXCLUSIVE,
    /** Of those that are attached one gets all messages of a partition; when it ends, the next does. */
    FAILOVER,
    /** Whoever asks, but of messages with the same key one at a time, in order. */
    BY_KEY,
    /** Nobody is given messages: consumers read partitions, and store here how far they have come. */
    CUMULATIVE;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** How it is spelt. */
    public String word() {
        return word;
    }

    /** The one that is spelt so; null where none is. */
    public static @Nullable SubscriptionKind named(String word) {
        return Arrays.stream(values())
                .filter(each -> each.word.equals(word))
                .findFirst()
                .orElse(null);
    }

    /** Whether messages are given to those who have attached only. */
    public boolean needsConsumer() {
        return this == EXCLUSIVE || this == FAILOVER;
    }
}
