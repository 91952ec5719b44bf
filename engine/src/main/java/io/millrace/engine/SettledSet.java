package io.millrace.engine;

/**
 * Which messages of a log are settled: all below the floor, and a compressed set above it. In-order settlement costs
 * no memory. The loop's.
 */
final class SettledSet {
    private final OffsetSet above = new OffsetSet();
    private long floor;

    SettledSet(long floor) {
        this.floor = floor;
    }

    /** Every offset below it is settled. */
    long floor() {
        return floor;
    }

    /** How many offsets above the floor are settled. */
    long sizeAbove() {
        return above.size();
    }

    boolean contains(long offset) {
        return offset < floor || above.contains(offset);
    }

    /** Settles {@code offset}; returns whether it was not settled before. */
    boolean settle(long offset) {
        if (offset == floor) {
            floor++;
            advance();
            return true;
        }
        return offset > floor && above.add(offset);
    }

    /** Settles {@code from} up to but not {@code to}; returns how many were not settled before. */
    long settleRange(long from, long to) {
        long start = Math.max(from, floor);
        if (start >= to) {
            return 0;
        }
        long before = above.size() + floor;
        if (start == floor) {
            long settledInside = above.size();
            floor = to;
            above.removeBelow(to);
            settledInside -= above.size();
            advance();
            return to - start - settledInside;
        }
        above.addRange(start, to);
        return above.size() + floor - before;
    }

    /** The first unsettled offset at or after {@code from}. */
    long nextUnsettled(long from) {
        return above.nextAbsent(Math.max(from, floor));
    }

    private void advance() {
        if (above.contains(floor)) {
            floor = above.nextAbsent(floor);
            above.removeBelow(floor);
        }
    }
}
