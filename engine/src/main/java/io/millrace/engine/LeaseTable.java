package io.millrace.engine;

import io.millrace.base.Check;
import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a shard that has a deadline: leases, delayed messages, waiting receives. One slot each, in arrays; a
 * slot's number is its timer's id. Leases are found by their token. The loop's.
 */
final class LeaseTable {
    static final byte FREE = 0;
    static final byte LEASED = 1;
    static final byte DELAYED = 2;
    static final byte WAITING = 3;

    private static final long MISSING = -1;

    private final TimerWheel timers;
    private final Long2LongHashMap slotByToken = new Long2LongHashMap(MISSING);
    private byte[] states = new byte[16];
    private @Nullable Object[] owners = new Object[16];
    private long[] offsets = new long[16];
    private long[] tokens = new long[16];
    private int[] counts = new int[16];
    private int[] nextFree = new int[16];
    private int firstFree = -1;
    private int used;

    LeaseTable(long nowNanos) {
        timers = new TimerWheel(nowNanos);
    }

    TimerWheel timers() {
        return timers;
    }

    /** Leases the message at {@code offset} of {@code queue}; returns the slot. */
    int lease(Queue queue, long offset, long token, int deliveryCount, long deadlineNanos) {
        int slot = take(LEASED, queue, offset, deadlineNanos);
        tokens[slot] = token;
        counts[slot] = deliveryCount;
        slotByToken.put(token, slot);
        return slot;
    }

    /** Keeps the message at {@code offset} of {@code queue} back until {@code dueNanos}. */
    int delay(Queue queue, long offset, long dueNanos) {
        return take(DELAYED, queue, offset, dueNanos);
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

    int deliveryCount(int slot) {
        return counts[slot];
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
        timers.cancel(slot);
        states[slot] = FREE;
        owners[slot] = null;
        nextFree[slot] = firstFree;
        firstFree = slot;
    }

    /** Every slot below it may be taken; those of {@code state} {@link #FREE} are not. */
    int slots() {
        return used;
    }

    private int take(byte state, Object owner, long offset, long deadlineNanos) {
        int slot = firstFree;
        if (slot >= 0) {
            firstFree = nextFree[slot];
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
        nextFree = Arrays.copyOf(nextFree, capacity);
    }
}
