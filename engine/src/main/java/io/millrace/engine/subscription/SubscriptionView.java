package io.millrace.engine.subscription;

/** Looks at messages of a subscription, those in one state or those that come next, and takes none. The loop's. */
public final class SubscriptionView {
    private static final long NONE = IndividualSubscription.NONE;

    private final IndividualSubscription subscription;

    SubscriptionView(IndividualSubscription subscription) {
        this.subscription = subscription;
    }

    /** How many messages below {@code end} are not settled, leased, damaged or dead. */
    public long waiting(long end) {
        long unsettled =
                end - subscription.settled().floor() - subscription.settled().sizeAbove();
        return unsettled
                - subscription.leased()
                - subscription.damaged().size()
                - subscription.dead().size();
    }

    /** Whether the message at {@code offset}, which has arrived, is one of them. */
    public boolean isWaiting(long offset) {
        return !subscription.settled().contains(offset)
                && !subscription.damaged().contains(offset)
                && !subscription.dead().contains(offset)
                && !subscription.isLeased(offset);
    }

    /** The first message at or after {@code from} and below {@code readable} that can be delivered, or that. */
    public long nextReady(long from, long readable) {
        long first = subscription.plain().nextReady(from, readable);
        PriorityOrder order = subscription.order();
        long indexed = order == null ? NONE : order.indexed().nextPresent(from);
        first = indexed < 0 ? first : Math.min(first, indexed);
        GroupOrder groups = subscription.groups();
        long grouped = groups == null ? NONE : groups.waiting().nextPresent(from);
        return grouped < 0 ? first : Math.min(first, grouped);
    }

    /** The first leased message at or after {@code from} and below {@code readable}, or that. */
    public long nextLeased(long from, long readable) {
        long offset = subscription.settled().nextUnsettled(from);
        while (offset < readable && !subscription.isLeased(offset)) {
            offset = subscription.settled().nextUnsettled(skipUnleased(offset));
        }
        return offset;
    }

    /** Passes over a long run of messages in one step. */
    private long skipUnleased(long offset) {
        PlainOrder plain = subscription.plain();
        if (plain.isNew(offset)) {
            long next = plain.aside().nextPresent(offset);
            return next < 0 ? Long.MAX_VALUE : next;
        }
        long returned = plain.returned().nextAbsent(offset);
        long behind =
                Math.max(offset + 1, Math.max(returned, subscription.delayed().nextAbsent(offset)));
        behind = Math.max(behind, subscription.dead().nextAbsent(offset));
        PriorityOrder order = subscription.order();
        behind = order == null ? behind : Math.max(behind, order.indexed().nextAbsent(offset));
        GroupOrder groups = subscription.groups();
        return groups == null ? behind : Math.max(behind, groups.waiting().nextAbsent(offset));
    }

    // What comes next.

    /**
     * The first message at or after {@code from} and below {@code readable} that can be delivered, and is of no group
     * and of the base priority; or that.
     */
    public long nextPlain(long from, long readable) {
        return subscription.plain().nextReady(from, readable);
    }

    /** About how many such messages can be delivered from {@code from} up to but not {@code to}. */
    public long countPlain(long from, long to) {
        return subscription.plain().count(from, to);
    }

    /** Is told of messages in the order in which they come. */
    public interface Visitor {
        /** The next message; returns whether to go on. */
        boolean onMessage(long offset);
    }

    /**
     * Tells {@code visitor} which messages of other priorities probably come before the plain one at {@code
     * firstPlain}, {@link IndividualSubscription#NONE} where there is none, as far as that is known without reading.
     */
    public void lookAhead(long firstPlain, Visitor visitor) {
        PriorityOrder order = subscription.order();
        if (order != null && !order.indexed().isEmpty()) {
            order.lookAhead((offset, priority) ->
                    subscription.front().isBeforePlain(offset, priority, firstPlain) && visitor.onMessage(offset));
        }
    }
}
