package io.millrace.engine.subscription;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.offset.OffsetSet;

/**
 * Finds out in the index of a queue's groups what comes first in single ones, and what comes next. What was found is in
 * the {@link GroupTable}. The loop's.
 */
final class GroupLookups {
    /** So many are under way at a time. */
    static final int MAX = 16;

    private static final long NOTHING = GroupTurns.NOTHING;

    private final GroupTurns turns;
    private final GroupTable table;
    private final ShardIndex index;
    private final OffsetSet waiting;
    private final OffsetSet held;
    private int count;
    private long lastNumber;

    GroupLookups(GroupTurns turns, ShardIndex index, OffsetSet waiting, OffsetSet held) {
        this.turns = turns;
        this.table = turns.table();
        this.index = index;
        this.waiting = waiting;
        this.held = held;
    }

    /** Whether another one can be begun beside others. */
    boolean hasRoom() {
        return count < MAX;
    }

    /**
     * Finds out what comes first in a group that is not looked up, as of {@code round}, as far as it can be seen at
     * once; returns whether anything was seen.
     */
    boolean begin(int slot, long round) {
        boolean isOutdated = table.round(slot) != round;
        long least = isOutdated ? 0 : table.head(slot);
        long from = GroupWalk.nextOfInterest(waiting, held, least);
        table.setBound(slot, from, round);
        if (from == Long.MAX_VALUE) {
            table.setHead(slot, NOTHING, round);
            return true;
        }
        Lookup lookup = new Lookup(slot, from, round);
        table.setLookup(slot, lookup.number);
        count++;
        if (!index.ordered().scan(lookup)) {
            return false;
        }
        lookup.end();
        return true;
    }

    private final class Lookup extends GroupWalk {
        private final int slot;
        private final long groupHigh;
        private final long groupLow;
        private final long number = ++lastNumber;
        private final long round;
        private long first = NOTHING;
        private final long[] behind = new long[GroupTable.BEHIND_MAX];
        private int behindCount;
        private boolean isWhole;

        Lookup(int slot, long from, long round) {
            super(table.high(slot), table.low(slot), from, waiting, held, GroupTurns.VISITS_MAX);
            this.slot = slot;
            this.round = round;
            groupHigh = table.high(slot);
            groupLow = table.low(slot);
        }

        @Override
        protected boolean isBehind(long key, long sub) {
            return key != groupHigh || sub != groupLow;
        }

        @Override
        boolean isPassedOver(long high, long low) {
            return false;
        }

        @Override
        boolean onFound(long high, long low, long offset) {
            first = offset;
            return true;
        }

        @Override
        boolean onBehind(long offset) {
            behind[behindCount++] = offset;
            return behindCount < behind.length;
        }

        @Override
        void onNoMore() {
            isWhole = true;
        }

        @Override
        boolean isOfAll() {
            return false;
        }

        @Override
        public void onComplete() {
            end();
            turns.lookAgain();
        }

        private void end() {
            count--;
            if (!table.isLookup(slot, number)) {
                return; // the group was given up meanwhile
            }
            long arrival = table.arrival(slot);
            table.setLookup(slot, 0);
            if (turns.hasFailed(this)) {
                return;
            }
            endWalk();
            if (first != NOTHING) {
                setFirst(arrival < 0);
            } else if (!isDecided() && offset() != Long.MAX_VALUE && !isAtEnd()) {
                table.setBound(slot, offset(), round);
            } else if (arrival >= 0) {
                table.setHead(slot, arrival, round - 1);
            } else {
                table.setHead(slot, NOTHING, round);
            }
            turns.countVisits(visits());
        }

        /** What has come meanwhile may be missing behind. */
        private void setFirst(boolean hasSeenAll) {
            table.setHead(slot, first, round);
            for (int i = 0; i < behindCount; i++) {
                table.addBehind(slot, behind[i]);
            }
            if (isWhole && hasSeenAll) {
                table.setNoMore(slot);
            }
        }
    }
}
