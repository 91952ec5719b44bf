package io.millrace.engine.offset;

/**
 * Which messages of a log are settled: all below the floor, and a compressed set above it. In-order settlement costs
 * no memory. The loop's.
 */
public final class SettledSet {
    private final OffsetSet above = new OffsetSet();
    private long floor;

    /** All below {@code floor} is settled, nothing above it. */
    public SettledSet(long floor) {
        this.floor = floor;
    }

    /** Every offset below it is settled. */
    public long floor() {
        return floor;
    }

    /** How many offsets above the floor are settled. */
    public long sizeAbove() {
        return above.size();
    }

    public boolean contains(long offset) {
        return offset < floor || above.contains(offset);
    }

    /** Settles {@code offset}; returns whether it was not settled before. */
    public boolean settle(long offset) {
        if (offset == floor) {
            floor++;
            advance();
            return true;
        }
        return offset > floor && above.add(offset);
    }

    /** Settles {@code from} up to but not {@code to}; returns how many were not settled before. */
    public long settleRange(long from, long to) {
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
    public long nextUnsettled(long from) {
        return above.nextAbsent(Math.max(from, floor));
    }

    /** The first settled offset from {@code from} on, which is not settled and above the floor; {@code end} at most. */
    public long nextSettled(long from, long end) {
        long next = above.nextPresent(from);
        return next < 0 ? end : Math.min(next, end);
    }

    /** How many offsets from {@code from} up to but not {@code to} are not settled. */
    public long unsettled(long from, long to) {
        long start = Math.max(from, floor);
        if (to - start <= 1) {
            return start < to && !above.contains(start) ? 1 : 0;
        }
        return to - start - above.count(start, to);
    }

    /** A copy that says the same of the offsets from {@code from} up to but not {@code to}. */
    public SettledSet copy(long from, long to) {
        SettledSet copy = new SettledSet(floor);
        copy.above.addAll(above.copy(Math.max(from, floor), to));
        return copy;
    }

    /** What is settled above the floor; the set's own. */
    public OffsetSet above() {
        return above;
    }

    /** Takes over a floor and what is settled above it; nothing was settled before. */
    public void restore(long newFloor, OffsetSet settledAbove) {
        floor = newFloor;
        above.addAll(settledAbove);
    }

    private void advance() {
        if (above.contains(floor)) {
            floor = above.nextAbsent(floor);
            above.removeBelow(floor);
        }
    }
}
