package io.millrace.engine.subscription;

import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.record.LeaseGroups;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.agrona.collections.Long2LongHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that belong to groups: of each group one at a time is delivered, strictly in the order of
 * their offsets. An index by group and offset has a record of each of them until it is settled; sets of offsets say
 * which can be delivered and which keep their group back. Only the sets are trusted: the index may have records of
 * messages that are settled. The loop's.
 *
 * <p>Every member is exactly one of: waiting, arriving, leased, delayed, damaged. A delayed one that was delivered
 * before is <em>held</em>: it keeps its group back. One that is not due for the first time does not, and has its place
 * by its offset once it is due. A damaged one is passed over.
 *
 * <p>Memory: bits for each message, and some 140 bytes for each message that is leased and each of the {@value
 * GroupTurns#LINE_MAX} groups at most whose turn comes.
 */
final class GroupOrder {
    /** There is no message to deliver. */
    static final long NONE = IndividualSubscription.NONE;
    /** It must be read first which one is next. */
    static final long LOADING = IndividualSubscription.LOADING;

    /** How many messages are taken before the index is looked at for what is of no use any more. */
    private static final int TAKEN_MAX = 4_096;

    private final ShardIndex index;
    private final OffsetSet members = new OffsetSet();
    private final OffsetSet waiting = new OffsetSet();
    private final OffsetSet held = new OffsetSet();
    /** Of what is leased the slots of the groups. */
    private final Long2LongHashMap leased = new Long2LongHashMap(GroupTable.NONE);
    /** What is not synced yet; in the order of the offsets. */
    private final ArrayDeque<Arrival> arriving = new ArrayDeque<>(2);

    private final GroupTurns turns;
    private final GroupRepair repair;
    private int taken;

    private record Arrival(long from, long to, long high, long low) {}

    GroupOrder(SubscriptionOwner owner) {
        index = owner.makeIndex(ShardIndexes.KIND_GROUPS, this::beginCompaction, () -> {
            onRested();
            owner.onFront();
        });
        GroupReader reader = owner.makeGroupReader();
        turns = new GroupTurns(index, reader, waiting, held);
        repair = new GroupRepair(index, reader, waiting, held, turns::onRepaired);
    }

    ShardIndex index() {
        return index;
    }

    private GroupCompaction beginCompaction() {
        return new GroupCompaction(members.copy(), this::onRewritten);
    }

    /** All messages of groups that are not settled. */
    OffsetSet members() {
        return members;
    }

    /** The messages that can be delivered when the group's turn has come and they are its first. */
    OffsetSet waiting() {
        return waiting;
    }

    /** Whether the message at {@code offset} belongs to a group and is not settled. */
    boolean contains(long offset) {
        return members.contains(offset);
    }

    /** Whether the message at {@code offset}, if it is unsettled and here at all, is not readable yet. */
    boolean isArriving(long offset) {
        Arrival first = arriving.peek();
        return first != null && offset >= first.from;
    }

    // New messages.

    /** Takes in the messages of one group that were published; they are delivered once they are readable. */
    void append(long from, long to, long high, long low) {
        appendDelayed(from, to, high, low);
        arriving.add(new Arrival(from, to, high, low));
    }

    /** Takes in messages that are not due yet. */
    void appendDelayed(long from, long to, long high, long low) {
        members.addRange(from, to);
        for (long offset = from; offset < to; offset++) {
            index.ordered().add(high, low, offset);
        }
        index.noteAdded();
    }

    /** Messages below {@code offset} are readable. */
    void publishReadable(long offset) {
        for (Arrival first = arriving.peek(); first != null && first.from < offset; first = arriving.peek()) {
            arriving.remove();
            long end = Math.min(first.to, offset);
            for (long each = first.from; each < end; each++) {
                if (members.contains(each)) {
                    waiting.add(each);
                    turns.onArrived(first.high, first.low, each);
                }
            }
            if (end < first.to) {
                arriving.addFirst(new Arrival(end, first.to, first.high, first.low));
            }
        }
    }

    // Deliveries.

    /** The next message to deliver; {@link #NONE} or {@link #LOADING}. */
    long next() {
        return next(null);
    }

    /** The next message that {@code selection} has not passed over; any where that is null. */
    long next(@Nullable GroupSelection selection) {
        if (waiting.isEmpty()) {
            return NONE;
        }
        if (repair.isNeeded()) {
            return LOADING;
        }
        int slot = selection == null ? turns.next() : selection.next(turns);
        if (slot == GroupTurns.LOADING) {
            return LOADING;
        }
        return slot == GroupTurns.NONE ? NONE : turns.table().head(slot);
    }

    /** Takes out the message at {@code offset}, which {@link #next} has just given: it is leased from now on. */
    void take(long offset) {
        take(offset, turns.take());
    }

    /** The same of the one that was given to {@code selection}. */
    void take(long offset, GroupSelection selection) {
        turns.take(selection.slot());
        take(offset, selection.slot());
    }

    private void take(long offset, int slot) {
        waiting.remove(offset);
        leased.put(offset, slot);
        if (++taken >= TAKEN_MAX) {
            taken = 0;
            index.compactIfSparse(members.size());
        }
    }

    /** Tells {@code visitor} of the messages that may come next for {@code selection}, as far as they are known. */
    void lookAhead(GroupSelection selection, SubscriptionView.Visitor visitor) {
        selection.lookAhead(turns, visitor);
    }

    /** Adds the group of the message at {@code offset}, which is leased. */
    void noteGroup(long offset, LeaseGroups target) {
        int slot = (int) leased.get(offset);
        target.add(turns.table().high(slot), turns.table().low(slot));
    }

    /** Ends a lease because the message is settled. */
    void settleLeased(long offset) {
        members.remove(offset);
        int slot = (int) leased.get(offset);
        if (slot != GroupTable.NONE) {
            index.ordered().remove(turns.table().high(slot), turns.table().low(slot), offset);
        }
        endLease(offset);
        forgetIfEmpty();
    }

    /** Ends a lease because the message goes back, to be delivered later; until then it keeps its group back. */
    void delayLeased(long offset) {
        held.add(offset);
        endLease(offset);
    }

    /** Ends a lease because the message cannot be read. */
    void damageLeased(long offset) {
        endLease(offset);
    }

    private void endLease(long offset) {
        int slot = (int) leased.remove(offset);
        if (slot == GroupTable.NONE) {
            turns.onUnknown();
        } else if (turns.table().endLease(slot)) {
            turns.onFree(slot);
        }
    }

    /** A message goes back from its lease, or is due: it can be delivered. */
    void makeReady(long offset) {
        waiting.add(offset);
        if (leased.containsKey(offset)) {
            endLease(offset);
        } else if (held.remove(offset)) {
            turns.onUnknown(offset);
        } else {
            turns.onLate(offset);
        }
    }

    /** A message that is not leased cannot be read. Who had it read is told, and has its group looked up. */
    void damage(long offset) {
        waiting.remove(offset);
        held.remove(offset);
    }

    /** What has lost records to damage may have been written anew. */
    private void onRewritten() {
        if (index.forgetDamage()) {
            turns.onRepaired();
            index.lookAgain();
        }
    }

    /** Takes out what is settled and not leased. */
    void removeRange(long from, long to) {
        members.removeRange(from, to);
        long waited = waiting.size();
        waiting.removeRange(from, to);
        if (waiting.size() < waited) {
            turns.changes().events++;
        }
        long kept = held.size();
        held.removeRange(from, to);
        if (held.size() < kept) {
            turns.onUnknown();
        }
        forgetIfEmpty();
    }

    /** What is left in the index then is of no use to anybody. */
    private void forgetIfEmpty() {
        if (members.isEmpty()) {
            turns.clear();
            arriving.clear();
            index.clear();
        }
    }

    /** A pause is over, or what has failed may be tried again. */
    private void onRested() {
        turns.onRested();
        repair.onRested();
    }

    // Snapshots and replay.

    /** Writes the members, those that are held, the groups of those that are leased, and the index. */
    void writeTo(ByteBuf target) {
        members.writeTo(target);
        held.writeTo(target);
        target.writeInt(leased.size());
        GroupTable table = turns.table();
        leased.forEachLong((offset, slot) ->
                target.writeLong(offset).writeLong(table.high((int) slot)).writeLong(table.low((int) slot)));
        index.describe(target);
    }

    /** Takes over what {@link #writeTo} wrote; everything is readable, and these are delayed or damaged. */
    void restore(ByteBuf source, OffsetSet delayed, OffsetSet damaged) {
        members.addAll(OffsetSet.read(source));
        held.addAll(OffsetSet.read(source));
        waiting.addAll(members.copy());
        waiting.removeAll(delayed);
        waiting.removeAll(damaged);
        for (int left = source.readInt(); left > 0; left--) {
            replayLeased(source.readLong(), source.readLong(), source.readLong());
        }
        index.restore(source);
    }

    /** Replays that the message at {@code offset}, of this group, was leased. */
    void replayLeased(long offset, long high, long low) {
        waiting.remove(offset);
        held.remove(offset);
        GroupTable table = turns.table();
        int slot = table.find(high, low);
        if (slot == GroupTable.NONE) {
            // Others may have come due before it since it was given out.
            slot = table.add(high, low, offset, GroupTurns.OUTDATED);
        }
        table.addLease(slot);
        leased.put(offset, slot);
    }
}
