package io.millrace.broker.message;

import java.util.concurrent.TimeUnit;

/**
 * What a publisher says of the delivery of messages; their group and deduplication id are in {@link MessageProperties}.
 * All optional: {@link #UNSAID} stands for what is not said, and the settings of the queue decide then. Immutable; any
 * thread.
 *
 * @param priority 0 to {@value #PRIORITY_MAX}, 0 first
 * @param delayMillis how long from the publish on the messages are kept back, whatever is done to clocks; not with
 *     {@code dueMillis}
 * @param dueMillis from when on they may be delivered, epoch milliseconds
 * @param timeToLiveMillis how long after the publish they end unconsumed; not with {@code expiryMillis}
 * @param expiryMillis when they end unconsumed, epoch milliseconds
 */
public record DeliveryAttributes(
        long priority, long delayMillis, long dueMillis, long timeToLiveMillis, long expiryMillis) {
    /** Stands for what is not said. */
    public static final long UNSAID = -1;

    /** The last priority: 32 bits, unsigned. */
    public static final long PRIORITY_MAX = 0xFFFF_FFFFL;

    /** The longest delay and the longest time to live: 36,500 days. */
    public static final long SPAN_MILLIS_MAX = TimeUnit.DAYS.toMillis(36_500);

    /** The last date: the end of the year 9999. */
    public static final long DATE_MILLIS_MAX = 253_402_300_799_999L;

    /** Nothing is said. */
    public static final DeliveryAttributes NONE = new DeliveryAttributes(UNSAID, UNSAID, UNSAID, UNSAID, UNSAID);

    /** Only a priority is said. */
    public static DeliveryAttributes ofPriority(long priority) {
        return new DeliveryAttributes(priority, UNSAID, UNSAID, UNSAID, UNSAID);
    }

    /** Checks the ranges, and that nothing is said in two ways. */
    public DeliveryAttributes {
        check(priority, 0, PRIORITY_MAX, "priority");
        check(delayMillis, 0, SPAN_MILLIS_MAX, "delayMillis");
        check(dueMillis, 1, DATE_MILLIS_MAX, "dueMillis");
        check(timeToLiveMillis, 1, SPAN_MILLIS_MAX, "timeToLiveMillis");
        check(expiryMillis, 1, DATE_MILLIS_MAX, "expiryMillis");
        if (delayMillis != UNSAID && dueMillis != UNSAID) {
            throw new IllegalArgumentException("there is a delayMillis or a dueMillis, not both");
        }
        if (timeToLiveMillis != UNSAID && expiryMillis != UNSAID) {
            throw new IllegalArgumentException("there is a timeToLiveMillis or an expiryMillis, not both");
        }
    }

    private static void check(long value, long least, long most, String what) {
        if (value != UNSAID && (value < least || value > most)) {
            throw new IllegalArgumentException(what + " is " + least + " to " + most + ", not " + value);
        }
    }
}
