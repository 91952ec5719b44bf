package io.millrace.broker.schedule;

import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import java.util.Comparator;

/**
 * A schedule's name in its space; queues and exchanges have names of their own. Immutable; any thread.
 *
 * @param space the space
 * @param name the name in it
 */
public record ScheduleKey(SpaceName space, ResourceName name) implements Comparable<ScheduleKey> {
    private static final Comparator<ScheduleKey> ORDER =
            Comparator.comparing(ScheduleKey::space).thenComparing(ScheduleKey::name);

    @Override
    public int compareTo(ScheduleKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return space + "/" + name;
    }
}
