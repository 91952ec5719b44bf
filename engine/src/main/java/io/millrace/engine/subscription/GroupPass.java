package io.millrace.engine.subscription;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.offset.OffsetSet;
import java.util.Arrays;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the index of a queue's groups, in the order of their hashes, and brings those that have something to
 * deliver to the line ({@link GroupTurns}), those that are found together in the order of their heads. It does so in
 * steps; groups in the line have their turns meanwhile. The loop's.
 *
 * <p>A pass is <em>thorough</em> while everybody who has something to deliver is in the line or ahead: what happens to
 * groups that it has passed is noted in the line, what happens to others it will see. It is not any more when somebody
 * had no room in the line.
 */
final class GroupPass {
    private static final int NONE = GroupTable.NONE;
    /** Heads that are found together are told apart by their distance from the first, with so many bits. */
    private static final int SLOT_BITS = 13;

    private static final long DISTANCE_MAX = (1L << (Long.SIZE - 1 - SLOT_BITS)) - 1;
    /** Groups to which something may happen while what is ahead is being read. */
    private static final int NOTED_MAX = 2_048;

    private final GroupTurns turns;
    private final GroupTable table;
    private final ShardIndex index;
    private final OffsetSet waiting;
    private final OffsetSet held;
    /** Groups that were found and do not stand in the line yet. */
    private int[] found = {};

    private int foundCount;
    private boolean isUnderWay;
    private boolean isThorough;
    private long round;
    // Where the next step begins.
    private long high;
    private long low;
    private long offset;
    private @Nullable Walk walking;
    /** Both halves of each: a walk that is under way may see their records, or not. */
    private final LongArrayList noted = new LongArrayList();

    private final LongHashSet notedMixed = new LongHashSet();

    GroupPass(GroupTurns turns, ShardIndex index, OffsetSet waiting, OffsetSet held) {
        this.turns = turns;
        this.table = turns.table();
        this.index = index;
        this.waiting = waiting;
        this.held = held;
    }

    /** How many groups were found that do not stand in the line yet. */
    int found() {
        return foundCount;
    }

    /** Whether it waits for what is being read. */
    boolean isWalking() {
        return walking != null;
    }

    /** Whether one is under way that has not missed anything. */
    boolean isThorough() {
        return isUnderWay && isThorough;
    }

    /** Somebody who has something to deliver is not in the line, and not ahead. */
    void miss() {
        isThorough = false;
    }

    /** Whether a thorough one is under way and this group behind it. */
    boolean hasPassed(long ofHigh, long ofLow) {
        if (!isThorough()) {
            return false;
        }
        Walk walk = walking;
        long atHigh = walk == null ? high : walk.high();
        long atLow = walk == null ? low : walk.low();
        if (ofHigh != atHigh || ofLow != atLow) {
            return ofHigh < atHigh || (ofHigh == atHigh && ofLow < atLow);
        }
        return walk == null ? offset == Long.MAX_VALUE : walk.isDecided();
    }

    /** Has a thorough one see to a group that it has not passed; returns false where there is none. */
    boolean noteAhead(long ofHigh, long ofLow) {
        if (!isThorough()) {
            return false;
        }
        boolean isNext = ofHigh == high && ofLow == low; // some of its records are behind already
        if (walking != null || isNext) {
            if (noted.size() == 2 * NOTED_MAX) {
                return false;
            }
            noted.addLong(ofHigh);
            noted.addLong(ofLow);
            notedMixed.add(mixed(ofHigh, ofLow));
        }
        return true;
    }

    /** It begins anew the next time; who was found comes to the line then. */
    void giveUp() {
        isUnderWay = false;
        walking = null;
        forgetNoted();
    }

    private void forgetNoted() {
        noted.clear();
        notedMixed.clear();
    }

    private static long mixed(long ofHigh, long ofLow) {
        return ofHigh ^ Long.rotateLeft(ofLow, 1);
    }

    /** The same, and nobody was found. */
    void clear() {
        giveUp();
        while (foundCount > 0) {
            table.remove(found[--foundCount]);
        }
        found = new int[0];
    }

    /** Goes on as far as can be seen at once, or begins; returns whether anything was seen. */
    boolean step(long currentRound) {
        if (walking != null) {
            return false;
        }
        if (!isUnderWay) {
            isUnderWay = true;
            isThorough = true;
            round = currentRound;
            high = Long.MIN_VALUE;
            low = Long.MIN_VALUE;
            offset = Long.MIN_VALUE;
        }
        Walk walk = new Walk();
        walking = walk;
        if (!index.ordered().scan(walk)) {
            return false;
        }
        walk.end();
        return true;
    }

    private final class Walk extends GroupWalk {
        private int slot = NONE;

        Walk() {
            super(high, low, offset, waiting, held, GroupTurns.VISITS_MAX);
        }

        @Override
        boolean isPassedOver(long ofHigh, long ofLow) {
            return table.find(ofHigh, ofLow) != NONE;
        }

        @Override
        boolean onFound(long ofHigh, long ofLow, long first) {
            if (walking != this) {
                return false;
            }
            if (foundCount == found.length) {
                found = Arrays.copyOf(found, Math.max(GroupTurns.LINE_MIN, 2 * foundCount));
            }
            slot = table.add(ofHigh, ofLow, first, round);
            found[foundCount++] = slot;
            return turns.hasRoom();
        }

        @Override
        boolean onBehind(long next) {
            return walking == this && table.addBehind(slot, next);
        }

        @Override
        void onNoMore() {
            if (walking == this && !notedMixed.contains(mixed(high(), low()))) {
                table.setNoMore(slot);
            }
        }

        @Override
        boolean isOfAll() {
            return true;
        }

        @Override
        public void onComplete() {
            end();
            turns.lookAgain();
        }

        private void end() {
            if (walking != this) {
                return; // given up meanwhile
            }
            if (turns.hasFailed(this)) {
                walking = null;
                miss(); // what it may have missed was noted for this walk
                return;
            }
            endWalk();
            walking = null;
            high = high();
            low = low();
            offset = offset();
            if (isAtEnd()) {
                high = Long.MAX_VALUE;
                low = Long.MAX_VALUE;
                offset = Long.MAX_VALUE;
            }
            takeNoted();
            turns.countVisits(visits());
            boolean isFull = !turns.hasRoom();
            if (isFull && !isAtEnd()) {
                miss();
            }
            if (isAtEnd()) {
                isUnderWay = false;
                turns.onPassed(isThorough);
            }
            if (isAtEnd() || isFull || turns.isResting()) {
                lineUp();
            }
        }
    }

    /** Those that the walk may have missed, and has passed, are looked up at their turn. */
    private void takeNoted() {
        for (int i = 0; i < noted.size(); i += 2) {
            long ofHigh = noted.getLong(i);
            long ofLow = noted.getLong(i + 1);
            if (hasPassed(ofHigh, ofLow) && table.find(ofHigh, ofLow) == NONE) {
                turns.joinUnknown(ofHigh, ofLow);
            }
        }
        forgetNoted();
    }

    /** Those who were found go to the end of the line, whoever has the oldest message first. */
    private void lineUp() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < foundCount; i++) {
            least = Math.min(least, table.head(found[i]));
        }
        long[] order = new long[foundCount];
        for (int i = 0; i < foundCount; i++) {
            order[i] = Math.min(table.head(found[i]) - least, DISTANCE_MAX) << SLOT_BITS | i;
        }
        Arrays.sort(order);
        for (long each : order) {
            turns.lineUp(found[(int) each & ((1 << SLOT_BITS) - 1)]);
        }
        foundCount = 0;
    }
}
