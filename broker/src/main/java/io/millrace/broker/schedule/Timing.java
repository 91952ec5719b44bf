package io.millrace.broker.schedule;

/** When a schedule is due, by the wall clock. Immutable; any thread; equal where the same was said. */
public sealed interface Timing permits CronTiming, IntervalTiming {
    /** Later than every date: it is not due any more. */
    long NEVER = Long.MAX_VALUE;

    /**
     * The first due time after {@code afterMillis}, epoch milliseconds; {@link #NEVER} where there is none.
     *
     * @param sinceMillis from when on it counts; not later than {@code afterMillis}
     */
    long next(long afterMillis, long sinceMillis);
}
