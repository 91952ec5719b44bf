package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import io.millrace.storage.run.RecordWalk;

/**
 * Goes through the index of a queue's groups and finds what comes first in each, and some of what comes next: a message
 * that waits can be delivered, one that is held keeps the group back, all others are passed over. It ends early where a
 * group has many records that are of no interest, so that the next walk can begin behind them. The loop's.
 */
abstract class GroupWalk extends RecordWalk {
    /** So many records in a row that are passed over are as expensive as another walk. */
    private static final int PASSED_MAX = 64;

    private final OffsetSet waiting;
    private final OffsetSet held;
    private final int visitsMax;
    private long high;
    private long low;
    private long offset;
    private boolean isBegun;
    private boolean isDecided;
    /** Whether what comes behind the first message of the group is looked at. */
    private boolean isFollowing;

    private boolean isAtEnd = true;
    private int passed;
    private int visits;

    /** Begins at this group and offset; sees {@code visitsMax} records at most. */
    GroupWalk(long high, long low, long offset, OffsetSet waiting, OffsetSet held, int visitsMax) {
        super(high, low, offset);
        this.high = high;
        this.low = low;
        this.offset = offset;
        this.waiting = waiting;
        this.held = held;
        this.visitsMax = visitsMax;
    }

    /** Whether it is of no interest what comes first in this group. */
    abstract boolean isPassedOver(long groupHigh, long groupLow);

    /** The message at {@code first} can be delivered next of its group; returns whether the walk goes on. */
    abstract boolean onFound(long groupHigh, long groupLow, long first);

    /** In the group that was found last {@code next} waits behind the others; returns whether more are wanted. */
    abstract boolean onBehind(long next);

    /** Nothing else waits in the group that was found last, or keeps it back. */
    abstract void onNoMore();

    /** Whether other groups are of interest as well. */
    abstract boolean isOfAll();

    /** Whether there was nothing more. */
    final boolean isAtEnd() {
        return isAtEnd;
    }

    /** Whether it is known what comes first in the group at which it ended. */
    final boolean isDecided() {
        return isDecided;
    }

    /** How many records it has seen. */
    final int visits() {
        return visits;
    }

    // Where the next walk goes on.

    final long high() {
        return high;
    }

    final long low() {
        return low;
    }

    final long offset() {
        return offset;
    }

    @Override
    protected final boolean visit(long key, long sub, long value) {
        visits++;
        if (!isBegun || key != high || sub != low) {
            isBegun = true;
            endFollowing();
            high = key;
            low = sub;
            passed = 0;
            isDecided = isPassedOver(key, sub);
        }
        boolean goesOn = ++passed < PASSED_MAX;
        offset = value + 1;
        if (isFollowing && waiting.contains(value)) {
            isFollowing = onBehind(value);
            goesOn &= isFollowing || isOfAll();
        } else if (isFollowing && held.contains(value)) {
            isFollowing = false;
        } else if (!isDecided && waiting.contains(value)) {
            isDecided = true;
            passed = 0;
            goesOn = onFound(key, sub, value);
            isFollowing = goesOn;
        } else if (!isDecided && held.contains(value)) {
            isDecided = true;
            passed = 0;
            goesOn = true;
        } else if (!isDecided && !goesOn) {
            offset = nextOfInterest(waiting, held, offset);
        }
        if (isDecided) {
            offset = Long.MAX_VALUE;
        }
        isAtEnd = goesOn && visits < visitsMax;
        return isAtEnd;
    }

    /** The walk has ended. */
    final void endWalk() {
        if (isAtEnd) {
            endFollowing();
        }
    }

    private void endFollowing() {
        if (isFollowing) {
            isFollowing = false;
            onNoMore();
        }
    }

    /** The first offset from {@code from} on that waits or is held, in whatever group; the greatest for none. */
    static long nextOfInterest(OffsetSet waiting, OffsetSet held, long from) {
        long waits = waiting.nextPresent(from);
        long isHeld = held.nextPresent(from);
        if (waits < 0) {
            return isHeld < 0 ? Long.MAX_VALUE : isHeld;
        }
        return isHeld < 0 ? waits : Math.min(waits, isHeld);
    }
}
