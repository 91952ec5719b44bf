package io.millrace.broker.schedule;

import io.millrace.broker.routing.Destination;
import io.millrace.broker.topic.TopicMessage;

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
        Timing timing, ScheduleTarget target, ScheduledMessage message, MissedPolicy missed, boolean isEnabled) {
    /** Checks that a message for a topic says nothing of its delivery. */
    public ScheduleSettings {
        if (target.kind() == Destination.Kind.TOPIC) {
            String fault = TopicMessage.fault(message.attributes(), message.properties());
            if (fault != null) {
                throw new IllegalArgumentException("the message " + fault);
            }
        }
    }
}
