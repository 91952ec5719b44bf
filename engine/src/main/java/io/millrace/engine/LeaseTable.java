package io.millrace.engine;

import io.millrace.base.Check;
import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a shard that has a deadline: leases, waiting receives, alarms of its indexes. One slot each, in arrays;
 * a slot's number is its timer's id. Leases are found by their token. The loop's.
 */
final class LeaseTable {
    static final byte FREE = 0;
    static final byte LEASED = 1;
    static final byte ALARM = 2;
    static final byte WAITING = 3;

    /** Ends the chain of a queue's slots. */
    static final int NO_SLOT = -1;

    private static final long MISSING = -1;

    private final TimerWheel timers;
    private final Long2LongHashMap slotByToken = new Long2LongHashMap(MISSING);
    private byte[] states = new byte[16];
    private @Nullable Object[] owners = new Object[16];
    private long[] offsets = new long[16];
    private long[] tokens = new long[16];
    private int[] counts = new int[16];
    private int[] priorities = new int[16];
    private boolean[] durable = new boolean[16];
    /** Of a taken slot the next one of its queue, of a free one the next free one. */
    private int[] next = new int[16];

    private int[] previous = new int[16];
    /** When a lease began by the shard's time, and for how long it was given: what the next process knows. */
    private long[] fromMillis = new long[16];

    private long[] lengthMillis = new long[16];

    private int firstFree = -1;
    private int used;

    LeaseTable(long nowNanos) {
        timers = new TimerWheel(nowNanos);
    }

    TimerWheel timers() {
        return timers;
    }

    /** Leases the message at {@code offset} of {@code queue}, for longer than the process where durable; the slot. */
    int lease(
            Queue queue,
            long offset,
            long token,
            int deliveryCount,
            int priority,
            long deadlineNanos,
            boolean isDurable) {
        int slot = take(LEASED, queue, offset, deadlineNanos);
        link(slot, queue);
        durable[slot] = isDurable;
        priorities[slot] = priority;
        tokens[slot] = token;
        counts[slot] = deliveryCount;
        slotByToken.put(token, slot);
        return slot;
    }

    /** Has {@code action} run at {@code deadlineNanos}, and again when the slot is rescheduled. */
    int alarm(Runnable action, long deadlineNanos) {
        return take(ALARM, action, 0, deadlineNanos);
    }

    /** Notes a receive that waits. */
    int await(Receive receive, long deadlineNanos) {
        return take(WAITING, receive, 0, deadlineNanos);
    }

    /** The slot of the lease that {@code token} names on {@code offset} of {@code queue}; -1 where it does not live. */
    int find(long token, Queue queue, long offset) {
        int slot = (int) slotByToken.get(token);
        return slot >= 0 && offsets[slot] == offset && owners[slot] == queue ? slot : -1;
    }

    /** The first of the slots of {@code queue}, in no order; {@link #NO_SLOT} where there is none. */
    int firstOf(Queue queue) {
        return queue.firstSlot;
    }

    /** The slot of the same queue behind {@code slot}; {@link #NO_SLOT} where there is none. */
    int nextOf(int slot) {
        return next[slot];
    }

    private void link(int slot, Queue queue) {
        int first = queue.firstSlot;
        next[slot] = first;
        previous[slot] = NO_SLOT;
        if (first >= 0) {
            previous[first] = slot;
        }
        queue.firstSlot = slot;
    }

    private void unlink(int slot, Queue queue) {
        if (previous[slot] >= 0) {
            next[previous[slot]] = next[slot];
        } else {
            queue.firstSlot = next[slot];
        }
        if (next[slot] >= 0) {
            previous[next[slot]] = previous[slot];
        }
    }

    byte state(int slot) {
        return states[slot];
    }

    Object owner(int slot) {
        return Check.notNull(owners[slot], "the slot is taken");
    }

    long offset(int slot) {
        return offsets[slot];
    }

    long token(int slot) {
        return tokens[slot];
    }

    /** Whether the lease outlives the process. */
    boolean isDurable(int slot) {
        return durable[slot];
    }

    int deliveryCount(int slot) {
        return counts[slot];
    }

    int priority(int slot) {
        return priorities[slot];
    }

    /**
     * Notes when a lease began, in milliseconds of the shard's time, and how long it is to be; returns {@code slot}.
     */
    int noteTerm(int slot, long from, long length) {
        fromMillis[slot] = from;
        lengthMillis[slot] = length;
        return slot;
    }

    /** When it began, in milliseconds of the shard's time. */
    long fromMillis(int slot) {
        return fromMillis[slot];
    }

    /** How long it was to be. */
    long lengthMillis(int slot) {
        return lengthMillis[slot];
    }

    /** Moves the deadline of a slot. */
    void reschedule(int slot, long deadlineNanos) {
        timers.schedule(slot, deadlineNanos);
    }

    /** Gives a slot back. */
    void free(int slot) {
        if (states[slot] == LEASED) {
            slotByToken.remove(tokens[slot]);
        }
        if (owners[slot] instanceof Queue queue) {
            unlink(slot, queue);
        }
        timers.cancel(slot);
        states[slot] = FREE;
        owners[slot] = null;
        next[slot] = firstFree;
        firstFree = slot;
    }

    /** Gives the slots of {@code queue} back. */
    void freeAll(Queue queue) {
        for (int slot = queue.firstSlot; slot >= 0; slot = queue.firstSlot) {
            free(slot);
        }
    }

    /** Every slot below it may be taken; those of {@code state} {@link #FREE} are not. */
    int slots() {
        return used;
    }

    private int take(byte state, Object owner, long offset, long deadlineNanos) {
        int slot = firstFree;
        if (slot >= 0) {
            firstFree = next[slot];
        } else {
            slot = used++;
            if (slot == states.length) {
                grow();
            }
        }
        states[slot] = state;
        owners[slot] = owner;
        offsets[slot] = offset;
        timers.schedule(slot, deadlineNanos);
        return slot;
    }

    private void grow() {
        int capacity = states.length * 2;
        states = Arrays.copyOf(states, capacity);
        owners = Arrays.copyOf(owners, capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        tokens = Arrays.copyOf(tokens, capacity);
        counts = Arrays.copyOf(counts, capacity);
        priorities = Arrays.copyOf(priorities, capacity);
        durable = Arrays.copyOf(durable, capacity);
        next = Arrays.copyOf(next, capacity);
        previous = Arrays.copyOf(previous, capacity);
        fromMillis = Arrays.copyOf(fromMillis, capacity);
        lengthMillis = Arrays.copyOf(lengthMillis, capacity);
    }
}
