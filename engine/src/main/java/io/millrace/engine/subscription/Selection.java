package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.run.OrderedIndex;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a subscription as one goes through them who wants only some: in the order of delivery, each once
 * unless it comes back. What is not wanted is passed over and stays where it is, for others; others may take what is
 * ahead. It remembers how far it has come, and what has become ready behind that: no more than a few words for a
 * backlog, and bits for what comes back. The loop's.
 */
public final class Selection {
    private static final long NONE = IndividualSubscription.NONE;
    private static final long LOADING = IndividualSubscription.LOADING;
    /** More that was found out ahead is forgotten. */
    private static final int JUDGED_MAX = 4_096;

    private enum Source {
        PLAIN,
        INDEXED,
        BEHIND,
        GROUPED
    }

    private final IndividualSubscription subscription;
    private final ReadyBehind behind = new ReadyBehind();
    private final GroupSelection ofGroups = new GroupSelection();
    /** What was found out of messages that it has not come to. */
    private final OffsetSet wanted = new OffsetSet();

    private final OffsetSet unwanted = new OffsetSet();
    private final LongPredicate isReady = this::isReady;
    /** The plain messages below were seen. */
    private long plainFrom;

    private @Nullable PriorityScan ofPriorities;
    private Source source = Source.PLAIN;
    private long next = NONE;
    /** The message that was judged last, if it is wanted. */
    private long match = NONE;
    /** Its index among all. */
    int place;

    Selection(IndividualSubscription subscription, int place) {
        this.subscription = subscription;
        this.place = place;
    }

    /**
     * The next message, of those below {@code readable}, that was not passed over; {@link IndividualSubscription#NONE},
     * or {@link IndividualSubscription#LOADING} where the queue is looked at again when it is known.
     */
    public long next(long readable) {
        next = find(readable);
        return next;
    }

    private long find(long readable) {
        GroupOrder groups = subscription.groups();
        if (groups == null) {
            return nextUngrouped(readable);
        }
        boolean isTurnOfGroups = subscription.front().isTurnOfGroups();
        long grouped = isTurnOfGroups ? groups.next(ofGroups) : NONE;
        long ungrouped = grouped >= 0 ? NONE : nextUngrouped(readable);
        if (ungrouped < 0 && !isTurnOfGroups) {
            grouped = groups.next(ofGroups);
        }
        if (grouped >= 0) {
            source = Source.GROUPED;
        }
        return Front.first(grouped, ungrouped);
    }

    private long nextUngrouped(long readable) {
        long first = subscription.plain().nextReady(plainFrom, readable);
        int priority = subscription.basePriority;
        boolean isFound = first < readable;
        source = Source.PLAIN;
        PriorityScan scan = scan();
        OrderedIndex.State state = scan == null ? OrderedIndex.State.EMPTY : scan.find();
        if (scan == null || state == OrderedIndex.State.LOADING) {
            return scan == null ? firstOf(first, priority, isFound) : LOADING;
        }
        if (state == OrderedIndex.State.READY
                && (!isFound || Front.isBefore(scan.priority(), scan.offset(), priority, first))) {
            source = Source.INDEXED;
            return firstOf(scan.offset(), scan.priority(), true);
        }
        return firstOf(first, priority, isFound);
    }

    /** The message at {@code offset} if there is one, or what has become ready behind and goes before it. */
    private long firstOf(long offset, int priority, boolean isThere) {
        if (behind.find(isReady)
                && (!isThere || Front.isBefore(behind.priority(), behind.offset(), priority, offset))) {
            source = Source.BEHIND;
            return behind.offset();
        }
        return isThere ? offset : NONE;
    }

    /** Those of other priorities; null where there are none. */
    private @Nullable PriorityScan scan() {
        PriorityOrder order = subscription.order();
        if (order == null || order.indexed().isEmpty()) {
            return null;
        }
        PriorityScan scan = ofPriorities;
        if (scan == null) {
            scan = new PriorityScan(order);
            ofPriorities = scan;
        }
        return scan;
    }

    private boolean isReady(long offset) {
        return subscription.plain().returned().contains(offset) || isIndexed(offset);
    }

    private boolean isIndexed(long offset) {
        PriorityOrder order = subscription.order();
        return order != null && order.indexed().contains(offset);
    }

    /** Tells {@code visitor} of the one that {@link #next} gave and of some that probably come behind it. */
    public void lookAhead(long readable, SubscriptionView.Visitor visitor) {
        switch (source) {
            case PLAIN -> {
                long offset = next;
                while (offset < readable && visitor.onMessage(offset)) {
                    offset = subscription.plain().nextReady(offset + 1, readable);
                }
            }
            case BEHIND -> behind.lookAhead(visitor);
            case INDEXED -> {
                if (ofPriorities != null) {
                    ofPriorities.lookAhead(visitor);
                }
            }
            case GROUPED -> {
                GroupOrder groups = subscription.groups();
                if (groups != null) {
                    groups.lookAhead(ofGroups, visitor);
                }
            }
        }
    }

    /** What {@link #next} gave is not wanted. */
    public void pass() {
        if (source == Source.GROUPED) {
            ofGroups.pass(next, subscription.groups());
        }
        leave();
    }

    /** Takes out what {@link #next} gave: it is leased from now on. Returns its priority. */
    public int take() {
        subscription.noteTaken(next);
        subscription.front().noteTurn(source == Source.GROUPED);
        PriorityOrder order = subscription.order();
        GroupOrder groups = subscription.groups();
        int priority = subscription.basePriority;
        if (source == Source.GROUPED && groups != null) {
            groups.take(next, ofGroups);
            priority = EntryEnvelope.PRIORITY_NORMAL;
        } else if (order != null && isIndexed(next)) {
            priority = source == Source.BEHIND || ofPriorities == null ? behind.priority() : ofPriorities.priority();
            order.remove(next);
        } else {
            subscription.plain().takeAnywhere(next);
        }
        leave();
        return priority;
    }

    private void leave() {
        forget(next);
        switch (source) {
            case PLAIN -> plainFrom = next + 1;
            case BEHIND -> behind.remove();
            case INDEXED -> {
                if (ofPriorities != null) {
                    ofPriorities.pass();
                }
            }
            case GROUPED -> {}
        }
    }

    // What is found out ahead.

    /** It was found out whether the message at {@code offset} is wanted, which this may not have come to. */
    public void noteJudged(long offset, boolean isWanted) {
        if (wanted.size() + unwanted.size() >= JUDGED_MAX) {
            wanted.removeBelow(Long.MAX_VALUE);
            unwanted.removeBelow(Long.MAX_VALUE);
        }
        (isWanted ? wanted : unwanted).add(offset);
    }

    /** What {@link #next} gave is wanted. */
    public void noteMatch() {
        match = next;
    }

    /** Whether it is known that the message at {@code offset} is wanted. */
    public boolean isWanted(long offset) {
        return offset == match || wanted.contains(offset);
    }

    /** Whether it is known that the message at {@code offset} is not wanted. */
    public boolean isUnwanted(long offset) {
        return unwanted.contains(offset);
    }

    // What becomes ready. A message that comes back is another one to whoever looks at its deliveries.

    private void forget(long offset) {
        match = offset == match ? NONE : match;
        wanted.remove(offset);
        unwanted.remove(offset);
    }

    void onPlain(long offset, int priority) {
        forget(offset);
        if (offset < plainFrom) {
            addBehind(offset, priority);
        }
    }

    void onIndexed(long offset, int priority) {
        forget(offset);
        if (ofPriorities != null && ofPriorities.isPast(priority, offset)) {
            addBehind(offset, priority);
        }
    }

    void onGrouped(long offset) {
        forget(offset);
        ofGroups.onReady(offset);
    }

    private void addBehind(long offset, int priority) {
        if (!behind.add(priority, offset)) {
            restart();
        } else if (behind.isToBeSorted()) {
            PriorityOrder order = subscription.order();
            OffsetSet returned = subscription.plain().returned();
            behind.retain(order == null ? List.of(returned) : List.of(returned, order.indexed()));
        }
    }

    void restart() {
        plainFrom = 0;
        behind.clear();
        if (ofPriorities != null) {
            ofPriorities.restart();
        }
    }
}
