package io.millrace.testkit;

import io.millrace.base.Clock;

/**
 * Time that moves only when told. Monotonic time starts shortly before it overflows, so that code which compares
 * instants otherwise than by subtraction fails; wall time starts at 2026-01-01T00:00Z. Any thread.
 */
public final class SimulatedClock implements Clock {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long ORIGIN_NANOS = Long.MAX_VALUE - 10_000_000_000L;
    private static final long ORIGIN_EPOCH_MILLIS = 1_767_225_600_000L;

    private long elapsedNanos;
    private long jumpedMillis;

    /** Nanoseconds since this clock was made. */
    public synchronized long elapsedNanos() {
        return elapsedNanos;
    }

    /** Lets this much time pass, 0 or more, on both clocks. */
    public synchronized void advance(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("time does not go back by " + nanos);
        }
        elapsedNanos = Math.addExact(elapsedNanos, nanos);
    }

    /** Sets the wall clock forward, or back if negative, as an operator would; no time passes. */
    public synchronized void jumpWall(long millis) {
        jumpedMillis += millis;
    }

    @Override
    public synchronized long nanoTime() {
        return ORIGIN_NANOS + elapsedNanos;
    }

    @Override
    public synchronized long epochMillis() {
        return ORIGIN_EPOCH_MILLIS + elapsedNanos / NANOS_PER_MILLI + jumpedMillis;
    }
}
