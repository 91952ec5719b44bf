package io.millrace.engine.subscription;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.storage.run.IndexScan;
import java.util.Arrays;
import org.agrona.collections.IntArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is among the groups of a queue. Groups that may have something to deliver stand in a line of at most
 * {@value #TURNS_MAX}; whoever has had a turn goes to its end when its message is done with. While everybody who waits
 * is in the line it is <em>complete</em>. Where it is not, <em>passes</em> through all of the index refill it, so each
 * group has one turn in a pass. What is first in a group is looked up again where it may have changed. The loop's.
 */
final class GroupTurns {
    /** Nothing can be delivered. */
    static final int NONE = GroupTable.NONE;
    /** What can be delivered must be read first; somebody has the queue looked at again then. */
    static final int LOADING = -2;

    /** A round that is over before the first one begins. */
    static final long OUTDATED = -1;

    static final int TURNS_MAX = 1_024;
    private static final int TURN_BITS = 10;
    private static final int LOOKUPS_MAX = 16;
    private static final int READINGS_MAX = 64;
    /** Records of the index that are seen without a pause; one takes about a tenth of a microsecond. */
    private static final int VISITS_MAX = 4_000;
    /** The head of a group that stands in the line although it has nothing to deliver. */
    static final long NOTHING = IndividualSubscription.NONE;

    private final ShardIndex index;
    private final GroupReader reader;
    private final OffsetSet waiting;
    private final OffsetSet held;
    private final GroupTable table = new GroupTable();
    private final IntArrayQueue turns = new IntArrayQueue(NONE);
    private final LineChanges changes = new LineChanges();
    /** Groups that the pass has found and that do not stand in the line yet. */
    private int[] found = {};

    private int foundCount;
    /** Grows when a message may have come before others of its group that were found first. */
    private long round;

    private boolean isComplete;
    /** Whether the pass that is under way has not missed anything so far. */
    private boolean isThorough;

    private boolean isPassing;
    private long passRound;
    private long passHigh;
    private long passLow;
    private long passOffset;
    private @Nullable Pass walking;
    private int lookups;
    /** How many entries are read to see of which group a message is. */
    private int readings;

    private long lookupNumber;
    /** Records seen since the last pause. */
    private int visits;

    private boolean isResting;

    GroupTurns(ShardIndex index, GroupReader reader, OffsetSet waiting, OffsetSet held) {
        this.index = index;
        this.reader = reader;
        this.waiting = waiting;
        this.held = held;
    }

    GroupTable table() {
        return table;
    }

    // What happens to messages.

    /** The message at {@code offset} of this group can be delivered when it is first of its group. */
    void onArrived(long high, long low, long offset) {
        // What is held may be of the same group, and so may what is being read to see of which group it is.
        boolean isFirst = held.isEmpty() && readings == 0;
        arrive(high, low, offset, isFirst ? round : round - 1);
    }

    private void arrive(long high, long low, long offset, long asOf) {
        changes.events++;
        int slot = table.find(high, low);
        if (slot != NONE) {
            if (table.lookup(slot) != 0) {
                table.noteArrival(slot, offset);
            } else if (table.head(slot) == NOTHING) {
                // What has kept the group back may be gone since, and others wait.
                table.setHead(slot, offset, round - 1);
            }
        } else if (isComplete && !isFull()) {
            turns.addInt(table.add(high, low, offset, asOf));
        } else {
            onUnknown();
        }
    }

    /** A message can be delivered, or does not keep its group back any more, and nobody knows of which group it is. */
    void onUnknown() {
        changes.events++;
        isThorough = false;
        isComplete = false;
    }

    /** The message at {@code offset} can be delivered, and it must be read of which group it is. */
    void onUnknown(long offset) {
        if (isComplete && readings < READINGS_MAX) {
            readings++;
            reader.read(offset, this::onRead);
        } else {
            onUnknown();
        }
    }

    /** The same, and it may come before messages of its group that were found already. */
    void onLate(long offset) {
        round++;
        onUnknown(offset);
    }

    private void onRead(long offset, long high, long low) {
        readings--;
        if ((high | low) == 0) {
            onUnknown(); // it is gone, which may have set its group free
        } else {
            arrive(high, low, 0, round - 1);
        }
        index.lookAgain();
    }

    /** No message of the group is leased any more. */
    void onFree(int slot) {
        changes.events++;
        isThorough = false;
        if (!waiting.isEmpty() && isComplete && !isFull()) {
            turns.addInt(slot);
            return;
        }
        isComplete &= waiting.isEmpty();
        table.remove(slot);
    }

    /** Nothing is left of any group. */
    void clear() {
        changes.moves++;
        while (!turns.isEmpty()) {
            table.remove(turns.pollInt());
        }
        while (foundCount > 0) {
            table.remove(found[--foundCount]);
        }
        walking = null;
        isPassing = false;
        // Not complete: in replay nobody is to stand in the line, and the first pass is short.
        isComplete = false;
    }

    /** Records were lost: everything that is known is looked up again. */
    void onRepaired() {
        isPassing = false;
        walking = null;
        round++;
        onUnknown();
    }

    private boolean isFull() {
        return turns.size() >= TURNS_MAX;
    }

    // Who is next.

    /** A pause is over, or what has failed may be tried again. */
    void onRested() {
        isResting = false;
        visits = 0;
    }

    /** The slot of the group whose turn it is; {@link #NONE}, or {@link #LOADING}. Its head is the message. */
    int next() {
        while (!isResting) {
            int slot = first();
            if (slot == NONE) {
                if (isComplete || waiting.isEmpty()) {
                    return NONE;
                }
                if (walking != null || !pass()) {
                    return LOADING;
                }
            } else if (isKnown(slot)) {
                return slot;
            } else if (table.lookup(slot) != 0 || !lookUp(slot)) {
                lookAhead();
                return LOADING;
            }
        }
        return LOADING;
    }

    /** Takes the turn that {@link #next} has just given, and returns the slot: a message of the group is leased. */
    int take() {
        changes.moves++;
        int slot = turns.pollInt();
        table.addLease(slot);
        return slot;
    }

    // Who is next for those who want only some messages.

    /** The groups that stand in the line, and some that have nothing to deliver. */
    IntArrayQueue line() {
        return turns;
    }

    /** Whether everybody who waits is in the line. */
    boolean isComplete() {
        return isComplete;
    }

    /** Whether what can be delivered is looked for in another turn of the loop. */
    boolean isResting() {
        return isResting;
    }

    /** What has happened to the line. */
    LineChanges changes() {
        return changes;
    }

    /** Whether it is known what comes first in a group of the line; has it looked up otherwise. */
    boolean isDecided(int slot) {
        while (table.head(slot) != NOTHING && !isKnown(slot)) {
            boolean mayLookUp = !isResting && table.lookup(slot) == 0 && lookups < LOOKUPS_MAX;
            if (!mayLookUp || !lookUp(slot)) {
                return false;
            }
        }
        return true;
    }

    /** Fills the line with others; what stands in it comes again in a pass. Returns whether anything was seen. */
    boolean refill() {
        if (walking != null) {
            return false;
        }
        isThorough = false;
        changes.moves++;
        while (!turns.isEmpty()) {
            table.remove(turns.pollInt());
        }
        return pass();
    }

    /** Takes the turn of a group wherever it stands in the line: a message of the group is leased. */
    void take(int slot) {
        changes.moves++;
        for (int left = turns.peekInt() == slot ? 1 : turns.size(); left > 0; left--) {
            int each = turns.pollInt();
            if (each != slot) {
                turns.addInt(each);
            }
        }
        table.addLease(slot);
    }

    private int first() {
        while (!turns.isEmpty()) {
            int slot = turns.peekInt();
            if (table.head(slot) != NOTHING) {
                return slot;
            }
            changes.moves++;
            turns.pollInt();
            table.remove(slot);
        }
        return NONE;
    }

    boolean isKnown(int slot) {
        return table.lookup(slot) == 0
                && table.round(slot) == round
                && table.isExact(slot)
                && waiting.contains(table.head(slot));
    }

    /** Asks for those that are next as well, so that all are read at once. */
    private void lookAhead() {
        IntArrayQueue.IntIterator each = turns.iterator();
        for (int ahead = 0; ahead < LOOKUPS_MAX && lookups < LOOKUPS_MAX && !isResting && each.hasNext(); ahead++) {
            int slot = each.nextValue();
            if (table.lookup(slot) == 0 && table.head(slot) != NOTHING && !isKnown(slot)) {
                lookUp(slot);
            }
        }
    }

    /** Pauses where much was seen; whoever waits for the queue is looked after in another turn of the loop. */
    private void countVisits(int more) {
        visits += more;
        if (visits >= VISITS_MAX) {
            rest();
            index.lookAgain();
        }
    }

    private void rest() {
        isResting = true;
    }

    /** Returns whether the walk has failed: the index says when it is tried again. */
    private boolean hasFailed(IndexScan walk) {
        if (walk.failure() == null) {
            return false;
        }
        rest();
        index.onReadFailed(walk.failure());
        return true;
    }

    // One group.

    /** Finds out what comes first in a group, as far as it can be seen at once; returns whether anything was seen. */
    private boolean lookUp(int slot) {
        boolean isOutdated = table.round(slot) != round;
        long least = isOutdated ? 0 : table.head(slot);
        long from = GroupWalk.nextOfInterest(waiting, held, least);
        table.setBound(slot, from, round);
        if (from == Long.MAX_VALUE) {
            table.setHead(slot, NOTHING, round);
            return true;
        }
        Lookup lookup = new Lookup(slot, from);
        table.setLookup(slot, lookup.number);
        lookups++;
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
        private final long number = ++lookupNumber;
        private final long startRound = round;
        private long first = NOTHING;

        Lookup(int slot, long from) {
            super(table.high(slot), table.low(slot), from, waiting, held, VISITS_MAX);
            this.slot = slot;
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
            return false;
        }

        @Override
        public void onComplete() {
            end();
            if (!isResting) {
                index.lookAgain();
            }
        }

        private void end() {
            lookups--;
            if (table.lookup(slot) != number) {
                return; // the group was given up meanwhile
            }
            long arrival = table.arrival(slot);
            table.setLookup(slot, 0);
            if (hasFailed(this)) {
                return;
            }
            if (first != NOTHING) {
                table.setHead(slot, first, startRound);
            } else if (!isDecided() && offset() != Long.MAX_VALUE && !isAtEnd()) {
                table.setBound(slot, offset(), startRound);
            } else if (arrival >= 0) {
                table.setHead(slot, arrival, startRound - 1);
            } else {
                table.setHead(slot, NOTHING, startRound);
            }
            countVisits(visits());
        }
    }

    // All groups.

    /** Goes on with the pass, as far as can be seen at once; returns whether anything was seen. */
    private boolean pass() {
        if (!isPassing) {
            isPassing = true;
            isThorough = true;
            passRound = round;
            passHigh = Long.MIN_VALUE;
            passLow = Long.MIN_VALUE;
            passOffset = Long.MIN_VALUE;
        }
        if (found.length == 0) {
            found = new int[TURNS_MAX];
        }
        Pass pass = new Pass();
        walking = pass;
        if (!index.ordered().scan(pass)) {
            return false;
        }
        pass.end();
        return true;
    }

    private final class Pass extends GroupWalk {
        Pass() {
            super(passHigh, passLow, passOffset, waiting, held, VISITS_MAX);
        }

        @Override
        boolean isPassedOver(long high, long low) {
            return table.find(high, low) != NONE;
        }

        @Override
        boolean onFound(long high, long low, long offset) {
            if (walking != this) {
                return false;
            }
            found[foundCount++] = table.add(high, low, offset, passRound);
            return foundCount < TURNS_MAX;
        }

        @Override
        public void onComplete() {
            end();
            if (!isResting) {
                index.lookAgain();
            }
        }

        private void end() {
            if (walking != this) {
                return; // given up meanwhile
            }
            walking = null;
            if (hasFailed(this)) {
                return;
            }
            passHigh = high();
            passLow = low();
            passOffset = offset();
            if (isAtEnd()) {
                changes.passes++;
                isPassing = false;
                isComplete = isThorough;
            }
            countVisits(visits());
            if (isAtEnd() || isResting || foundCount == TURNS_MAX) {
                lineUp();
            }
        }
    }

    /** Those who were found go to the end of the line, whoever has the oldest message first. */
    private void lineUp() {
        long[] order = new long[foundCount];
        for (int i = 0; i < foundCount; i++) {
            order[i] = table.head(found[i]) << TURN_BITS | i;
        }
        Arrays.sort(order);
        for (long each : order) {
            turns.addInt(found[(int) each & (TURNS_MAX - 1)]);
        }
        foundCount = 0;
    }
}
