package io.millrace.engine;

import io.millrace.testkit.SimulatedClock;
import java.util.concurrent.TimeUnit;

/**
 * A length of time that began somewhere between two moments, and so ends between two others: a lease or a delay as its
 * client knows it. It goes on over restarts, by the wall clock, which may have been set in the meantime.
 */
final class Term {
    /** The clock is read in whole milliseconds, twice. */
    private static final long ROUNDING_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final long nanos;
    private final long earliestMillis;
    private final long latestMillis;
    private long endsEarliestNanos;
    private long endsLatestNanos;

    private Term(long nanos, long earliestNanos, long earliestMillis, SimulatedClock clock) {
        this.nanos = nanos;
        this.earliestMillis = earliestMillis;
        this.latestMillis = clock.epochMillis();
        this.endsEarliestNanos = earliestNanos + nanos;
        this.endsLatestNanos = clock.elapsedNanos() + nanos;
    }

    /** One that begins now. */
    static Term fromNow(long nanos, SimulatedClock clock) {
        return new Term(nanos, clock.elapsedNanos(), clock.epochMillis(), clock);
    }

    /** One that began at this moment of this life, or later, up to now. */
    static Term since(long earliestNanos, long nanos, SimulatedClock clock) {
        long agoMillis = TimeUnit.NANOSECONDS.toMillis(clock.elapsedNanos() - earliestNanos) + 1;
        return new Term(nanos, earliestNanos, clock.epochMillis() - agoMillis, clock);
    }

    /** A process has started now that knows of it from its records only. */
    void restarted(SimulatedClock clock) {
        long passedMost = TimeUnit.MILLISECONDS.toNanos(Math.max(0, clock.epochMillis() - earliestMillis));
        long passedLeast = TimeUnit.MILLISECONDS.toNanos(Math.max(0, clock.epochMillis() - latestMillis));
        endsEarliestNanos = clock.elapsedNanos() + Math.max(0, nanos - passedMost - ROUNDING_NANOS);
        endsLatestNanos = clock.elapsedNanos() + Math.max(0, nanos + ROUNDING_NANOS - passedLeast);
    }

    /** Whether it certainly goes on. */
    boolean isRunning(SimulatedClock clock) {
        return clock.elapsedNanos() < endsEarliestNanos;
    }

    /** Whether it is certainly over. */
    boolean isOver(SimulatedClock clock) {
        return clock.elapsedNanos() >= endsLatestNanos;
    }
}
