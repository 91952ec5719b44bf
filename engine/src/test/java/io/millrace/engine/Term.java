package io.millrace.engine;

import io.millrace.testkit.SimulatedClock;
import java.util.concurrent.TimeUnit;

/**
 * A length of time that began somewhere between two moments, and so ends between two others: a lease or a delay as its
 * client knows it. It goes on evenly in each life of the broker, and between them by as much as the wall clock, which
 * may have been set meanwhile; where that went back, from a moment that the last life has put on record.
 */
final class Term {
    /** Clocks are read in whole milliseconds, twice at the end of a life and twice at the beginning of the next. */
    private static final long ROUNDING_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    /** The timers of the broker are late by this at most. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** It lasts no longer than this from the beginning of a life on. */
    private final long nanosMax;

    private long endsEarliestNanos;
    private long endsLatestNanos;
    private boolean isDead;
    private long diedNanos;
    private long diedMillis;
    /** By how much the wall clock went back between lives; a life that put nothing on record does not count. */
    private long setBackNanos;

    private Term(long nanos, long nanosMax, long earliestNanos, SimulatedClock clock) {
        this.nanosMax = nanosMax;
        this.endsEarliestNanos = earliestNanos + nanos;
        this.endsLatestNanos = clock.elapsedNanos() + nanos;
    }

    /** One that begins now. */
    static Term fromNow(long nanos, SimulatedClock clock) {
        return new Term(nanos, nanos, clock.elapsedNanos(), clock);
    }

    /**
     * One that begins now, and of which only the end is put on record: the next life may begin at a moment before this.
     */
    static Term untilEnd(long nanos, SimulatedClock clock) {
        return new Term(nanos, Long.MAX_VALUE - ROUNDING_NANOS, clock.elapsedNanos(), clock);
    }

    /** One that began at this moment of this life, or later, up to now. */
    static Term since(long earliestNanos, long nanos, SimulatedClock clock) {
        return new Term(nanos, nanos, earliestNanos, clock);
    }

    /** The process that knows of it has ended. */
    void died(SimulatedClock clock) {
        if (!isDead) {
            isDead = true;
            diedNanos = clock.elapsedNanos();
            diedMillis = clock.epochMillis();
        }
    }

    /** A process has started now that knows of it from its records only. */
    void restarted(SimulatedClock clock) {
        if (!isDead) {
            return;
        }
        isDead = false;
        long passedNanos = TimeUnit.MILLISECONDS.toNanos(clock.epochMillis() - diedMillis);
        long leftLeast = endsEarliestNanos - diedNanos - Math.max(0, passedNanos) - ROUNDING_NANOS;
        setBackNanos += Math.max(0, -passedNanos);
        long left = endsLatestNanos - diedNanos - Math.max(0, passedNanos);
        long leftMost = Math.min(nanosMax, left + setBackNanos) + ROUNDING_NANOS;
        endsEarliestNanos = clock.elapsedNanos() + Math.max(0, leftLeast);
        endsLatestNanos = clock.elapsedNanos() + Math.max(0, leftMost);
    }

    /** Whether it certainly goes on. */
    boolean isRunning(SimulatedClock clock) {
        return clock.elapsedNanos() < endsEarliestNanos;
    }

    /** Whether it is certainly over. */
    boolean isOver(SimulatedClock clock) {
        return clock.elapsedNanos() >= endsLatestNanos;
    }

    /** Whether the broker must have noticed that it is over, if it does nothing any more. */
    boolean isNoticed(SimulatedClock clock) {
        return clock.elapsedNanos() >= endsLatestNanos + TICK_NANOS;
    }
}
