package io.millrace.engine.subscription;

import io.millrace.base.Check;
import java.util.Arrays;

/**
 * The groups of a queue of which something is known in memory: those with a message in flight and those whose turn
 * comes. Each has a slot in arrays, which stays until it is removed; a group is found by both halves of its hash. Of a
 * group the first message may be known, its <em>head</em>, and up to {@value #BEHIND_MAX} that come next, so that not
 * each has to be looked up. The loop's.
 *
 * <p>Heap: about 70 bytes a slot, and another 64 once anything is known to be behind a head.
 */
final class GroupTable {
    /** There is no such group. */
    static final int NONE = -1;

    /** How many messages behind the head of a group are known at most. */
    static final int BEHIND_MAX = 8;

    private static final int SLOTS_MIN = 16;
    // Whether there is more in a group behind what is known of it.
    private static final byte UNKNOWN = 0;
    private static final byte NO_MORE = 1;
    private static final byte MORE = 2;

    private long[] highs = new long[SLOTS_MIN];
    private long[] lows = new long[SLOTS_MIN];
    private long[] heads = new long[SLOTS_MIN];
    private long[] rounds = new long[SLOTS_MIN];
    private boolean[] areExact = new boolean[SLOTS_MIN];
    private int[] leases = new int[SLOTS_MIN];
    private long[] lookups = new long[SLOTS_MIN];
    private long[] arrivals = new long[SLOTS_MIN];
    /** Of each slot {@value #BEHIND_MAX} places; empty as long as none is used. */
    private long[] behind = {};

    private byte[] behindCounts = new byte[SLOTS_MIN];
    private byte[] ends = new byte[SLOTS_MIN];
    /** Of a taken slot the next one of its bucket, of a free one the next free one. */
    private int[] next = new int[SLOTS_MIN];

    private int[] buckets = emptyBuckets(SLOTS_MIN);
    private int firstFree = NONE;
    private int used;
    private int taken;

    private static int[] emptyBuckets(int count) {
        int[] buckets = new int[count];
        Arrays.fill(buckets, NONE);
        return buckets;
    }

    /** The slot of a group; {@link #NONE} where it has none. */
    int find(long high, long low) {
        int slot = buckets[bucketOf(high, low)];
        while (slot != NONE && (highs[slot] != high || lows[slot] != low)) {
            slot = next[slot];
        }
        return slot;
    }

    /** Gives a group that has no slot one; {@code head} as of {@code round}, no lease and no lookup. */
    int add(long high, long low, long head, long round) {
        int slot = firstFree;
        if (slot != NONE) {
            firstFree = next[slot];
        } else {
            if (used == highs.length) {
                grow();
            }
            slot = used++;
        }
        highs[slot] = high;
        lows[slot] = low;
        setHead(slot, head, round);
        leases[slot] = 0;
        lookups[slot] = 0;
        arrivals[slot] = IndividualSubscription.NONE;
        link(slot);
        taken++;
        return slot;
    }

    /** Forgets the group. */
    void remove(int slot) {
        int bucket = bucketOf(highs[slot], lows[slot]);
        if (buckets[bucket] == slot) {
            buckets[bucket] = next[slot];
        } else {
            int before = buckets[bucket];
            while (next[before] != slot) {
                before = next[before];
            }
            next[before] = next[slot];
        }
        lookups[slot] = 0;
        next[slot] = firstFree;
        firstFree = slot;
        taken--;
    }

    /** Gives memory back where there was much of it and no group has a slot. */
    void trim() {
        if (taken > 0 || highs.length <= GroupTurns.LINE_MIN) {
            return;
        }
        resize(SLOTS_MIN);
        behind = new long[0];
        buckets = emptyBuckets(SLOTS_MIN);
        firstFree = NONE;
        used = 0;
    }

    long high(int slot) {
        return highs[slot];
    }

    long low(int slot) {
        return lows[slot];
    }

    /** The first message of the group, or an offset that it is not below, as of {@link #round}. */
    long head(int slot) {
        return heads[slot];
    }

    /** In which round it was found out what the head is: in a later one it may be below. */
    long round(int slot) {
        return rounds[slot];
    }

    /** Whether the head is a message of the group: a mere bound may be one of another. */
    boolean isExact(int slot) {
        return areExact[slot];
    }

    void setHead(int slot, long head, long round) {
        heads[slot] = head;
        rounds[slot] = round;
        areExact[slot] = true;
        forgetBehind(slot);
    }

    /** The first message of the group is not below {@code bound}, as of {@code round}. */
    void setBound(int slot, long bound, long round) {
        heads[slot] = bound;
        rounds[slot] = round;
        areExact[slot] = false;
        forgetBehind(slot);
    }

    // What comes behind the head.

    private void forgetBehind(int slot) {
        behindCounts[slot] = 0;
        ends[slot] = UNKNOWN;
    }

    /** The next message that waits behind all that is known of the group; returns whether there is room for another. */
    boolean addBehind(int slot, long offset) {
        if (behindCounts[slot] == BEHIND_MAX) {
            ends[slot] = MORE;
            return false;
        }
        if (behind.length == 0) {
            behind = new long[highs.length * BEHIND_MAX];
        }
        behind[slot * BEHIND_MAX + behindCounts[slot]++] = offset;
        return true;
    }

    /** Everything that waits in the group is known, unless more has come since its head was set. */
    void setNoMore(int slot) {
        if (ends[slot] == UNKNOWN) {
            ends[slot] = NO_MORE;
        }
    }

    /** A message that waits has come behind all others of the group; it is known where those are. */
    void append(int slot, long offset) {
        if (ends[slot] == NO_MORE) {
            addBehind(slot, offset);
        } else {
            ends[slot] = MORE;
        }
    }

    /** There may be more in the group than is known. */
    void setMore(int slot) {
        ends[slot] = MORE;
    }

    /** Whether everything that waits in the group is known. */
    boolean isWhole(int slot) {
        return ends[slot] == NO_MORE;
    }

    /**
     * Leaves the head behind, which does not wait any more. What was known to come next is the head then, and {@link
     * IndividualSubscription#NONE} where nothing does; returns false, and leaves it, where that is not known.
     */
    boolean advance(int slot) {
        int count = behindCounts[slot];
        if (count == 0) {
            if (ends[slot] == NO_MORE) {
                heads[slot] = IndividualSubscription.NONE;
                return true;
            }
            return false;
        }
        int at = slot * BEHIND_MAX;
        heads[slot] = behind[at];
        System.arraycopy(behind, at + 1, behind, at, count - 1);
        behindCounts[slot]--;
        return true;
    }

    void addLease(int slot) {
        leases[slot]++;
    }

    /** Ends a lease; returns whether it was the last one. */
    boolean endLease(int slot) {
        Check.that(leases[slot] > 0, "a group has as many leases as were noted");
        return --leases[slot] == 0;
    }

    /** The number of the lookup of its head that is under way; 0 for none. */
    long lookup(int slot) {
        return lookups[slot];
    }

    /** Whether the lookup of this number is the one under way; the slot may be gone. */
    boolean isLookup(int slot, long number) {
        return slot < lookups.length && lookups[slot] == number;
    }

    void setLookup(int slot, long number) {
        lookups[slot] = number;
        arrivals[slot] = IndividualSubscription.NONE;
    }

    /** A message has come while its head is looked up, which may miss it. */
    void noteArrival(int slot, long offset) {
        if (arrivals[slot] < 0) {
            arrivals[slot] = offset;
        }
    }

    /** The first message that has come since the lookup began; negative where none has. */
    long arrival(int slot) {
        return arrivals[slot];
    }

    private int bucketOf(long high, long low) {
        // Hashes, but of names that clients choose.
        long mixed = (high ^ Long.rotateLeft(low, 31)) * 0x9e3779b97f4a7c15L;
        return (int) (mixed >>> Integer.SIZE) & (buckets.length - 1);
    }

    private void link(int slot) {
        int bucket = bucketOf(highs[slot], lows[slot]);
        next[slot] = buckets[bucket];
        buckets[bucket] = slot;
    }

    /** Doubles the slots, all of which are taken. */
    private void grow() {
        int capacity = used * 2;
        resize(capacity);
        behind = Arrays.copyOf(behind, behind.length * 2);
        buckets = emptyBuckets(capacity);
        for (int slot = 0; slot < used; slot++) {
            link(slot);
        }
    }

    private void resize(int capacity) {
        highs = Arrays.copyOf(highs, capacity);
        lows = Arrays.copyOf(lows, capacity);
        heads = Arrays.copyOf(heads, capacity);
        rounds = Arrays.copyOf(rounds, capacity);
        areExact = Arrays.copyOf(areExact, capacity);
        leases = Arrays.copyOf(leases, capacity);
        lookups = Arrays.copyOf(lookups, capacity);
        arrivals = Arrays.copyOf(arrivals, capacity);
        behindCounts = Arrays.copyOf(behindCounts, capacity);
        ends = Arrays.copyOf(ends, capacity);
        next = Arrays.copyOf(next, capacity);
    }
}
