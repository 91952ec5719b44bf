package io.millrace.engine.record;

import io.millrace.base.Check;

/**
 * A message in an index by time, as the three numbers of a record (docs/formats/snapshot.md). They are ordered by time
 * first; the rest only has to fit. Stateless.
 */
public final class TimeRecord {
    /** Times from here on, in the year 2248, are this one. */
    static final long MILLIS_MAX = (1L << 43) - 1;

    private static final int HIGH_BITS = 20;
    private static final int LOW_BITS = Integer.SIZE - HIGH_BITS;
    private static final int OFFSET_BITS = Long.SIZE - LOW_BITS;
    private static final int ROUND_BITS = 8;
    private static final int ROUND_MASK = (1 << ROUND_BITS) - 1;
    private static final long LOG_MAX = 1L << (Long.SIZE - 1 - ROUND_BITS);

    private TimeRecord() {}

    /** Of a time in milliseconds, and the upper bits of the priority. */
    public static long key(long millis, int priority) {
        return (Math.max(0, Math.min(millis, MILLIS_MAX)) << HIGH_BITS) | (priority >>> LOW_BITS);
    }

    /** Of the log, and how often the message had been delivered when it was put off, as far as that has room. */
    public static long sub(long logId, int deliveries) {
        Check.that(logId < LOG_MAX, "the id of a log fits into an index: %d, at most %d", logId, LOG_MAX);
        return (logId << ROUND_BITS) | (deliveries & ROUND_MASK);
    }

    /** Of the offset, and the lower bits of the priority. */
    public static long value(long offset, int priority) {
        Check.that(
                offset >>> OFFSET_BITS == 0, "an offset fits into an index: %d, at most %d bits", offset, OFFSET_BITS);
        return ((long) priority << OFFSET_BITS) | offset;
    }

    /** The time in milliseconds that a key is of. */
    public static long millis(long key) {
        return key >>> HIGH_BITS;
    }

    /** The priority of the message. */
    public static int priority(long key, long value) {
        return (int) (key << LOW_BITS) | (int) (value >>> OFFSET_BITS);
    }

    /** The log that a sub is of. */
    public static long logId(long sub) {
        return sub >>> ROUND_BITS;
    }

    /** Whether the record was made when the message had been delivered this often. */
    public static boolean isOfRound(long sub, int deliveries) {
        return (sub & ROUND_MASK) == (deliveries & ROUND_MASK);
    }

    /** The offset that a value is of. */
    public static long offset(long value) {
        return value & ((1L << OFFSET_BITS) - 1);
    }
}
