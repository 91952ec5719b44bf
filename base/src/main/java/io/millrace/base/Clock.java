package io.millrace.base;

/**
 * The two clocks of the broker. Leases, delays and time-outs follow {@link #nanoTime}, which never jumps; dates that
 * are stored or shown follow {@link #epochMillis}, which an operator may set.
 *
 * <p>Implementations are safe for any thread.
 */
public interface Clock {
    /** The machine's clocks. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    };

    /** Monotonic time in nanoseconds from an arbitrary origin; compare by subtraction only. */
    long nanoTime();

    /** Wall time in milliseconds since 1970-01-01T00:00Z. */
    long epochMillis();
}
