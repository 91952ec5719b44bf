package io.millrace.server.client;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them: {@code 12,345}, {@code 1.3 GiB}, {@code 12.4 s}. Stateless; any thread. */
public final class Numbers {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int FACTOR = 1024;
    private static final int SECONDS_PER_MINUTE = 60;

    private Numbers() {}

    /** A count with its thousands apart. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** So many messages. */
    public static String messages(long number) {
        return number == 1 ? "1 message" : count(number) + " messages";
    }

    /** A size, rounded. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= FACTOR && unit < UNITS.length - 1) {
            value /= FACTOR;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** A length of time, rounded. */
    public static String time(Duration time) {
        double seconds = time.toMillis() / 1000.0;
        return seconds < SECONDS_PER_MINUTE
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart());
    }

    /** How many there were in a second, of {@code count} in {@code time}. */
    public static String rate(long count, Duration time) {
        double seconds = Math.max(time.toNanos(), 1_000_000) / 1e9;
        return count(Math.round(count / seconds)) + "/s";
    }
}
