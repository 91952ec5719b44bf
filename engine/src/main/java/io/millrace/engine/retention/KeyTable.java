package io.millrace.engine.retention;

import java.util.Arrays;

/** The latest offset of each key, known by 128 bits of its hash, in 24 to 48 bytes a key. Grows; for one thread. */
final class KeyTable {
    /** There is no such key. */
    static final long NONE = -1;

    private static final int CAPACITY_MIN = 64;

    private long[] highs = new long[CAPACITY_MIN];
    private long[] lows = new long[CAPACITY_MIN];
    private long[] offsets = emptyOffsets(CAPACITY_MIN);
    private int size;

    private static long[] emptyOffsets(int capacity) {
        long[] offsets = new long[capacity];
        Arrays.fill(offsets, NONE);
        return offsets;
    }

    int size() {
        return size;
    }

    /** The offset of the key; {@link #NONE} where it is not there. */
    long get(long high, long low) {
        return offsets[find(high, low)];
    }

    /** Notes the offset of the key; returns the one before, or {@link #NONE}. */
    long put(long high, long low, long offset) {
        if ((size + 1) * 4L > offsets.length * 3L) {
            grow();
        }
        int at = find(high, low);
        long before = offsets[at];
        highs[at] = high;
        lows[at] = low;
        offsets[at] = offset;
        size += before == NONE ? 1 : 0;
        return before;
    }

    /** Where the key is, or would be. */
    private int find(long high, long low) {
        int mask = offsets.length - 1;
        int at = (int) (high ^ (high >>> 32)) & mask;
        while (offsets[at] != NONE && (highs[at] != high || lows[at] != low)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        long[] oldOffsets = offsets;
        int capacity = oldOffsets.length * 2;
        highs = new long[capacity];
        lows = new long[capacity];
        offsets = emptyOffsets(capacity);
        for (int i = 0; i < oldOffsets.length; i++) {
            if (oldOffsets[i] != NONE) {
                int at = find(oldHighs[i], oldLows[i]);
                highs[at] = oldHighs[i];
                lows[at] = oldLows[i];
                offsets[at] = oldOffsets[i];
            }
        }
    }
}
