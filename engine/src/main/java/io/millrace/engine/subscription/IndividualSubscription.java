package io.millrace.engine.subscription;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.offset.DeliveryHistory;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.offset.SettledSet;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.record.LeaseGroups;
import io.millrace.storage.EntryEnvelope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The position of a queue's workers on its log: what is settled, what was handed out, what came back. A first-in
 * first-out backlog costs no memory per message. The loop's.
 *
 * <p>Messages are delivered by priority, then by offset. Those of one priority, the <em>base</em>, are plain. Others
 * are in an index ({@link PriorityOrder}). While there is no plain message the base can change. Messages of groups take
 * turns with all others, whatever their priority ({@link GroupOrder}).
 *
 * <p>Every unsettled offset below the cursor, and every one that was set aside above it, is exactly one of: leased,
 * returned, delayed, damaged, dead, indexed or waiting for the turn of its group, arriving there, or unsifted; a
 * delayed one can be unsifted as well. All other offsets above the cursor are plain and new.
 */
public final class IndividualSubscription {
    /** There is no message to deliver. */
    public static final long NONE = -1;
    /** There are messages, and it must be read first which one is next. */
    public static final long LOADING = -2;

    private final SettledSet settled;
    private final PlainOrder plain;
    private final OffsetSet delayed = new OffsetSet();
    /** Messages that could not be read; they stay where they are until an operator purges them. */
    private final OffsetSet damaged = new OffsetSet();

    private final DeadMessages dead = new DeadMessages();
    /** Leased messages whose expiry has passed. */
    private final OffsetSet lapsed = new OffsetSet();

    private final Unsifted unsifted = new Unsifted(this);
    private final DeliveryHistory history = new DeliveryHistory();

    private final SubscriptionOwner owner;
    private final SubscriptionView view = new SubscriptionView(this);
    private final Front front = new Front(this);
    private final Selections selections = new Selections(this);
    private @Nullable PriorityOrder order;
    private @Nullable GroupOrder groups;
    int basePriority = EntryEnvelope.PRIORITY_NORMAL;
    private long end;

    private long leased;

    /** Begins at {@code floor}; all before is settled. */
    public IndividualSubscription(long floor, SubscriptionOwner owner) {
        this.owner = owner;
        settled = new SettledSet(floor);
        plain = new PlainOrder(settled);
        end = floor;
    }

    /** The messages that are done with. */
    public SettledSet settled() {
        return settled;
    }

    /** The messages that are not due yet. */
    public OffsetSet delayed() {
        return delayed;
    }

    public OffsetSet damaged() {
        return damaged;
    }

    /** The messages that are not delivered any more, and wait to be moved to another queue. */
    public DeadMessages dead() {
        return dead;
    }

    /** How many messages consumers hold. */
    public long leased() {
        return leased;
    }

    /** The messages of groups; null where there never were any. */
    @Nullable
    GroupOrder groups() {
        return groups;
    }

    /** The indexes that it has. */
    public List<ShardIndex> indexes() {
        List<ShardIndex> indexes = new ArrayList<>(2);
        if (order != null) {
            indexes.add(order.index());
        }
        if (groups != null) {
            indexes.add(groups.index());
        }
        return indexes;
    }

    /** Whether there are messages of groups: what is leased then must not be forgotten in a crash. */
    public boolean hasGroups() {
        return groups != null && !groups.members().isEmpty();
    }

    /** The messages that are to be looked at before they are delivered. */
    public Unsifted unsifted() {
        return unsifted;
    }

    // New messages.

    /** Takes in messages that were published and can be delivered once readable, as they are if {@code isReadable}. */
    public void append(long from, long to, int priority, boolean isReadable) {
        if (unsifted.addRange(from, to)) {
            end = Math.max(end, to);
            plain.aside().addRange(from, to);
            return;
        }
        boolean isPlain = priority == basePriority || plain.isEmpty(end);
        end = Math.max(end, to);
        if (isPlain) {
            basePriority = priority;
            return;
        }
        plain.aside().addRange(from, to);
        PriorityOrder others = makeOrder();
        others.arrive(from, to, priority);
        if (isReadable) {
            others.publishReadable(to, settled);
        }
    }

    /** Takes messages in that were published and are not due yet. */
    public void appendDelayed(long from, long to) {
        end = Math.max(end, to);
        plain.aside().addRange(from, to);
        delayed.addRange(from, to);
    }

    /** Takes in messages of the group that {@code entry} says, which are not due yet where {@code isDelayed}. */
    public void appendGrouped(EntryEnvelope entry, boolean isDelayed, boolean isReadable) {
        long from = entry.firstOffset;
        long to = from + entry.span;
        end = Math.max(end, to);
        plain.aside().addRange(from, to);
        GroupOrder ofGroups = makeGroups();
        if (isDelayed) {
            delayed.addRange(from, to);
            ofGroups.appendDelayed(from, to, entry.groupHigh, entry.groupLow);
        } else {
            ofGroups.append(from, to, entry.groupHigh, entry.groupLow);
        }
        if (isReadable) {
            ofGroups.publishReadable(to);
        }
    }

    /** Messages below {@code offset} are readable. */
    public void publishReadable(long offset) {
        if (groups != null) {
            groups.publishReadable(offset);
        }
        if (order != null) {
            order.publishReadable(offset, settled);
        }
    }

    // Deliveries.

    /** Messages that could be delivered now, of a log readable up to {@code readableOffset}. */
    public long ready(long readableOffset) {
        return Math.max(0, view.waiting(readableOffset) - delayed.size());
    }

    /** Whether a consumer holds the message at {@code offset}. */
    public boolean isLeased(long offset) {
        return !plain.isNew(offset)
                && !settled.contains(offset)
                && !plain.returned().contains(offset)
                && !delayed.contains(offset)
                && !damaged.contains(offset)
                && !dead.contains(offset)
                && !isIndexed(offset);
    }

    private boolean isIndexed(long offset) {
        return unsifted.contains(offset)
                || (order != null && (order.indexed().contains(offset) || order.isArriving(offset)))
                || (groups != null && (groups.waiting().contains(offset) || groups.isArriving(offset)));
    }

    /** The messages of groups, where the one at {@code offset} is such a one. */
    private @Nullable GroupOrder groupsWith(long offset) {
        return groups != null && groups.contains(offset) ? groups : null;
    }

    /** The next message to deliver; {@link #NONE}, or {@link #LOADING} where {@code order} hears when it is known. */
    public long next(long readableOffset) {
        return front.next(readableOffset);
    }

    /** Takes out what {@link #next} has just given: it is leased from now on. Returns its priority. */
    public int take(long offset) {
        owner.onChanged(offset, offset + 1);
        leased++;
        return front.take(offset);
    }

    /** Who sees only some of the messages. */
    public Selections selections() {
        return selections;
    }

    /** The message at {@code offset} was taken out, not by {@link #take}: it is leased from now on. */
    void noteTaken(long offset) {
        owner.onChanged(offset, offset + 1);
        leased++;
    }

    /** Adds the group of the message at {@code offset}, which is leased, if it has one. */
    public void noteGroup(long offset, LeaseGroups target) {
        GroupOrder ofGroups = groupsWith(offset);
        if (ofGroups != null) {
            ofGroups.noteGroup(offset, target);
        } else {
            target.addNone();
        }
    }

    /** The deliveries so far of messages that came back. */
    public DeliveryHistory history() {
        return history;
    }

    /** Ends a lease because the message is settled. */
    public void settleLeased(long offset) {
        leased--;
        settled.settle(offset);
        leaveGroup(offset);
        history.remove(offset);
        lapsed.remove(offset);
    }

    private void leaveGroup(long offset) {
        GroupOrder ofGroups = groupsWith(offset);
        if (ofGroups != null) {
            ofGroups.settleLeased(offset);
        }
    }

    // A lease that ends with the message not settled is put into the history before.

    /** Ends a lease because the message goes back; it can be delivered at once. */
    public void returnLeased(long offset, int priority) {
        leased--;
        makeReady(offset, priority);
    }

    /** Ends a lease because the message is not to be delivered any more. What comes next of its group can be. */
    public void dieLeased(long offset, DeathReason reason, byte @Nullable [] text) {
        leased--;
        leaveGroup(offset);
        lapsed.remove(offset);
        dead.add(offset, reason, text);
    }

    /** A message that is not leased, and alive, is not to be delivered any more. */
    public void dieUnleased(long offset, DeathReason reason, byte @Nullable [] text) {
        end = Math.max(end, offset + 1);
        if (plain.isNew(offset)) {
            plain.aside().add(offset);
        }
        leave(offset, offset + 1);
        dead.add(offset, reason, text);
    }

    /** A dead message cannot be read: it stays where it is. */
    public void damageDead(long offset) {
        dead.removeRange(offset, offset + 1);
        damaged.add(offset);
    }

    /** Ends a lease because the message goes back, to be delivered later. */
    public void delayLeased(long offset) {
        leased--;
        delayed.add(offset);
        owner.onChanged(offset, offset + 1);
        GroupOrder ofGroups = groupsWith(offset);
        if (ofGroups != null) {
            ofGroups.delayLeased(offset);
        }
    }

    /** Ends a lease because the message cannot be read. */
    public void damageLeased(long offset) {
        leased--;
        damaged.add(offset);
        GroupOrder ofGroups = groupsWith(offset);
        if (ofGroups != null) {
            ofGroups.damageLeased(offset);
        }
    }

    /** A message of a group that is not leased cannot be read. */
    public void damageGrouped(long offset) {
        GroupOrder ofGroups = groupsWith(offset);
        if (ofGroups != null && !isLeased(offset)) {
            delayed.remove(offset);
            damaged.add(offset);
            ofGroups.damage(offset);
            owner.onChanged(offset, offset + 1);
        }
    }

    /** A delayed message is due. */
    public void returnDelayed(long offset, int priority) {
        if (!delayed.remove(offset)) {
            return;
        }
        boolean isKnown = groupsWith(offset) != null;
        if (!isKnown && unsifted.addRange(offset, offset + 1)) {
            owner.onChanged(offset, offset + 1);
        } else {
            makeReady(offset, priority);
        }
    }

    /** Delayed messages of which it is not known any more when they are due can be delivered now, but some. */
    public void returnDelayedBelow(long offset, LongPredicate isOther) {
        for (long each = delayed.nextPresent(0); each >= 0 && each < offset; each = delayed.nextPresent(each + 1)) {
            if (!isOther.test(each)) {
                returnDelayed(each, basePriority);
            }
        }
    }

    /** Whether the message at {@code offset} has expired while it was leased. */
    public boolean hasLapsed(long offset) {
        return lapsed.contains(offset);
    }

    /** Those that have expired while they were leased: they are not delivered again when they come back. */
    public OffsetSet lapsed() {
        return lapsed;
    }

    /** Settles a range none of which is leased; returns how many messages that were. */
    public long settleUnleased(long from, long to) {
        end = Math.max(end, to);
        long count = settled.settleRange(from, to);
        leave(from, to);
        dead.removeRange(from, to);
        history.removeRange(from, to);
        return count;
    }

    /** Takes messages none of which is leased out of everything that they can be in while they are alive. */
    private void leave(long from, long to) {
        plain.returned().removeRange(from, to);
        delayed.removeRange(from, to);
        damaged.removeRange(from, to);
        if (order != null) {
            order.removeRange(from, to);
        }
        if (groups != null) {
            groups.removeRange(from, to);
        }
        unsifted.removeRange(from, to);
        lapsed.removeRange(from, to);
        owner.onChanged(from, to);
    }

    private void makeReady(long offset, int priority) {
        GroupOrder ofGroups = groupsWith(offset);
        if (ofGroups != null) {
            ofGroups.makeReady(offset);
            selections.onGrouped(offset);
        } else {
            order(offset, priority);
        }
        owner.onChanged(offset, offset + 1);
    }

    /** Takes in a message that can be delivered, and is of no group. */
    void order(long offset, int priority) {
        if (priority == basePriority || plain.isEmpty(end)) {
            basePriority = priority;
            plain.returned().add(offset);
            selections.onPlain(offset, priority);
        } else {
            makeOrder().add(offset, priority);
        }
    }

    PriorityOrder makeOrder() {
        PriorityOrder made = order;
        if (made == null) {
            made = new PriorityOrder(owner, settled, selections);
            order = made;
        }
        return made;
    }

    GroupOrder makeGroups() {
        if (groups == null) {
            groups = new GroupOrder(owner);
        }
        return groups;
    }

    // Looking.

    /** Who looks at messages without taking them. */
    public SubscriptionView view() {
        return view;
    }

    PlainOrder plain() {
        return plain;
    }

    /** Which message is next for whoever takes any. */
    Front front() {
        return front;
    }

    /** No offset from here on has arrived. */
    long end() {
        return end;
    }

    /** What there is of messages that have not the base priority; null where there never were any. */
    @Nullable
    PriorityOrder order() {
        return order;
    }

    // Snapshots and replay.

    /** After {@link SubscriptionState#restore}: a consumer holds the message. */
    public void restoreLeased(long offset) {
        plain.returned().remove(offset);
        leased++;
    }

    // Replay hands out and takes back exactly the messages that the records name.

    /** Replays that {@code offset}, which is not settled, was leased. */
    public void replayLeased(long offset) {
        if (plain.isNew(offset)) {
            plain.takeAnywhere(offset);
        } else {
            plain.returned().remove(offset);
            delayed.remove(offset);
            unsifted.removeRange(offset, offset + 1);
            if (order != null) {
                order.remove(offset);
            }
        }
        leased++;
    }

    /** The message that was just {@linkplain #replayLeased leased} is of this group. */
    public void replayGroup(long offset, long high, long low) {
        GroupOrder ofGroups = groupsWith(offset);
        if (ofGroups == null && unsifted.isUsed()) {
            ofGroups = makeGroups(); // it was looked at since the snapshot
            ofGroups.appendDelayed(offset, offset + 1, high, low);
        }
        if (ofGroups != null) {
            ofGroups.replayLeased(offset, high, low);
        }
    }
}
