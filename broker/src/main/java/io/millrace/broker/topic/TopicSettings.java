package io.millrace.broker.topic;

import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.NativeKeys;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.policy.LatestPerKey;
import java.util.concurrent.TimeUnit;

/**
 * What can be set for a topic; it holds for each of its partitions. Immutable; any thread.
 *
 * @param retentionMillis for how long after their publish messages are kept; {@link #UNLIMITED}
 * @param retentionBytes up to how many bytes of them a partition keeps, as they are stored; {@link #UNLIMITED}
 * @param isCompacted whether of messages with the same key only the latest is kept, sooner or later
 * @param tombstoneMillis how long a message with a key and without a body is kept for readers where it is compacted
 * @param messageBytesMax the largest message that is accepted, body and properties, in bytes
 * @param deduplicationMillis for how long a deduplication id is remembered, by the partition that it was given to
 * @param unsettled whether messages stay longer for subscriptions that have not settled them
 */
public record TopicSettings(
        long retentionMillis,
        long retentionBytes,
        boolean isCompacted,
        long tombstoneMillis,
        int messageBytesMax,
        long deduplicationMillis,
        UnsettledRetention unsettled) {
    /** Retention without a limit. */
    public static final long UNLIMITED = 0;

    /** The largest retention by size of a partition that can be set: 1 EiB. */
    public static final long RETENTION_BYTES_MAX = 1L << 60;

    /** A topic about which nothing was said: messages are kept for 7 days. */
    public static final TopicSettings DEFAULT = new TopicSettings(
            TimeUnit.DAYS.toMillis(7),
            UNLIMITED,
            false,
            TimeUnit.DAYS.toMillis(1),
            QueueSettings.MESSAGE_BYTES_MAX,
            QueueSettings.DEDUPLICATION_MILLIS,
            UnsettledRetention.NONE);

    /** How much of a partition has to be new before its keys are looked at again: half. */
    private static final double DIRTY_RATIO = 0.5;

    /** Checks the ranges; an {@link IllegalArgumentException} says which is left. */
    public TopicSettings {
        check("retentionMillis", retentionMillis, 0, DeliveryAttributes.SPAN_MILLIS_MAX, " (36,500 days)");
        check("retentionBytes", retentionBytes, 0, RETENTION_BYTES_MAX, " (1 EiB)");
        check("tombstoneMillis", tombstoneMillis, 0, DeliveryAttributes.SPAN_MILLIS_MAX, " (36,500 days)");
        check("messageBytesMax", messageBytesMax, 1, QueueSettings.MESSAGE_BYTES_MAX, " (16 MiB)");
        check("deduplicationMillis", deduplicationMillis, 1, QueueSettings.DEDUPLICATION_MILLIS_MAX, " (14 days)");
    }

    /** The same settings with another {@code unsettled}. */
    public TopicSettings with(UnsettledRetention newUnsettled) {
        return new TopicSettings(
                retentionMillis,
                retentionBytes,
                isCompacted,
                tombstoneMillis,
                messageBytesMax,
                deduplicationMillis,
                newUnsettled);
    }

    static void check(String what, long value, long least, long most, String inWords) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + least + " to " + most + inWords + ", not " + value);
        }
    }

    /** Whether messages go for their age or for the size of their partition, not only for their keys. */
    public boolean isLimited() {
        return retentionMillis != UNLIMITED || retentionBytes != UNLIMITED;
    }

    /** The same for the engine. */
    public KeepPolicy keepPolicy() {
        KeepPolicy retained = KeepPolicy.retained(forEngine(retentionMillis), forEngine(retentionBytes));
        if (unsettled.isKept()) {
            retained = retained.untilSettled(forEngine(unsettled.millisMax()), forEngine(unsettled.bytesMax()));
        }
        return isCompacted
                ? retained.withLatestPerKey(new LatestPerKey(new NativeKeys(), DIRTY_RATIO, tombstoneMillis))
                : retained;
    }

    private static long forEngine(long limit) {
        return limit == UNLIMITED ? KeepPolicy.UNLIMITED : limit;
    }
}
