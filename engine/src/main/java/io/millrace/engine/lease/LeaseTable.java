package io.millrace.engine.lease;

import io.millrace.base.Check;
import io.millrace.engine.offset.DeliveryHistory;
import io.millrace.engine.time.TimerWheel;
import java.util.Arrays;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a shard that has a deadline: leases, waiting receives, alarms of its indexes. One slot each, in arrays;
 * a slot's number is its timer's id. Leases are found by their token. The loop's.
 */
public final class LeaseTable {
    /** A slot that is not taken. */
    static final byte FREE = 0;
    /** One of a lease on a message. */
    public static final byte LEASED = 1;
    /** One of something that is to be done at a time. */
    public static final byte ALARM = 2;
    /** One of somebody who waits until a time. */
    public static final byte WAITING = 3;

    /** Ends the chain of an owner's slots. */
    public static final int NO_SLOT = -1;

    private static final long MISSING = -1;

    private final TimerWheel timers;
    private final Long2LongHashMap slotByToken = new Long2LongHashMap(MISSING);
    private final HeldLeases held = new HeldLeases();
    private byte[] states = new byte[16];
    private @Nullable Object[] owners = new Object[16];
    private long[] offsets = new long[16];
    private long[] tokens = new long[16];
    private int[] counts = new int[16];
    private int[] priorities = new int[16];
    private boolean[] durable = new boolean[16];
    /** Of a taken slot the next one of its owner, of a free one the next free one. */
    private int[] next = new int[16];

    private int[] previous = new int[16];
    /** When a lease began by the shard's time, and for how long it was given: what the next process knows. */
    private long[] fromMillis = new long[16];

    private long[] lengthMillis = new long[16];
    private long[] deliveredMillis = new long[16];

    private int firstFree = -1;
    private int used;

    /** Makes an empty one, at this moment of the monotonic clock. */
    public LeaseTable(long nowNanos) {
        timers = new TimerWheel(nowNanos);
    }

    /** The deadlines, by slot. */
    public TimerWheel timers() {
        return timers;
    }

    /**
     * Leases the message at {@code offset} of {@code owner}, for longer than the process where durable; returns the
     * slot.
     */
    public int lease(
            LeaseOwner owner,
            long offset,
            long token,
            int deliveryCount,
            int priority,
            long deadlineNanos,
            boolean isDurable) {
        int slot = take(LEASED, owner, offset, deadlineNanos);
        link(slot, owner);
        durable[slot] = isDurable;
        priorities[slot] = priority;
        tokens[slot] = token;
        counts[slot] = deliveryCount;
        slotByToken.put(token, slot);
        return slot;
    }

    /** The lease of {@code slot} is {@code holder}'s as long as it lives; said once. */
    public void hold(int slot, LeaseHolder holder) {
        held.add(slot, holder);
    }

    /** The slot of one of the leases that {@code holder} has; {@link #NO_SLOT} where there is none. */
    public int firstHeldBy(LeaseHolder holder) {
        return holder.firstSlot;
    }

    /** Has {@code action} run at {@code deadlineNanos}, and again when the slot is rescheduled. */
    public int alarm(Runnable action, long deadlineNanos) {
        return take(ALARM, action, 0, deadlineNanos);
    }

    /** Notes somebody who waits. */
    public int await(Object waiter, long deadlineNanos) {
        return take(WAITING, waiter, 0, deadlineNanos);
    }

    /** The slot of the lease that {@code token} names on {@code offset} of {@code owner}; -1 where it does not live. */
    public int find(long token, LeaseOwner owner, long offset) {
        int slot = (int) slotByToken.get(token);
        return slot >= 0 && offsets[slot] == offset && owners[slot] == owner ? slot : -1;
    }

    /** The first of the slots of {@code owner}, in no order; {@link #NO_SLOT} where there is none. */
    public int firstOf(LeaseOwner owner) {
        return owner.firstSlot;
    }

    /** The slot of the same owner behind {@code slot}; {@link #NO_SLOT} where there is none. */
    public int nextOf(int slot) {
        return next[slot];
    }

    private void link(int slot, LeaseOwner owner) {
        int first = owner.firstSlot;
        next[slot] = first;
        previous[slot] = NO_SLOT;
        if (first >= 0) {
            previous[first] = slot;
        }
        owner.firstSlot = slot;
    }

    private void unlink(int slot, LeaseOwner owner) {
        if (previous[slot] >= 0) {
            next[previous[slot]] = next[slot];
        } else {
            owner.firstSlot = next[slot];
        }
        if (next[slot] >= 0) {
            previous[next[slot]] = previous[slot];
        }
    }

    /** What the slot is taken for: {@link #LEASED}, {@link #ALARM} or {@link #WAITING}; or {@link #FREE}. */
    public byte state(int slot) {
        return states[slot];
    }

    /** The owner of the lease, the action of the alarm, or who waits. */
    public Object owner(int slot) {
        return Check.notNull(owners[slot], "the slot is taken");
    }

    public long offset(int slot) {
        return offsets[slot];
    }

    public long token(int slot) {
        return tokens[slot];
    }

    /** Whether the lease outlives the process. */
    public boolean isDurable(int slot) {
        return durable[slot];
    }

    /** How often the message was delivered, with this lease. */
    public int deliveryCount(int slot) {
        return counts[slot];
    }

    /** The priority of the message, of which 0 comes first, unsigned. */
    public int priority(int slot) {
        return priorities[slot];
    }

    /** Notes when its message was delivered, in milliseconds of the shard's time. */
    public void noteDelivery(int slot, long millis) {
        deliveredMillis[slot] = millis;
    }

    /** Puts the delivery into {@code history}, for its message is not done with. */
    public void noteInHistory(int slot, DeliveryHistory history) {
        history.put(offsets[slot], counts[slot], deliveredMillis[slot]);
    }

    /** When its message was delivered, in milliseconds of the shard's time. */
    public long deliveredMillis(int slot) {
        return deliveredMillis[slot];
    }

    /** Notes from when on it is to last, in milliseconds of the shard's time, and for how long. */
    public void noteTerm(int slot, long from, long length) {
        fromMillis[slot] = from;
        lengthMillis[slot] = length;
    }

    /** From when on it is to last, in milliseconds of the shard's time. */
    public long fromMillis(int slot) {
        return fromMillis[slot];
    }

    /** How long it was to be. */
    public long lengthMillis(int slot) {
        return lengthMillis[slot];
    }

    /** Moves the deadline of a slot. */
    public void reschedule(int slot, long deadlineNanos) {
        timers.schedule(slot, deadlineNanos);
    }

    /** Gives a slot back. */
    public void free(int slot) {
        if (states[slot] == LEASED) {
            slotByToken.remove(tokens[slot]);
            held.remove(slot);
        }
        if (owners[slot] instanceof LeaseOwner owner) {
            unlink(slot, owner);
        }
        timers.cancel(slot);
        states[slot] = FREE;
        owners[slot] = null;
        next[slot] = firstFree;
        firstFree = slot;
    }

    /** Gives the slots of {@code owner} back. */
    public void freeAll(LeaseOwner owner) {
        for (int slot = owner.firstSlot; slot >= 0; slot = owner.firstSlot) {
            free(slot);
        }
    }

    /** Every slot below it may be taken; those of {@code state} {@link #FREE} are not. */
    public int slots() {
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
        deliveredMillis = Arrays.copyOf(deliveredMillis, capacity);
    }
}
