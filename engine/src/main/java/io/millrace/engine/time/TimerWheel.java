package io.millrace.engine.time;

import java.util.Arrays;

/**
 * Deadlines of many small things, each known by an int id that its owner gives out densely: schedule and cancel cost
 * a few array accesses and no memory beyond 16 bytes an id. A deadline fires up to one tick (8.4 ms) late, never early.
 *
 * <p>Deadlines are instants of the monotonic clock, at most {@link #NANOS_MAX} (73 years) ahead.
 *
 * <p>A hashed wheel (Varghese and Lauck, 1987, scheme 6): ids with deadlines further away than one round stay in
 * their spoke and are passed over until their round. The loop's.
 */
public final class TimerWheel {
    static final int TICK_SHIFT = 23;
    /** The longest time that something may be scheduled ahead. */
    public static final long NANOS_MAX = 1L << 61;

    private static final int SPOKES = 1 << 13;
    private static final int NONE = -1;
    private static final int IDLE = -2;

    /** When the wheel was made; times are kept relative to it, for the clock may pass the largest number. */
    private final long originNanos;

    private final int[] heads = new int[SPOKES];
    private final long[] occupied = new long[SPOKES / Long.SIZE];
    private long[] deadlines = new long[0];
    private int[] next = new int[0];
    private int[] previous = new int[0];
    private int[] due = new int[16];
    private int size;
    /** Every tick before it has been looked at. */
    private long tick;

    /** What to do with an id whose deadline has come; it is not scheduled any more. */
    public interface Expiry {
        void onExpiry(int id);
    }

    /** Makes an empty one, at this moment of the monotonic clock. */
    public TimerWheel(long nowNanos) {
        Arrays.fill(heads, NONE);
        originNanos = nowNanos;
    }

    /** Whether nothing is scheduled. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Schedules {@code id} for {@code deadlineNanos}, instead of what it was scheduled for. */
    public void schedule(int id, long deadlineNanos) {
        grow(id);
        if (previous[id] != IDLE) {
            unlink(id);
        }
        // A deadline in the past fires with the next look.
        deadlines[id] = Math.max(deadlineNanos - originNanos, tick << TICK_SHIFT);
        int spoke = spokeOf(id);
        int head = heads[spoke];
        next[id] = head;
        previous[id] = NONE;
        if (head != NONE) {
            previous[head] = id;
        }
        heads[spoke] = id;
        occupied[spoke >> 6] |= 1L << spoke;
        size++;
    }

    /** Takes {@code id} off the wheel if it is on it. */
    public void cancel(int id) {
        if (id < previous.length && previous[id] != IDLE) {
            unlink(id);
        }
    }

    /** The deadline that {@code id} has. */
    public long deadlineNanos(int id) {
        return originNanos + deadlines[id];
    }

    /** When {@link #advance} should be called next at the latest; the wheel is not empty. */
    long nextDeadlineNanos() {
        long wakeTick = tick;
        int from = (int) (tick & (SPOKES - 1));
        int word = from >> 6;
        long bits = occupied[word] & (-1L << from);
        int passed = 0;
        while (bits == 0 && passed < occupied.length) {
            passed++;
            word = (word + 1) & (occupied.length - 1);
            bits = occupied[word];
        }
        int spoke = (word << 6) + Long.numberOfTrailingZeros(bits);
        wakeTick += (spoke - from) & (SPOKES - 1);
        return originNanos + ((wakeTick + 1) << TICK_SHIFT);
    }

    /** Fires what is due at {@code nowNanos}. */
    public void advance(long nowNanos, Expiry expiry) {
        long now = nowNanos - originNanos;
        long last = now >> TICK_SHIFT;
        int count = 0;
        long first = Math.max(tick, last - SPOKES + 1);
        for (long at = first; at <= last && size > 0; at++) {
            int spoke = (int) (at & (SPOKES - 1));
            for (int id = heads[spoke]; id != NONE; id = next[id]) {
                if (deadlines[id] <= now) {
                    if (count == due.length) {
                        due = Arrays.copyOf(due, count * 2);
                    }
                    due[count++] = id;
                }
            }
        }
        tick = Math.max(tick, last);
        for (int i = 0; i < count; i++) {
            int id = due[i];
            // An expiry before this one may have cancelled or moved it.
            if (previous[id] != IDLE && deadlines[id] <= now) {
                unlink(id);
                expiry.onExpiry(id);
            }
        }
    }

    private void unlink(int id) {
        int spoke = spokeOf(id);
        int before = previous[id];
        int after = next[id];
        if (before == NONE) {
            heads[spoke] = after;
            if (after == NONE) {
                occupied[spoke >> 6] &= ~(1L << spoke);
            }
        } else {
            next[before] = after;
        }
        if (after != NONE) {
            previous[after] = before;
        }
        previous[id] = IDLE;
        size--;
    }

    private int spokeOf(int id) {
        return (int) ((deadlines[id] >> TICK_SHIFT) & (SPOKES - 1));
    }

    private void grow(int id) {
        if (id >= next.length) {
            int before = next.length;
            int capacity = Math.max(16, Math.max(id + 1, before * 2));
            deadlines = Arrays.copyOf(deadlines, capacity);
            next = Arrays.copyOf(next, capacity);
            previous = Arrays.copyOf(previous, capacity);
            Arrays.fill(previous, before, capacity, IDLE);
        }
    }
}
