package io.millrace.engine;

import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.run.OrderedIndex;
import io.netty.buffer.ByteBuf;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The position of a queue's workers on its log: what is settled, what was handed out, what came back. A first-in
 * first-out backlog costs no memory per message. The loop's.
 *
 * <p>Messages are delivered by priority, then by offset. Those of one priority, the <em>base</em>, are plain. Others
 * are in an index ({@link PriorityOrder}). While there is no plain message the base can change.
 *
 * <p>Every unsettled offset below the cursor, and every one that was set aside above it, is exactly one of: leased,
 * returned, delayed, damaged, indexed, or arriving there. All other offsets above the cursor are plain and new.
 */
final class IndividualSubscription {
    /** There is no message to deliver. */
    static final long NONE = -1;
    /** There are messages, and it must be read first which one is next. */
    static final long LOADING = -2;

    private final SettledSet settled;
    /** Plain messages that came back and may be delivered again, before new ones. */
    private final OffsetSet returned = new OffsetSet();

    private final OffsetSet delayed = new OffsetSet();
    /** Messages that could not be read; they stay where they are until an operator purges them. */
    private final OffsetSet damaged = new OffsetSet();
    /** Offsets above the cursor that it passes over. */
    private final OffsetSet aside = new OffsetSet();
    /** Leased messages whose expiry has passed; null where there never was one. */
    private @Nullable OffsetSet lapsed;
    /** Deliveries so far of those that came back. */
    private @Nullable DeliveryCounts deliveryCounts;

    private final Supplier<PriorityOrder> orders;
    private @Nullable PriorityOrder order;
    private int basePriority = EntryEnvelope.PRIORITY_NORMAL;

    private long cursor;
    /** No offset from here on has arrived. */
    private long end;

    private long leased;
    private boolean isNextIndexed;

    /** Begins at {@code floor}; {@code orders} makes what is needed once there are messages of two priorities. */
    IndividualSubscription(long floor, Supplier<PriorityOrder> orders) {
        this.orders = orders;
        settled = new SettledSet(floor);
        cursor = floor;
        end = floor;
    }

    SettledSet settled() {
        return settled;
    }

    OffsetSet delayed() {
        return delayed;
    }

    OffsetSet damaged() {
        return damaged;
    }

    long leased() {
        return leased;
    }

    /** What there is of messages that have not the base priority; null where there never were any. */
    @Nullable
    PriorityOrder order() {
        return order;
    }

    // New messages.

    /**
     * Takes messages in that were published; they can be delivered when they are readable, which they are already where
     * {@code isReadable}.
     */
    void append(long from, long to, int priority, boolean isReadable) {
        boolean plain = priority == basePriority || isPlainEmpty();
        end = to;
        if (plain) {
            basePriority = priority;
            return;
        }
        aside.addRange(from, to);
        PriorityOrder others = makeOrder();
        others.arrive(from, to, priority);
        if (isReadable) {
            others.publishReadable(to, settled);
        }
    }

    /** Takes messages in that were published and are not due yet. */
    void appendDelayed(long from, long to) {
        end = to;
        aside.addRange(from, to);
        delayed.addRange(from, to);
    }

    /** Messages below {@code offset} are readable. */
    void publishReadable(long offset) {
        if (order != null) {
            order.publishReadable(offset, settled);
        }
    }

    // Deliveries.

    /** Messages that could be delivered now, of a log readable up to {@code readableOffset}. */
    long ready(long readableOffset) {
        long unsettled = readableOffset - settled.floor() - settled.sizeAbove();
        return Math.max(0, unsettled - leased - delayed.size() - damaged.size());
    }

    /** Whether a consumer holds the message at {@code offset}. */
    boolean isLeased(long offset) {
        return !isPlainNew(offset)
                && !settled.contains(offset)
                && !returned.contains(offset)
                && !delayed.contains(offset)
                && !damaged.contains(offset)
                && !isIndexed(offset);
    }

    private boolean isIndexed(long offset) {
        return order != null && (order.indexed().contains(offset) || order.isArriving(offset));
    }

    private boolean isPlainNew(long offset) {
        return offset >= cursor && !aside.contains(offset);
    }

    /** The next message to deliver; {@link #NONE}, or {@link #LOADING} where {@code order} hears when it is known. */
    long next(long readableOffset) {
        isNextIndexed = false;
        long plain = nextPlain(readableOffset);
        PriorityOrder others = order;
        if (others == null || others.indexed().isEmpty()) {
            return plain;
        }
        OrderedIndex.State state = others.find();
        if (state == OrderedIndex.State.LOADING) {
            return LOADING;
        }
        if (state == OrderedIndex.State.EMPTY) {
            // Damage has taken their records: nobody knows their priorities any more.
            returned.addAll(others.takeLost());
            return nextPlain(readableOffset);
        }
        if (!isBeforePlain(others.offset(), others.priority(), plain)) {
            return plain;
        }
        isNextIndexed = true;
        return others.offset();
    }

    /** Whether an indexed message goes before the plain one at {@code plain}; {@link #NONE} where there is no such. */
    boolean isBeforePlain(long offset, int priority, long plain) {
        int byPriority = Integer.compareUnsigned(priority, basePriority);
        return plain < 0 || byPriority < 0 || (byPriority == 0 && offset < plain);
    }

    private long nextPlain(long readableOffset) {
        long isNew = nextNew(readableOffset);
        long back = returned.nextPresent(0);
        return back >= 0 && (isNew < 0 || back < isNew) ? back : isNew;
    }

    /** Takes out what {@link #next} has just given: it is leased from now on. Returns its priority. */
    int take(long offset) {
        leased++;
        if (isNextIndexed && order != null) {
            isNextIndexed = false;
            return order.take();
        }
        if (!returned.remove(offset)) {
            moveCursor(offset + 1);
        }
        return basePriority;
    }

    /** How often the message at {@code offset}, which is not leased, was delivered. */
    int deliveries(long offset) {
        DeliveryCounts counts = deliveryCounts;
        return counts == null ? 0 : counts.get(offset);
    }

    /** Ends a lease because the message is settled. */
    void settleLeased(long offset) {
        leased--;
        settled.settle(offset);
        forgetCount(offset);
        if (lapsed != null) {
            lapsed.remove(offset);
        }
    }

    /** Ends a lease because the message goes back; it can be delivered at once. */
    void returnLeased(long offset, int deliveries, int priority) {
        leased--;
        noteDeliveries(offset, deliveries);
        makeReady(offset, priority);
    }

    /** Ends a lease because the message goes back, to be delivered later. */
    void delayLeased(long offset, int deliveries) {
        leased--;
        noteDeliveries(offset, deliveries);
        delayed.add(offset);
    }

    /** Ends a lease because the message cannot be read. */
    void damageLeased(long offset) {
        leased--;
        damaged.add(offset);
    }

    /** A delayed message is due. */
    void returnDelayed(long offset, int priority) {
        if (delayed.remove(offset)) {
            makeReady(offset, priority);
        }
    }

    /** Delayed messages of which it is not known any more when they are due can be delivered now. */
    void returnDelayedBelow(long offset) {
        for (long each = delayed.nextPresent(0); each >= 0 && each < offset; each = delayed.nextPresent(each)) {
            returnDelayed(each, basePriority);
        }
    }

    /** A leased message has expired: it is to be settled when it comes back. */
    void lapse(long offset) {
        if (lapsed == null) {
            lapsed = new OffsetSet();
        }
        lapsed.add(offset);
    }

    /** Whether the message at {@code offset} has expired while it was leased. */
    boolean hasLapsed(long offset) {
        return lapsed != null && lapsed.contains(offset);
    }

    /** Those that have expired while they were leased; null where none ever has. */
    @Nullable
    OffsetSet lapsed() {
        return lapsed;
    }

    /** Settles a range none of which is leased; returns how many messages that were. */
    long settleUnleased(long from, long to) {
        end = Math.max(end, to);
        long count = settled.settleRange(from, to);
        returned.removeRange(from, to);
        delayed.removeRange(from, to);
        damaged.removeRange(from, to);
        if (order != null) {
            order.removeRange(from, to);
        }
        if (lapsed != null) {
            lapsed.removeRange(from, to);
        }
        forgetCounts(from, to);
        return count;
    }

    private void makeReady(long offset, int priority) {
        if (priority == basePriority || isPlainEmpty()) {
            basePriority = priority;
            returned.add(offset);
        } else {
            makeOrder().add(offset, priority);
        }
    }

    private boolean isPlainEmpty() {
        return returned.isEmpty() && nextNew(end) < 0;
    }

    private PriorityOrder makeOrder() {
        PriorityOrder made = order;
        if (made == null) {
            made = orders.get();
            order = made;
        }
        return made;
    }

    private long nextNew(long readableOffset) {
        long offset = settled.nextUnsettled(cursor);
        if (!aside.isEmpty()) {
            while (aside.contains(offset)) {
                offset = settled.nextUnsettled(aside.nextAbsent(offset));
            }
            // Else all of them would be passed over again the next time.
            moveCursor(offset);
        }
        return offset < readableOffset ? offset : NONE;
    }

    private void moveCursor(long offset) {
        cursor = offset;
        if (!aside.isEmpty()) {
            aside.removeBelow(offset);
        }
    }

    private void noteDeliveries(long offset, int deliveries) {
        DeliveryCounts counts = deliveryCounts;
        if (counts == null) {
            counts = new DeliveryCounts();
            deliveryCounts = counts;
        }
        counts.put(offset, deliveries);
    }

    private void forgetCounts(long from, long to) {
        DeliveryCounts counts = deliveryCounts;
        if (counts != null) {
            counts.removeRange(from, to);
        }
    }

    private void forgetCount(long offset) {
        DeliveryCounts counts = deliveryCounts;
        if (counts != null) {
            counts.remove(offset);
        }
    }

    // Looking.

    /** The first message at or after {@code from} and below {@code readable} that can be delivered, or that. */
    long nextReady(long from, long readable) {
        long first = nextPlain(from, readable);
        long indexed = order == null ? NONE : order.indexed().nextPresent(from);
        return indexed < 0 ? first : Math.min(first, indexed);
    }

    /** The same of plain messages alone. */
    long nextPlain(long from, long readable) {
        long plain = settled.nextUnsettled(Math.max(from, cursor));
        while (aside.contains(plain)) {
            plain = settled.nextUnsettled(aside.nextAbsent(plain));
        }
        long back = returned.nextPresent(from);
        return Math.min(readable, back < 0 ? plain : Math.min(plain, back));
    }

    /** About how many plain messages are ready from {@code from} up to but not {@code to}. */
    long countPlain(long from, long to) {
        return returned.count(from, to) + Math.max(0, to - Math.max(from, cursor));
    }

    /** The first leased message at or after {@code from} and below {@code readable}, or that. */
    long nextLeased(long from, long readable) {
        long offset = settled.nextUnsettled(from);
        while (offset < readable && !isLeased(offset)) {
            offset = settled.nextUnsettled(skipUnleased(offset));
        }
        return offset;
    }

    /** Passes over a long run of messages in one step. */
    private long skipUnleased(long offset) {
        if (isPlainNew(offset)) {
            long next = aside.nextPresent(offset);
            return next < 0 ? Long.MAX_VALUE : next;
        }
        long behind = Math.max(offset + 1, Math.max(returned.nextAbsent(offset), delayed.nextAbsent(offset)));
        return order == null ? behind : Math.max(behind, order.indexed().nextAbsent(offset));
    }

    // Snapshots and replay.

    /** Writes what is settled, and what is known of the rest but the leases. */
    void writeTo(ByteBuf target) {
        target.writeLong(settled.floor()).writeLong(cursor).writeInt(basePriority);
        settled.above().writeTo(target);
        delayed.writeTo(target);
        damaged.writeTo(target);
        aside.writeTo(target);
        target.writeBoolean(lapsed != null);
        if (lapsed != null) {
            lapsed.writeTo(target);
        }
        target.writeBoolean(deliveryCounts != null);
        if (deliveryCounts != null) {
            deliveryCounts.writeTo(target);
        }
        target.writeBoolean(order != null);
        if (order != null) {
            order.writeTo(target);
        }
    }

    /**
     * Takes over what {@link #writeTo} wrote: every other unsettled message below the cursor, or set aside, counts as
     * returned. Everything is readable.
     */
    void restore(ByteBuf source) {
        long floor = source.readLong();
        cursor = source.readLong();
        basePriority = source.readInt();
        settled.restore(floor, OffsetSet.read(source));
        delayed.addAll(OffsetSet.read(source));
        damaged.addAll(OffsetSet.read(source));
        aside.addAll(OffsetSet.read(source));
        lapsed = source.readBoolean() ? OffsetSet.read(source) : null;
        deliveryCounts = source.readBoolean() ? DeliveryCounts.read(source) : null;
        returnUnsettled(floor, cursor);
        for (long from = aside.nextPresent(cursor); from >= 0; from = aside.nextPresent(aside.nextAbsent(from))) {
            returnUnsettled(from, aside.nextAbsent(from));
        }
        returned.removeAll(delayed);
        returned.removeAll(damaged);
        if (source.readBoolean()) {
            PriorityOrder restored = makeOrder();
            restored.restore(source);
            restored.publishReadable(end, settled);
            returned.removeAll(restored.indexed());
        }
    }

    private void returnUnsettled(long from, long to) {
        for (long next = settled.nextUnsettled(from); next < to; ) {
            long behind = settled.nextSettled(next, to);
            returned.addRange(next, behind);
            next = settled.nextUnsettled(behind);
        }
    }

    /** After {@link #restore}: a consumer holds the message. */
    void restoreLeased(long offset) {
        returned.remove(offset);
        leased++;
    }

    // Replay hands out and takes back exactly the messages that the records name.

    /** Replays that {@code offset}, which is not settled, was leased. */
    void replayLeased(long offset) {
        if (isPlainNew(offset)) {
            // Plain ones in between were leased before it, in records that are lost, or were not plain then.
            for (long missed = nextNew(offset); missed >= 0; missed = nextNew(offset)) {
                returned.add(missed);
                moveCursor(missed + 1);
            }
            moveCursor(Math.max(cursor, offset + 1));
        } else {
            returned.remove(offset);
            delayed.remove(offset);
            if (order != null) {
                order.remove(offset);
            }
        }
        leased++;
    }
}
