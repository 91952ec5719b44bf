package io.millrace.broker.catalog;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.Durability;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.policy.RetryPolicy;
import io.millrace.storage.EntryEnvelope;
import java.util.concurrent.TimeUnit;

/**
 * What can be set for a queue.
 *
 * @param leaseMillis how long a lease lasts where the receive does not say
 * @param messageBytesMax the largest message that is accepted, body and properties, in bytes
 * @param delayMillis how long messages are kept back that say neither a delay nor a date
 * @param timeToLiveMillis how long after its publish a message ends unconsumed at the latest; {@link #FOR_EVER}
 * @param priorityDefault the priority of messages that say none
 * @param deduplicationMillis for how long a deduplication id is remembered
 * @param retry when a message comes again that a consumer gives back without saying when
 * @param consumers who gets messages, and whether that is paused
 * @param deadLetters what becomes of messages that are not delivered any more
 * @param length how long it may get
 * @param durability what publishes and settlements wait for before they are answered
 */
public record QueueSettings(
        long leaseMillis,
        int messageBytesMax,
        long delayMillis,
        long timeToLiveMillis,
        long priorityDefault,
        long deduplicationMillis,
        RetryPolicy retry,
        ConsumerPolicy consumers,
        DeadLetterSettings deadLetters,
        LengthPolicy length,
        Durability durability) {
    /** The longest lease: 12 hours. */
    public static final long LEASE_MILLIS_MAX = TimeUnit.HOURS.toMillis(12);

    /** The largest message that any queue may allow: 16 MiB; the broker may be configured to less. */
    public static final int MESSAGE_BYTES_MAX = 16 << 20;

    /** A time to live that does not end. */
    public static final long FOR_EVER = 0;

    /** Of a message of which nobody says a priority: half of all are before it. */
    public static final long PRIORITY_NORMAL = Integer.toUnsignedLong(EntryEnvelope.PRIORITY_NORMAL);

    /** For how long deduplication ids are remembered unless it is said: 5 minutes. */
    public static final long DEDUPLICATION_MILLIS = TimeUnit.MINUTES.toMillis(5);

    /** The longest that they may be: 14 days. */
    public static final long DEDUPLICATION_MILLIS_MAX = TimeUnit.DAYS.toMillis(14);

    /** A queue about which nothing was said. */
    public static final QueueSettings DEFAULT = new QueueSettings(TimeUnit.SECONDS.toMillis(30), MESSAGE_BYTES_MAX);

    /** Checks the ranges; an {@link IllegalArgumentException} says which is left. */
    public QueueSettings {
        check("leaseMillis", leaseMillis, 1, LEASE_MILLIS_MAX, " (12 hours)");
        check("messageBytesMax", messageBytesMax, 1, MESSAGE_BYTES_MAX, " (16 MiB)");
        check("delayMillis", delayMillis, 0, DeliveryAttributes.SPAN_MILLIS_MAX, " (36,500 days)");
        check("timeToLiveMillis", timeToLiveMillis, 0, DeliveryAttributes.SPAN_MILLIS_MAX, " (36,500 days)");
        check("priorityDefault", priorityDefault, 0, DeliveryAttributes.PRIORITY_MAX, "");
        check("deduplicationMillis", deduplicationMillis, 1, DEDUPLICATION_MILLIS_MAX, " (14 days)");
        if (length.overflow() == Overflow.DEAD_LETTER && deadLetters.target() == null) {
            throw new IllegalArgumentException(
                    "overflow dead-letter needs a deadLetterQueue or a deadLetterTopic, which the oldest messages go to"
                            + " then");
        }
    }

    /** Settings of which only these are said. */
    public QueueSettings(long leaseMillis, int messageBytesMax) {
        this(leaseMillis, messageBytesMax, 0, FOR_EVER, PRIORITY_NORMAL, DEDUPLICATION_MILLIS);
    }

    /** Settings of which only these are said. */
    public QueueSettings(
            long leaseMillis,
            int messageBytesMax,
            long delayMillis,
            long timeToLiveMillis,
            long priorityDefault,
            long deduplicationMillis) {
        this(
                leaseMillis,
                messageBytesMax,
                delayMillis,
                timeToLiveMillis,
                priorityDefault,
                deduplicationMillis,
                RetryPolicy.AT_ONCE,
                ConsumerPolicy.ALL,
                DeadLetterSettings.NONE,
                LengthPolicy.NONE,
                Durability.SYNCED);
    }

    /** The same with other consumers. */
    public QueueSettings with(ConsumerPolicy newConsumers) {
        return with(newConsumers, deadLetters, length, durability);
    }

    /** The same with {@code other} in place of what becomes of messages that are not delivered any more. */
    public QueueSettings with(DeadLetterSettings other) {
        return with(consumers, other, length, durability);
    }

    /** The same with another length. */
    public QueueSettings with(LengthPolicy newLength) {
        return with(consumers, deadLetters, newLength, durability);
    }

    /** The same with another durability. */
    public QueueSettings with(Durability newDurability) {
        return with(consumers, deadLetters, length, newDurability);
    }

    private QueueSettings with(
            ConsumerPolicy newConsumers,
            DeadLetterSettings newDeadLetters,
            LengthPolicy newLength,
            Durability newDurability) {
        return new QueueSettings(
                leaseMillis,
                messageBytesMax,
                delayMillis,
                timeToLiveMillis,
                priorityDefault,
                deduplicationMillis,
                retry,
                newConsumers,
                newDeadLetters,
                newLength,
                newDurability);
    }

    private static void check(String what, long value, long least, long most, String inWords) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + least + " to " + most + inWords + ", not " + value);
        }
    }
}
