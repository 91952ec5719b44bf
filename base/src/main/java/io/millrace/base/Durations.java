package io.millrace.base;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lengths of time as users write them: a whole number with one of ms, s, m, h, d. The longest is what fits into a
 * {@code long} of nanoseconds, so that {@link Duration#toNanos} of a parsed value never overflows.
 *
 * <p>Stateless; any thread.
 */
public final class Durations {
    /** The longest length of time that has a text. */
    public static final Duration MAX = Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(Long.MAX_VALUE));

    private static final UnitScale SCALE = new UnitScale(
            List.of(
                    new UnitScale.Unit("ms", 1),
                    new UnitScale.Unit("s", 1000),
                    new UnitScale.Unit("m", 60 * 1000),
                    new UnitScale.Unit("h", 60 * 60 * 1000),
                    new UnitScale.Unit("d", 24 * 60 * 60 * 1000)),
            MAX.toMillis());

    private Durations() {}

    /** The time that {@code text} stands for; {@link IllegalArgumentException} says what is wrong with it. */
    public static Duration parse(String text) {
        return Duration.ofMillis(SCALE.parse(text));
    }

    /** The exact text in the largest unit that divides it: {@code 90s}, {@code 2h}. */
    public static String print(Duration duration) {
        long millis = duration.toMillis();
        if (!duration.equals(Duration.ofMillis(millis))) {
            throw new IllegalArgumentException(duration + " is not a whole number of milliseconds");
        }
        return SCALE.print(millis);
    }
}
