package io.millrace.broker.schedule;

import io.millrace.broker.message.DeliveryAttributes;

/**
 * Due again and again after the same time, counted from when the schedule counts. Immutable; any thread.
 *
 * @param everyMillis the time between, {@value #EVERY_MILLIS_MIN} to 36,500 days
 */
public record IntervalTiming(long everyMillis) implements Timing {
    /** The shortest interval. */
    public static final long EVERY_MILLIS_MIN = 1_000;

    /** The longest: 36,500 days. */
    public static final long EVERY_MILLIS_MAX = DeliveryAttributes.SPAN_MILLIS_MAX;

    /** Checks the range. */
    public IntervalTiming {
        if (everyMillis < EVERY_MILLIS_MIN || everyMillis > EVERY_MILLIS_MAX) {
            throw new IllegalArgumentException(
                    "everyMillis is " + EVERY_MILLIS_MIN + " to " + EVERY_MILLIS_MAX + ", not " + everyMillis);
        }
    }

    @Override
    public long next(long afterMillis, long sinceMillis) {
        long past = (afterMillis - sinceMillis) / everyMillis;
        return sinceMillis + (past + 1) * everyMillis;
    }
}
