package io.millrace.engine.record;

import io.millrace.base.Check;
import io.millrace.base.Mix64;

/**
 * A key by which a publish is known, as the three numbers of a record (docs/formats/snapshot.md): 97 bits of a hash of
 * the key and its log, the end of its window to the millisecond, the offset that the first publish was given. Of the
 * records with one hash, whose windows follow each other, the newest is first. Stateless.
 */
public final class DeduplicationRecord {
    /** Windows that end from here on, in the year 2248, end here. */
    static final long MILLIS_MAX = (1L << 43) - 1;

    private static final int OFFSET_BITS = 52;
    private static final int LOW_BITS = Long.SIZE - OFFSET_BITS;
    private static final int HIGH_BITS = 43 - LOW_BITS;
    private static final long HIGH_MASK = (1L << HIGH_BITS) - 1;

    private DeduplicationRecord() {}

    /** Of the hash of a key, of which {@code high} and {@code low} are the halves, its upper 64 bits. */
    public static long key(long logId, long high, long low) {
        return high + Mix64.of(mixed(logId, high, low));
    }

    /** The least sub of any record with this hash; the 33 further bits of the hash are in it. */
    public static long subLeast(long logId, long high, long low) {
        long hash = mixed(logId, high, low) + Mix64.of(key(logId, high, low));
        return hash & ~HIGH_MASK;
    }

    /** The greatest sub of the records with the hash that {@code subLeast} is of. */
    public static long subMost(long subLeast) {
        return subLeast | HIGH_MASK;
    }

    /** The further bits of the hash that {@code sub} has. */
    public static long hashRest(long sub) {
        return sub & ~HIGH_MASK;
    }

    /** Of the window that ends at {@code untilMillis}. */
    public static long sub(long subLeast, long untilMillis) {
        return subLeast | (left(untilMillis) >>> LOW_BITS);
    }

    /** Of the window that ends at {@code untilMillis}: what of its end has no room in the sub, in signed order. */
    public static long value(long untilMillis, long offset) {
        Check.that(
                offset >>> OFFSET_BITS == 0, "an offset fits into an index: %d, at most %d bits", offset, OFFSET_BITS);
        return ((left(untilMillis) << OFFSET_BITS) ^ Long.MIN_VALUE) | offset;
    }

    /** When the window ends. */
    public static long untilMillis(long sub, long value) {
        return MILLIS_MAX - (((sub & HIGH_MASK) << LOW_BITS) | ((value ^ Long.MIN_VALUE) >>> OFFSET_BITS));
    }

    /** The offset that the first publish was given. */
    public static long offset(long value) {
        return value & ((1L << OFFSET_BITS) - 1);
    }

    /** Counts backwards, so that what ends last comes first. */
    private static long left(long untilMillis) {
        return MILLIS_MAX - Math.max(0, Math.min(untilMillis, MILLIS_MAX));
    }

    /** Together with the other half no two keys of a log become the same; logs have nothing in common. */
    private static long mixed(long logId, long high, long low) {
        return low + Mix64.of(high ^ Mix64.of(logId));
    }
}
