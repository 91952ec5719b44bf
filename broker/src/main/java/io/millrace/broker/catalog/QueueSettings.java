package io.millrace.broker.catalog;

import java.util.concurrent.TimeUnit;

/**
 * What can be set for a queue.
 *
 * @param leaseMillis how long a lease lasts where the receive does not say
 * @param messageBytesMax the largest message that is accepted, body and properties, in bytes
 */
public record QueueSettings(long leaseMillis, int messageBytesMax) {
    /** The longest lease: 12 hours. */
    public static final long LEASE_MILLIS_MAX = TimeUnit.HOURS.toMillis(12);

    /** The largest message that any queue may allow: 16 MiB; the broker may be configured to less. */
    public static final int MESSAGE_BYTES_MAX = 16 << 20;

    /** A queue about which nothing was said. */
    public static final QueueSettings DEFAULT = new QueueSettings(TimeUnit.SECONDS.toMillis(30), MESSAGE_BYTES_MAX);

    /** Checks the ranges; an {@link IllegalArgumentException} says which is left. */
    public QueueSettings {
        if (leaseMillis < 1 || leaseMillis > LEASE_MILLIS_MAX) {
            throw new IllegalArgumentException(
                    "leaseMillis is 1 to " + LEASE_MILLIS_MAX + " (12 hours), not " + leaseMillis);
        }
        if (messageBytesMax < 1 || messageBytesMax > MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "messageBytesMax is 1 to " + MESSAGE_BYTES_MAX + " (16 MiB), not " + messageBytesMax);
        }
    }
}
