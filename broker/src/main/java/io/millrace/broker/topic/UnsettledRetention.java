package io.millrace.broker.topic;

import io.millrace.broker.message.DeliveryAttributes;

/**
 * Whether messages of a topic stay longer than its retention says, for subscriptions that have not settled them yet.
 * Immutable; any thread.
 *
 * @param isKept whether they do, each until all subscriptions have settled it
 * @param millisMax for how long after their publish they stay at most; {@link TopicSettings#UNLIMITED}
 * @param bytesMax up to how many bytes of messages in a partition; {@link TopicSettings#UNLIMITED}
 */
public record UnsettledRetention(boolean isKept, long millisMax, long bytesMax) {
    /** A subscription that falls behind misses messages. */
    public static final UnsettledRetention NONE =
            new UnsettledRetention(false, TopicSettings.UNLIMITED, TopicSettings.UNLIMITED);

    /** Checks the ranges; an {@link IllegalArgumentException} says which is left. */
    public UnsettledRetention {
        TopicSettings.check("unsettledMillis", millisMax, 0, DeliveryAttributes.SPAN_MILLIS_MAX, " (36,500 days)");
        TopicSettings.check("unsettledBytes", bytesMax, 0, TopicSettings.RETENTION_BYTES_MAX, " (1 EiB)");
    }
}
