package io.millrace.broker.schedule;

/**
 * What all schedules together have done since the broker was started. Immutable; any thread.
 *
 * @param fired how often one has fired for a due time
 * @param missed how often one was found to have missed due times, one or many at once, for more than {@value
 *     MissedPolicy#LATE_MILLIS_MAX} ms: its policy says what becomes of them
 * @param failed how often a firing was refused; it is tried again, and counts again
 * @param failing how many cannot fire just now for a time that is due
 */
public record ScheduleCounts(long fired, long missed, long failed, int failing) {}
