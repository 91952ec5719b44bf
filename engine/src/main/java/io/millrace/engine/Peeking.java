package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.engine.Peek.State;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.read.EntrySet;
import io.millrace.engine.read.ShardReads;
import io.millrace.engine.subscription.IndividualSubscription;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.EntryIndex;
import org.jspecify.annotations.Nullable;

/** Looks at messages without disturbing them. Part of a shard; the loop's. */
final class Peeking {
    private static final int PEEKED_FIRST = 16;

    private Peeking() {}

    static void peek(Shard shard, Queue queue, Peek peek, ShardLog log, ShardReads reads) {
        int expected = Math.min(peek.messagesMax(), PEEKED_FIRST);
        EntrySet entries = new EntrySet(expected, log, reads, () -> complete(queue, peek));
        peek.begin(queue.source().log().id(), entries);
        peek.end(next(queue, peek.only(), peek.fromOffset(), queue.log().readableOffset()));
        gather(shard, queue, peek, 0);
    }

    /** Goes on from where {@code peek} ends now, which it has {@code gathered} bytes of. */
    private static void gather(Shard shard, Queue queue, Peek peek, long gathered) {
        EntrySet entries = Check.notNull(peek.entries, "a peek that was begun has entries");
        EntryIndex index = queue.log().entries();
        long readable = queue.log().readableOffset();
        long bytes = gathered;
        long offset = peek.nextOffset();
        while (offset < readable && peek.size() < peek.messagesMax() && bytes < peek.bytesMax()) {
            int found = index.find(offset);
            if (found == EntryIndex.UNLOADED) {
                long sofar = bytes;
                long places = index.places();
                peek.end(offset);
                shard.loadIndex(queue, () -> goOn(shard, queue, peek, sofar, places));
                return;
            }
            int deliveries = queue.subscription().history().count(offset);
            if (found == EntryIndex.FOUND) {
                bytes += index.recordBytes() / index.span();
                peek.add(offset, state(queue, offset), deliveries, entries.addFound(index));
            } else if (found == EntryIndex.DAMAGED) {
                peek.add(offset, State.DAMAGED, deliveries, Peek.NO_ENTRY);
            }
            offset = next(queue, peek.only(), offset + 1, readable);
        }
        peek.end(offset, readable);
        if (!entries.startReading()) {
            peek.onPeeked();
        }
    }

    private static void goOn(Shard shard, Queue queue, Peek peek, long gathered, long places) {
        Refusal refusal = shard.refusal(queue);
        if (refusal == null && queue.log().entries().places() != places) {
            // Storage may have back the places that were found so far.
            peek.clear();
            shard.peek(queue.log().id(), peek);
        } else if (refusal == null) {
            // The one whose place was looked up may have been settled meanwhile.
            peek.end(next(queue, peek.only(), peek.nextOffset(), queue.log().readableOffset()));
            gather(shard, queue, peek, gathered);
        } else {
            peek.release();
            peek.onRefused(refusal);
        }
    }

    /** What could not be read because it was settled, and its place given up, in the meantime is not there any more. */
    private static void complete(Queue queue, Peek peek) {
        for (int i = peek.size() - 1; i >= 0; i--) {
            if (!peek.isReadable(i)
                    && (queue.isDropped() || queue.subscription().settled().contains(peek.offset(i)))) {
                peek.remove(i);
            }
        }
        peek.onPeeked();
    }

    /** The first message from {@code from} on in state {@code only}; {@code readable} or more where there is none. */
    private static long next(Queue queue, @Nullable State only, long from, long readable) {
        long offset = nextAny(queue, only, from, readable);
        while (offset < readable && isHidden(queue, only, offset)) {
            offset = nextAny(queue, only, offset + 1, readable);
        }
        return offset;
    }

    private static boolean isHidden(Queue queue, @Nullable State only, long offset) {
        return queue.undecided().contains(offset)
                || (only == State.DELAYED && queue.claimed().contains(offset));
    }

    private static long nextAny(Queue queue, @Nullable State only, long from, long readable) {
        IndividualSubscription subscription = queue.subscription();
        if (only == null) {
            return subscription.settled().nextUnsettled(from);
        }
        return switch (only) {
            case DELAYED -> orEnd(subscription.delayed().nextPresent(from), readable);
            case DEAD -> orEnd(subscription.dead().nextPresent(from), readable);
            case DAMAGED -> orEnd(subscription.damaged().nextPresent(from), readable);
            case READY -> subscription.view().nextReady(from, readable);
            case LEASED ->
                Math.min(
                        subscription.view().nextLeased(from, readable),
                        orEnd(queue.claimed().nextPresent(from), readable));
        };
    }

    private static long orEnd(long offset, long readable) {
        return offset < 0 ? readable : offset;
    }

    private static State state(Queue queue, long offset) {
        IndividualSubscription subscription = queue.subscription();
        if (subscription.damaged().contains(offset)) {
            return State.DAMAGED;
        }
        if (subscription.dead().contains(offset)) {
            return State.DEAD;
        }
        if (queue.claimed().contains(offset)) {
            return State.LEASED;
        }
        if (subscription.delayed().contains(offset)) {
            return State.DELAYED;
        }
        return subscription.isLeased(offset) ? State.LEASED : State.READY;
    }
}
