/**
 * Schedules: messages that the broker publishes itself, again and again, at times that a cron expression or an interval
 * says. A {@link io.millrace.broker.schedule.Schedule} is a definition of the catalog; what has fired is noted there,
 * too, by the same change as the message ({@code docs/decisions/0025-schedules.md}).
 *
 * <p>All but the {@link io.millrace.broker.schedule.Scheduler} is immutable and for any thread; that one is of the loop
 * of the catalog's shard.
 */
@NullMarked
package io.millrace.broker.schedule;

import org.jspecify.annotations.NullMarked;
