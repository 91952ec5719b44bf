package io.millrace.storage.local;

import java.util.concurrent.TimeUnit;

/**
 * How stored files are looked at while the store runs.
 *
 * @param bytesPerSecond how much is read in a second at most, 0 for nothing at all
 * @param intervalMillis everything is read once in this time at most
 */
public record ScrubOptions(long bytesPerSecond, long intervalMillis) {
    /** Nothing is looked at. */
    public static final ScrubOptions NEVER = new ScrubOptions(0, 0);

    /** What a broker does unless it is told otherwise. */
    public static final ScrubOptions DEFAULT = new ScrubOptions(4L << 20, TimeUnit.DAYS.toMillis(7));

    /** Checks the ranges. */
    public ScrubOptions {
        if (bytesPerSecond < 0 || intervalMillis < 0) {
            throw new IllegalArgumentException("what is read in a second, and how often, is 0 or more");
        }
    }

    boolean isOn() {
        return bytesPerSecond > 0;
    }

    /** How long to wait after {@code bytes} were read. */
    long nanosFor(long bytes) {
        return (long) ((double) bytes / bytesPerSecond * TimeUnit.SECONDS.toNanos(1));
    }
}
