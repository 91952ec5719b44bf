package io.millrace.engine;

/** The tokens of a shard's leases, which only grow, across restarts too. Part of a shard; the loop's. */
final class LeaseTokens {
    /** Bits of a token that count; the bits above hold the epoch. */
    static final int COUNTER_BITS = 44;

    private long next;

    /** Those of {@code epoch} begin. */
    void begin(long epoch) {
        next = epoch << COUNTER_BITS;
    }

    /** The one that is given out next. */
    long next() {
        return next;
    }

    /** Gives one out. */
    long take() {
        return next++;
    }
}
