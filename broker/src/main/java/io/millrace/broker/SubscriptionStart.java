package io.millrace.broker;

import io.millrace.engine.Seek;

/**
 * Where a subscription begins, or goes on, in a partition. Immutable; any thread.
 *
 * @param offset an offset, {@link Seek#EARLIEST} or {@link Seek#LATEST}; with a time, what holds where no message is as
 *     late
 * @param millis the time from which on messages are wanted, epoch milliseconds; {@link #NO_TIME} where it is an offset
 */
public record SubscriptionStart(long offset, long millis) {
    /** It is no time. */
    public static final long NO_TIME = Long.MIN_VALUE;

    /** With the first message that is there. */
    public static final SubscriptionStart EARLIEST = new SubscriptionStart(Seek.EARLIEST, NO_TIME);

    /** With what is published from now on. */
    public static final SubscriptionStart LATEST = new SubscriptionStart(Seek.LATEST, NO_TIME);

    /** With the message at {@code offset}. */
    public static SubscriptionStart at(long offset) {
        return new SubscriptionStart(offset, NO_TIME);
    }

    /** With the first message whose timestamp is {@code millis} or later. */
    public static SubscriptionStart from(long millis) {
        return new SubscriptionStart(Seek.LATEST, millis);
    }

    boolean isTime() {
        return millis != NO_TIME;
    }
}
