package io.millrace.broker.schedule;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of due times that have passed before they could be fired: the broker was down, or its clock was set
 * forward.
 */
public enum MissedPolicy {
    /** None is fired: the last one only if it is no more than {@value #LATE_MILLIS_MAX} ms ago. */
    SKIP,
    /** The last one is fired, for all of them. */
    ONCE,
    /** Each is fired, in their order; of more than {@value #MISSED_MAX} the last ones. */
    EACH;

    /** How late the last due time may be fired where missed ones are skipped. */
    public static final long LATE_MILLIS_MAX = 60_000;

    /** The most due times that are made up for one by one. */
    public static final int MISSED_MAX = 100;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** How definitions and requests spell it. */
    public String word() {
        return word;
    }

    /** The policy of that word; null where there is none. */
    public static @Nullable MissedPolicy named(String word) {
        for (MissedPolicy each : values()) {
            if (each.word.equals(word)) {
                return each;
            }
        }
        return null;
    }
}
