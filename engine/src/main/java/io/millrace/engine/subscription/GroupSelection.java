package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import org.agrona.collections.IntArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What one sees of the groups who wants only some messages: of those in the line the first whose first message was not
 * passed over. A group whose first message was passed over stays where it is, and with it what is behind that message.
 * While not all who wait are in the line, and nobody in it is wanted, it is filled with others; once all were seen, not
 * before something has changed. The loop's.
 */
final class GroupSelection {
    private static final int NONE = GroupTurns.NONE;
    private static final int LOADING = GroupTurns.LOADING;

    /** After so many messages at least that were passed over, those that others have taken are forgotten. */
    private static final int PASSED_MAX = 4_096;

    /** Messages that were first of their groups and passed over. */
    private final OffsetSet passed = new OffsetSet();

    private long passesLeft = PASSED_MAX;

    private int slot = NONE;
    /** Groups at the front of the line that are not wanted, as long as nothing happens and the line does not move. */
    private int unwanted;

    private long unwantedAsOf = -1;
    private long seenEvents = -1;
    private long fromPass;

    /** The slot of the group that is next; {@link GroupTurns#NONE}, or {@link GroupTurns#LOADING}. */
    int next(GroupTurns turns) {
        while (!turns.isResting()) {
            slot = firstInLine(turns);
            if (slot != NONE || turns.isComplete() || hasSeenAll(turns)) {
                return slot;
            }
            if (!turns.refill()) {
                return LOADING;
            }
        }
        return LOADING;
    }

    /** The slot that {@link #next} gave. */
    int slot() {
        return slot;
    }

    private int firstInLine(GroupTurns turns) {
        long changes = turns.changes().events + turns.changes().moves;
        unwanted = unwantedAsOf == changes ? unwanted : 0;
        unwantedAsOf = changes;
        boolean isLoading = false;
        int at = 0;
        IntArrayQueue.IntIterator each = turns.line().iterator();
        while (each.hasNext()) {
            int group = each.nextValue();
            if (at++ < unwanted) {
                continue;
            }
            if (!turns.isDecided(group)) {
                isLoading = true;
            } else if (isWanted(turns.table().head(group))) {
                return group;
            } else if (!isLoading) {
                unwanted = at;
            }
        }
        return isLoading ? LOADING : NONE;
    }

    private boolean isWanted(long head) {
        return head != GroupTurns.NOTHING && !passed.contains(head);
    }

    /** Whether all groups were in the line since something has changed: a whole pass lies between two ends of one. */
    private boolean hasSeenAll(GroupTurns turns) {
        LineChanges changes = turns.changes();
        if (seenEvents != changes.events) {
            seenEvents = changes.events;
            fromPass = changes.passes;
        }
        return changes.passes >= fromPass + 2;
    }

    void lookAhead(GroupTurns turns, SubscriptionView.Visitor visitor) {
        IntArrayQueue.IntIterator each = turns.line().iterator();
        boolean goesOn = true;
        while (goesOn && each.hasNext()) {
            int group = each.nextValue();
            goesOn = !turns.isKnown(group)
                    || !isWanted(turns.table().head(group))
                    || visitor.onMessage(turns.table().head(group));
        }
    }

    /** The message that was given is not wanted. */
    void pass(long offset, @Nullable GroupOrder groups) {
        passed.add(offset);
        if (groups != null && --passesLeft == 0) {
            // What is not waiting any more comes as another one if it comes.
            OffsetSet gone = passed.copy();
            gone.removeAll(groups.waiting());
            passed.removeAll(gone);
            passesLeft = Math.max(PASSED_MAX, passed.size());
        }
    }

    /** The message at {@code offset} can be delivered again. */
    void onReady(long offset) {
        passed.remove(offset);
        unwanted = 0;
    }
}
