package io.millrace.server.demo;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/**
 * One part of the demo as it goes on: how much of how much is done, since when. The conducting thread begins and ends
 * it, the drawing thread samples it; times are of {@link System#nanoTime}.
 */
final class Phase {
    private static final long RATE_NANOS = 2_000_000_000;

    private final String name;
    private final ArrayDeque<long[]> samples = new ArrayDeque<>();
    private LongSupplier done = () -> 0;
    private long total;
    private String note = "";
    private long startNanos;
    private long endNanos;
    private State state = State.WAITING;

    /** How far a phase is. */
    enum State {
        WAITING,
        RUNNING,
        OVER
    }

    Phase(String name) {
        this.name = name;
    }

    /** Begins; {@code newDone} tells at any time how much of {@code newTotal} is done. */
    synchronized void begin(long newTotal, LongSupplier newDone, long nowNanos) {
        total = newTotal;
        done = newDone;
        startNanos = nowNanos;
        state = State.RUNNING;
        samples.add(new long[] {nowNanos, newDone.getAsLong()});
    }

    synchronized void end(String newNote, long nowNanos) {
        note = newNote;
        endNanos = nowNanos;
        state = State.OVER;
    }

    /** The phase at {@code nowNanos}, to be drawn; remembers how much is done, for the rate. */
    synchronized View view(long nowNanos) {
        if (state == State.WAITING) {
            return new View(name, state, 0, 0, 0, Duration.ZERO, note);
        }
        long until = state == State.OVER ? endNanos : nowNanos;
        long now = state == State.OVER && total > 0 ? total : done.getAsLong();
        return new View(name, state, now, total, rate(now, until), Duration.ofNanos(until - startNanos), note);
    }

    /** Per second: of late while it runs, on the whole when it is over. */
    private double rate(long now, long nowNanos) {
        if (state == State.OVER) {
            return perSecond(now, nowNanos - startNanos);
        }
        samples.add(new long[] {nowNanos, now});
        while (samples.size() > 2 && nowNanos - samples.getFirst()[0] > RATE_NANOS) {
            samples.removeFirst();
        }
        long[] before = samples.getFirst();
        return perSecond(now - before[1], nowNanos - before[0]);
    }

    private static double perSecond(long count, long nanos) {
        return nanos <= 0 ? 0 : count * 1e9 / nanos;
    }

    /**
     * A phase at one moment.
     *
     * @param total 0 where there is nothing to count
     * @param note what came of it, once it is over
     */
    record View(String name, State state, long done, long total, double perSecond, Duration time, String note) {
        /** How much is done, 0 to 1. */
        double share() {
            return total == 0 ? 0 : Math.min(1, (double) done / total);
        }
    }
}
