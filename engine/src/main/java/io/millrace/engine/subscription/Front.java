package io.millrace.engine.subscription;

import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.run.OrderedIndex;

/**
 * Which message of a subscription is next for whoever takes any: of the plain ones and those of other priorities the
 * first, in turns with the first of the groups. The loop's.
 */
final class Front {
    private static final long NONE = IndividualSubscription.NONE;
    private static final long LOADING = IndividualSubscription.LOADING;

    private final IndividualSubscription subscription;
    private boolean isNextIndexed;
    private boolean isNextGrouped;
    /** Whether a message of a group comes next, if there is one. */
    private boolean isTurnOfGroups;

    Front(IndividualSubscription subscription) {
        this.subscription = subscription;
    }

    long next(long readableOffset) {
        isNextGrouped = false;
        GroupOrder ofGroups = subscription.groups();
        if (ofGroups == null) {
            return nextUngrouped(readableOffset);
        }
        long grouped = isTurnOfGroups ? ofGroups.next() : NONE;
        long ungrouped = grouped >= 0 ? NONE : nextUngrouped(readableOffset);
        if (ungrouped < 0 && !isTurnOfGroups) {
            grouped = ofGroups.next();
        }
        isNextGrouped = grouped >= 0;
        return first(grouped, ungrouped);
    }

    /** The one that is there; nobody waits for one while there is another. */
    static long first(long grouped, long ungrouped) {
        return Math.max(grouped, ungrouped) >= 0 ? Math.max(grouped, ungrouped) : Math.min(grouped, ungrouped);
    }

    private long nextUngrouped(long readableOffset) {
        isNextIndexed = false;
        PlainOrder plain = subscription.plain();
        long first = plain.next(readableOffset);
        PriorityOrder others = subscription.order();
        if (others == null || others.indexed().isEmpty()) {
            return first;
        }
        OrderedIndex.State state = others.find();
        if (state == OrderedIndex.State.LOADING) {
            return LOADING;
        }
        if (state == OrderedIndex.State.EMPTY) {
            // Damage has taken their records: nobody knows their priorities any more.
            plain.returned().addAll(others.takeLost());
            subscription.selections().restart();
            return plain.next(readableOffset);
        }
        if (!isBeforePlain(others.offset(), others.priority(), first)) {
            return first;
        }
        isNextIndexed = true;
        return others.offset();
    }

    /** Whether an indexed message goes before the plain one at {@code first}; {@link #NONE} where there is no such. */
    boolean isBeforePlain(long offset, int priority, long first) {
        return first < 0 || isBefore(priority, offset, subscription.basePriority, first);
    }

    static boolean isBefore(int priority, long offset, int otherPriority, long other) {
        int byPriority = Integer.compareUnsigned(priority, otherPriority);
        return byPriority < 0 || (byPriority == 0 && offset < other);
    }

    /** Takes out what {@link #next} has just given, and returns its priority. */
    int take(long offset) {
        noteTurn(isNextGrouped);
        GroupOrder ofGroups = subscription.groups();
        if (isNextGrouped && ofGroups != null) {
            isNextGrouped = false;
            ofGroups.take(offset);
            return EntryEnvelope.PRIORITY_NORMAL;
        }
        PriorityOrder others = subscription.order();
        if (isNextIndexed && others != null) {
            isNextIndexed = false;
            return others.take();
        }
        subscription.plain().take(offset);
        return subscription.basePriority;
    }

    /** Whether a message of a group comes next, if there is one. */
    boolean isTurnOfGroups() {
        return isTurnOfGroups;
    }

    /** A message was taken, of a group where {@code isGrouped}. */
    void noteTurn(boolean isGrouped) {
        isTurnOfGroups = !isGrouped;
    }
}
