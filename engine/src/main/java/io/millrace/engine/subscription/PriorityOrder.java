package io.millrace.engine.subscription;

import io.millrace.engine.index.FloorCompaction;
import io.millrace.engine.index.ShardIndex;
import io.millrace.engine.index.ShardIndexes;
import io.millrace.engine.offset.OffsetSet;
import io.millrace.engine.offset.SettledSet;
import io.millrace.storage.run.Compaction;
import io.millrace.storage.run.OrderedIndex;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/**
 * The messages of a queue that have another priority than those which are in first-in first-out order: an index by
 * priority and offset, and a set that says which of them are there. Only the set is trusted: after a restart the index
 * may have records of messages that were taken since it was described. The loop's.
 */
final class PriorityOrder {
    /** Records in one turn that are out of date; more are passed over in the next one. */
    private static final int STALE_MAX = 2_000;

    private static final long PRIORITY_MASK = (1L << Integer.SIZE) - 1;

    private final ShardIndex index;
    private final Selections selections;
    private final OffsetSet indexed = new OffsetSet();
    /** What is not synced yet and must not hide what is; in the order of the offsets. */
    private final ArrayDeque<Arrival> arriving = new ArrayDeque<>(2);

    private record Arrival(long from, long to, int priority) {}

    /**
     * Makes an empty one; what is below the floor of {@code settled} is of no use in its index any more, and {@code
     * selections} are told what can be delivered.
     */
    PriorityOrder(SubscriptionOwner owner, SettledSet settled, Selections selections) {
        this.selections = selections;
        index = owner.makeIndex(ShardIndexes.KIND_PRIORITIES, () -> beginCompaction(settled.floor()), owner::onFront);
    }

    private static Compaction beginCompaction(long floor) {
        return new FloorCompaction() {
            @Override
            public boolean isAlive(long key, long sub, long value) {
                return value >= floor;
            }
        };
    }

    ShardIndex index() {
        return index;
    }

    /** The messages that can be delivered from here. */
    OffsetSet indexed() {
        return indexed;
    }

    /** Notes messages that were published; they can be delivered once they are readable. */
    void arrive(long from, long to, int priority) {
        arriving.add(new Arrival(from, to, priority));
    }

    /** Messages below {@code offset} are readable. */
    void publishReadable(long offset, SettledSet settled) {
        for (Arrival first = arriving.peek(); first != null && first.from < offset; first = arriving.peek()) {
            arriving.remove();
            long end = Math.min(first.to, offset);
            for (long each = first.from; each < end; each++) {
                if (!settled.contains(each)) {
                    add(each, first.priority);
                }
            }
            if (end < first.to) {
                arriving.addFirst(new Arrival(end, first.to, first.priority));
            }
        }
    }

    /** Whether the message at {@code offset}, if it is unsettled and here at all, is not readable yet. */
    boolean isArriving(long offset) {
        Arrival first = arriving.peek();
        return first != null && offset >= first.from;
    }

    void add(long offset, int priority) {
        indexed.add(offset);
        index.ordered().add(priority & PRIORITY_MASK, 0, offset);
        index.noteAdded();
        selections.onIndexed(offset, priority);
    }

    /** Looks for the first message; there is one where this is {@link OrderedIndex.State#READY}. */
    OrderedIndex.State find() {
        OrderedIndex ordered = index.ordered();
        for (int left = STALE_MAX; left > 0; left--) {
            OrderedIndex.State state = ordered.peek();
            if (state != OrderedIndex.State.READY || indexed.contains(ordered.value())) {
                return state;
            }
            ordered.poll();
        }
        index.lookAgain();
        return OrderedIndex.State.LOADING;
    }

    /** Is told of messages in the order in which they come. */
    interface Visitor {
        /** The next message; returns whether to go on. */
        boolean onMessage(long offset, int priority);
    }

    /** Tells {@code visitor} which messages probably come next, as far as that is known without reading. */
    void lookAhead(Visitor visitor) {
        int[] staleLeft = {STALE_MAX};
        index.ordered()
                .lookAhead((key, sub, offset) ->
                        indexed.contains(offset) ? visitor.onMessage(offset, (int) key) : --staleLeft[0] > 0);
    }

    /** The offset of the message that {@link #find} has found. */
    long offset() {
        return index.ordered().value();
    }

    /** The priority of the message that {@link #find} has found. */
    int priority() {
        return (int) index.ordered().key();
    }

    /** Takes out the message that {@link #find} has just found; returns its priority. */
    int take() {
        int priority = priority();
        indexed.remove(offset());
        index.ordered().poll();
        forgetIfEmpty();
        return priority;
    }

    /** Takes a message out that is somewhere. */
    void remove(long offset) {
        if (indexed.remove(offset)) {
            forgetIfEmpty();
        }
    }

    /** Takes {@code from} up to but not {@code to} out. */
    void removeRange(long from, long to) {
        if (!indexed.isEmpty()) {
            indexed.removeRange(from, to);
            forgetIfEmpty();
        }
    }

    /** What is left in the index then is of no use to anybody. */
    private void forgetIfEmpty() {
        if (indexed.isEmpty()) {
            index.clear();
        }
    }

    /** Writes which messages are there, those that arrive, and the description of the index. */
    void writeTo(ByteBuf target) {
        indexed.writeTo(target);
        target.writeInt(arriving.size());
        for (Arrival each : arriving) {
            target.writeLong(each.from).writeLong(each.to).writeInt(each.priority);
        }
        index.describe(target);
    }

    /** Takes over what {@link #writeTo} wrote; what arrived then is readable now. */
    void restore(ByteBuf source) {
        indexed.addAll(OffsetSet.read(source));
        for (int left = source.readInt(); left > 0; left--) {
            arrive(source.readLong(), source.readLong(), source.readInt());
        }
        index.restore(source);
    }

    /** Takes out all messages of which no record is left. */
    OffsetSet takeLost() {
        OffsetSet lost = indexed.copy();
        indexed.removeAll(lost);
        index.onLost(lost.size());
        return lost;
    }
}
