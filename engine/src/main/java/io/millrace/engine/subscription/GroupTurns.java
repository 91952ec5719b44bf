package io.millrace.engine.subscription;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.storage.run.IndexScan;
import org.agrona.collections.IntArrayQueue;

/**
 * Whose turn it is among the groups of a queue. Groups that may have something to deliver stand in a line; whoever has
 * had a turn goes to its end when its message is done with. While everybody who waits is in the line it is
 * <em>complete</em>. Where it is not, {@linkplain GroupPass passes} through all of the index refill it. A pass that
 * finds room for all makes it complete; otherwise each group has one turn in a pass. What is first in a group is looked
 * up where it is not known, or may have changed. The loop's.
 *
 * <p>The line has room for {@value #LINE_MIN} groups, and for up to {@value #LINE_MAX} as long as those of all queues
 * of the shard are not too long together.
 */
final class GroupTurns {
    /** Nothing can be delivered. */
    static final int NONE = GroupTable.NONE;
    /** What can be delivered must be read first; somebody has the queue looked at again then. */
    static final int LOADING = -2;

    /** A round that is over before the first one begins. */
    static final long OUTDATED = -1;

    static final int LINE_MIN = 1_024;
    static final int LINE_MAX = 8_192;
    /** As many records of a pass cost as much as a lookup, which reads a block of each run. */
    private static final int RECORDS_PER_LOOKUP = 64;

    private static final int READINGS_MAX = 64;
    /** Records of the index that are seen without a pause; one takes about a tenth of a microsecond. */
    static final int VISITS_MAX = 4_000;
    /** The head of a group that stands in the line although it has nothing to deliver. */
    static final long NOTHING = IndividualSubscription.NONE;

    private final ShardIndex index;
    private final GroupReader reader;
    private final OffsetSet waiting;
    private final OffsetSet held;
    private final GroupTable table = new GroupTable();
    private final IntArrayQueue turns = new IntArrayQueue(NONE);
    private final LineChanges changes = new LineChanges();
    private final GroupPass pass;
    private final GroupLookups lookups;
    private int lineMax = LINE_MIN;
    /** Grows when a message may have come before others of its group that were found first. */
    private long round;

    private boolean isComplete;
    /** How many entries are read to see of which group a message is. */
    private int readings;

    /** Records seen since the last pause. */
    private int visits;

    private boolean isResting;

    GroupTurns(ShardIndex index, GroupReader reader, OffsetSet waiting, OffsetSet held) {
        this.index = index;
        this.reader = reader;
        this.waiting = waiting;
        this.held = held;
        pass = new GroupPass(this, index, waiting, held);
        lookups = new GroupLookups(this, index, waiting, held);
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
        if (slot == NONE) {
            join(high, low, offset, asOf);
        } else if (table.lookup(slot) != 0) {
            table.noteArrival(slot, offset);
        } else {
            boolean isUpToDate = asOf == round && table.round(slot) == round;
            if (table.head(slot) != NOTHING) {
                append(slot, offset, isUpToDate);
            } else {
                // Unless all is known, what has kept the group back may be gone since, and others wait.
                boolean isFirst = isUpToDate && table.isWhole(slot);
                table.setHead(slot, offset, isFirst ? round : round - 1);
                noteWhole(slot, isFirst);
            }
        }
    }

    private void append(int slot, long offset, boolean isUpToDate) {
        if (isUpToDate) {
            table.append(slot, offset);
        } else {
            table.setMore(slot);
        }
    }

    private void noteWhole(int slot, boolean isWhole) {
        if (isWhole) {
            table.setNoMore(slot);
        }
    }

    /** A group of which nothing is known has something to deliver. */
    private void join(long high, long low, long offset, long asOf) {
        if (isPast(high, low) && hasRoom()) {
            int slot = table.add(high, low, offset, asOf);
            noteWhole(slot, asOf == round);
            turns.addInt(slot);
        } else if (isPast(high, low) || !pass.noteAhead(high, low)) {
            onUnknown();
        }
    }

    /** A pass may have missed the group, about which nothing is known. */
    void joinUnknown(long high, long low) {
        join(high, low, 0, OUTDATED);
    }

    /** Whether this group would be in the line if it had anything to deliver, or be known to have a message leased. */
    private boolean isPast(long high, long low) {
        return isComplete || pass.hasPassed(high, low);
    }

    /** A message can be delivered, or does not keep its group back any more, and nobody knows of which group it is. */
    void onUnknown() {
        changes.events++;
        pass.miss();
        isComplete = false;
    }

    /** The message at {@code offset} can be delivered, and it must be read of which group it is. */
    void onUnknown(long offset) {
        if ((isComplete || pass.isThorough()) && readings < READINGS_MAX) {
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
        long high = table.high(slot);
        long low = table.low(slot);
        settle(slot);
        if (!waiting.isEmpty() && table.head(slot) != NOTHING) {
            if (isPast(high, low) && hasRoom()) {
                turns.addInt(slot);
                return;
            }
            if (isPast(high, low) || !pass.noteAhead(high, low)) {
                pass.miss();
                isComplete = false;
            }
        }
        table.remove(slot);
    }

    /** Nothing is left of any group. */
    void clear() {
        empty();
        pass.clear();
        // Not complete: in replay nobody is to stand in the line, and the first pass is short.
        isComplete = false;
        table.trim();
        index.givePlacesBack();
        lineMax = LINE_MIN;
    }

    private void empty() {
        changes.moves++;
        while (!turns.isEmpty()) {
            table.remove(turns.pollInt());
        }
    }

    /** Records were lost: everything that is known is looked up again. */
    void onRepaired() {
        pass.giveUp();
        round++;
        onUnknown();
    }

    /** Whether there is room for another group in the line, beside those that a pass has found. */
    boolean hasRoom() {
        if (turns.size() + pass.found() < lineMax) {
            return true;
        }
        if (lineMax < LINE_MAX && index.takePlaces(lineMax)) {
            lineMax *= 2;
            return true;
        }
        return false;
    }

    // Who is next.

    /** A pause is over, or what has failed may be tried again. */
    void onRested() {
        isResting = false;
        visits = 0;
    }

    /** The slot of the group whose turn it is; {@link #NONE}, or {@link #LOADING}. Its head is the message. */
    int next() {
        if (pass.isThorough() && !isResting) {
            pass.step(round); // its groups come to the line while others have their turns
        }
        while (true) {
            int slot = first();
            if (slot == NONE && (isComplete || waiting.isEmpty())) {
                return NONE;
            }
            if (slot != NONE && isKnown(slot)) {
                return slot;
            }
            if (isResting) {
                return LOADING;
            }
            if (slot != NONE && isPassCheaper()) {
                isComplete = false;
                empty();
            } else if (slot == NONE && !pass.step(round)) {
                return LOADING;
            } else if (slot != NONE && (table.lookup(slot) != 0 || !lookups.begin(slot, round))) {
                lookAhead();
                return LOADING;
            }
        }
    }

    /** Whether what comes first in the next groups of the line is to be read from disk, and for all at once. */
    private boolean isPassCheaper() {
        long recordsMax = (long) RECORDS_PER_LOOKUP * turns.size();
        if (!isComplete
                || turns.size() < GroupLookups.MAX
                || index.ordered().runs() == 0
                || index.ordered().records() > recordsMax) {
            return false;
        }
        IntArrayQueue.IntIterator each = turns.iterator();
        for (int ahead = 0; ahead < GroupLookups.MAX; ahead++) {
            int slot = each.nextValue();
            // What is merely outdated, as all is when a message comes late, could be so again after the pass.
            if (!isUpToDate(slot) || isKnown(slot)) {
                return false;
            }
        }
        return true;
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

    /** A group that a pass has found goes to the end of the line. */
    void lineUp(int slot) {
        turns.addInt(slot);
    }

    /** A pass has ended; where it has not missed anything everybody is in the line. */
    void onPassed(boolean isThorough) {
        changes.passes++;
        isComplete = isThorough;
    }

    /** What is looked for is found: the queue is looked at again, unless that is to come anyway. */
    void lookAgain() {
        if (!isResting) {
            index.lookAgain();
        }
    }

    /** What has happened to the line. */
    LineChanges changes() {
        return changes;
    }

    /** Whether it is known what comes first in a group of the line; has it looked up otherwise. */
    boolean isDecided(int slot) {
        while (!isKnown(slot) && table.head(slot) != NOTHING) {
            boolean mayLookUp = !isResting && table.lookup(slot) == 0 && lookups.hasRoom();
            if (!mayLookUp || !lookups.begin(slot, round)) {
                return false;
            }
        }
        return true;
    }

    /** Fills the line with others; what stands in it comes again in a pass. Returns whether anything was seen. */
    boolean refill() {
        if (pass.isWalking()) {
            return false;
        }
        pass.miss();
        empty();
        return pass.step(round);
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
            settle(slot);
            if (table.head(slot) != NOTHING) {
                return slot;
            }
            changes.moves++;
            turns.pollInt();
            table.remove(slot);
        }
        return NONE;
    }

    /** Whether it is known what comes first in the group. */
    boolean isKnown(int slot) {
        settle(slot);
        return isUpToDate(slot) && waiting.contains(table.head(slot));
    }

    /** Leaves what does not wait any more behind, as far as it is known what comes next. */
    private void settle(int slot) {
        boolean goesOn = isUpToDate(slot);
        while (goesOn) {
            long head = table.head(slot);
            boolean isOver = head != NOTHING && !waiting.contains(head) && !held.contains(head);
            goesOn = isOver && table.advance(slot);
        }
    }

    private boolean isUpToDate(int slot) {
        return table.lookup(slot) == 0 && table.round(slot) == round && table.isExact(slot);
    }

    /** Asks for those that are next as well, so that all are read at once. */
    private void lookAhead() {
        IntArrayQueue.IntIterator each = turns.iterator();
        for (int ahead = 0; ahead < GroupLookups.MAX && lookups.hasRoom() && !isResting && each.hasNext(); ahead++) {
            int slot = each.nextValue();
            if (table.lookup(slot) == 0 && !isKnown(slot) && table.head(slot) != NOTHING) {
                lookups.begin(slot, round);
            }
        }
    }

    /** Pauses where much was seen; whoever waits for the queue is looked after in another turn of the loop. */
    void countVisits(int more) {
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
    boolean hasFailed(IndexScan walk) {
        if (walk.failure() == null) {
            return false;
        }
        rest();
        index.onReadFailed(walk.failure());
        return true;
    }
}
