package io.millrace.broker.schedule;

/**
 * What is said of a schedule. Immutable; any thread.
 *
 * @param timing when it is due
 * @param target where its messages go
 * @param message what it publishes
 * @param missed what becomes of due times that have passed unfired
 * @param isEnabled whether it fires; what becomes due while it does not is not made up for
 */
public record ScheduleSettings(
        Timing timing, ScheduleTarget target, ScheduledMessage message, MissedPolicy missed, boolean isEnabled) {}
