package io.millrace.engine;

import io.millrace.base.Check;
import org.roaringbitmap.RoaringBitmap;

/**
 * A compressed set of 64-bit offsets that lie within 2^32 of each other. The loop's.
 */
final class OffsetSet {
    private static final long SPAN = 1L << 32;
    /** The base stays a multiple of a container, so that moving it moves whole containers. */
    private static final long BASE_STEP = 1L << 16;

    private RoaringBitmap bits = new RoaringBitmap();
    private long base;
    private long size;

    boolean isEmpty() {
        return size == 0;
    }

    long size() {
        return size;
    }

    boolean contains(long offset) {
        long relative = offset - base;
        return size > 0 && relative >= 0 && relative < SPAN && bits.contains((int) relative);
    }

    /** Adds {@code offset}; returns whether it was not there. */
    boolean add(long offset) {
        if (!bits.checkedAdd(relative(offset))) {
            return false;
        }
        size++;
        return true;
    }

    /** Adds {@code from} up to but not {@code to}. */
    void addRange(long from, long to) {
        if (from < to) {
            relative(from);
            long last = Integer.toUnsignedLong(relative(to - 1)); // may have moved the base
            bits.add(last - (to - 1 - from), last + 1);
            size = bits.getLongCardinality();
        }
    }

    /** Removes {@code offset}; returns whether it was there. */
    boolean remove(long offset) {
        if (!contains(offset)) {
            return false;
        }
        bits.remove((int) (offset - base));
        size--;
        return true;
    }

    /** The smallest offset; the set is not empty. */
    long first() {
        return base + Integer.toUnsignedLong(bits.first());
    }

    /** The smallest offset at or after {@code from} that is not in the set. */
    long nextAbsent(long from) {
        long relative = from - base;
        if (size == 0 || relative < 0 || relative >= SPAN) {
            return from;
        }
        return base + bits.nextAbsentValue((int) relative);
    }

    /** The smallest offset at or after {@code from} that is in the set; -1 where there is none. */
    long nextPresent(long from) {
        long relative = Math.max(0, from - base);
        if (size == 0 || relative >= SPAN) {
            return -1;
        }
        long next = bits.nextValue((int) relative);
        return next < 0 ? -1 : base + next;
    }

    /** Removes everything below {@code offset}. */
    void removeBelow(long offset) {
        if (size > 0 && offset > base) {
            bits.remove(0L, Math.min(SPAN, offset - base));
            size = bits.getLongCardinality();
        }
    }

    private int relative(long offset) {
        if (size == 0) {
            bits = new RoaringBitmap();
            base = offset - Math.floorMod(offset, BASE_STEP);
        }
        long relative = offset - base;
        if (relative < 0 || relative >= SPAN) {
            moveBase(offset);
            relative = offset - base;
        }
        return (int) relative;
    }

    private void moveBase(long offset) {
        long lowest = Math.min(offset, first());
        long newBase = lowest - Math.floorMod(lowest, BASE_STEP);
        Check.that(offset - newBase < SPAN, "offsets %d and %d are too far apart", lowest, offset);
        bits = RoaringBitmap.addOffset(bits, base - newBase);
        base = newBase;
    }
}
