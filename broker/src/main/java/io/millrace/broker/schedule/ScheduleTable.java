package io.millrace.broker.schedule;

import io.millrace.broker.NameRule;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import java.util.Collection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * All schedules at one moment, and up to which due time each has fired. Immutable; any thread. Making a changed one
 * costs the logarithm of its size.
 */
public final class ScheduleTable {
    /** Nothing. */
    public static final ScheduleTable EMPTY =
            new ScheduleTable(TreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());

    /** The last due time of a schedule that has not fired yet. */
    public static final long NOT_FIRED = Long.MIN_VALUE;

    private final TreePMap<ScheduleKey, Schedule> schedules;
    private final PMap<Long, Schedule> byId;
    private final PMap<Long, Long> fired;

    private ScheduleTable(
            TreePMap<ScheduleKey, Schedule> schedules, PMap<Long, Schedule> byId, PMap<Long, Long> fired) {
        this.schedules = schedules;
        this.byId = byId;
        this.fired = fired;
    }

    /** The schedule of that name. */
    public @Nullable Schedule get(ScheduleKey key) {
        return schedules.get(key);
    }

    /** The schedule with that id. */
    public @Nullable Schedule get(long id) {
        return byId.get(id);
    }

    /** All of them, by name. */
    public Collection<Schedule> all() {
        return schedules.values();
    }

    /** The schedules of {@code space} by name, from {@code from} on, which is any text; others are not looked at. */
    public Stream<Schedule> in(SpaceName space, String from) {
        ResourceName first = NameRule.fault(from) == null ? new ResourceName(from) : ResourceName.LEAST;
        return schedules.tailMap(new ScheduleKey(space, first)).values().stream()
                .takeWhile(schedule -> schedule.key().space().equals(space))
                .dropWhile(schedule -> schedule.name().compareTo(from) < 0);
    }

    /** The last due time that the schedule with that id has fired for; {@link #NOT_FIRED} where there is none. */
    public long firedMillis(long id) {
        Long millis = fired.get(id);
        return millis == null ? NOT_FIRED : millis;
    }

    /** This, with {@code schedule} in the place of what had its name. */
    public ScheduleTable plus(Schedule schedule) {
        return new ScheduleTable(schedules.plus(schedule.key(), schedule), byId.plus(schedule.id(), schedule), fired);
    }

    /** This, without {@code schedule}; what it has fired for stays until it is taken out too. */
    public ScheduleTable minus(Schedule schedule) {
        return new ScheduleTable(schedules.minus(schedule.key()), byId.minus(schedule.id()), fired);
    }

    /** This, with a firing of the schedule with that id. */
    public ScheduleTable plusFired(long id, long dueMillis) {
        return new ScheduleTable(schedules, byId, fired.plus(id, dueMillis));
    }

    /** This, without what the schedule with that id has fired for. */
    public ScheduleTable minusFired(long id) {
        return new ScheduleTable(schedules, byId, fired.minus(id));
    }
}
