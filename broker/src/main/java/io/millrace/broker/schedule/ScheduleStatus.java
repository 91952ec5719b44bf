package io.millrace.broker.schedule;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a schedule is at one moment. Immutable; any thread.
 *
 * @param state what it does
 * @param lastMillis the last due time that it has fired for, epoch milliseconds; {@link ScheduleTable#NOT_FIRED} where
 *     there is none
 * @param nextMillis the due time that it fires for next; {@link Timing#NEVER} where there is none
 * @param failure why it cannot fire, while it fails
 */
public record ScheduleStatus(State state, long lastMillis, long nextMillis, @Nullable String failure) {
    /** What schedules do. */
    public enum State {
        /** It waits for its next due time, or is firing. */
        ACTIVE,
        /** It cannot fire for a time that is due, and tries again. */
        FAILING,
        /** It is disabled. */
        DISABLED;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** How answers spell it. */
        public String word() {
            return word;
        }
    }
}
