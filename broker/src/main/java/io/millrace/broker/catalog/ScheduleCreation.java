package io.millrace.broker.catalog;

import io.millrace.broker.schedule.Schedule;

/**
 * What came of making a schedule.
 *
 * @param schedule the schedule
 * @param isNew whether it was made now; else it was there with the same settings
 */
public record ScheduleCreation(Schedule schedule, boolean isNew) {}
