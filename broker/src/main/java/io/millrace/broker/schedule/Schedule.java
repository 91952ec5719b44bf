package io.millrace.broker.schedule;

import io.millrace.broker.message.MessageProperties;

/**
 * A schedule. Immutable; any thread.
 *
 * @param key its name
 * @param id what its firings are known by: no other definition has it, also not one of the same name later
 * @param createdMillis when it was made, epoch milliseconds
 * @param sinceMillis from when on its due times count, epoch milliseconds: when it was made, enabled again or given
 *     other times
 * @param settings what was said of it
 */
public record Schedule(ScheduleKey key, long id, long createdMillis, long sinceMillis, ScheduleSettings settings) {
    /** Its name in its space. */
    public String name() {
        return key.name().value();
    }

    /** The first due time after {@code afterMillis} that counts; {@link Timing#NEVER} where there is none. */
    public long next(long afterMillis) {
        return settings.timing().next(Math.max(afterMillis, sinceMillis), sinceMillis);
    }

    /** What is said of the message that it publishes for {@code dueMillis}. */
    public MessageProperties propertiesFor(long dueMillis) {
        return settings.message().propertiesFor(name(), dueMillis);
    }

    /** The same schedule with other settings, at the moment {@code nowMillis}. */
    public Schedule with(ScheduleSettings changed, long nowMillis) {
        boolean isEnabledAgain = changed.isEnabled() && !settings.isEnabled();
        boolean counts = changed.timing().equals(settings.timing()) && !isEnabledAgain;
        return new Schedule(key, id, createdMillis, counts ? sinceMillis : nowMillis, changed);
    }
}
