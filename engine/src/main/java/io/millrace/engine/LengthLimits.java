package io.millrace.engine;

import io.millrace.engine.TransactionPart.Publishing;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.QueueLength;
import io.millrace.engine.record.OffsetTimes;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.record.RunWriter;
import java.util.ArrayDeque;

/**
 * Holds queues to the lengths that they may have: refuses new messages, or removes the oldest ones at the end of the
 * turn, some in each turn while there are many. What is removed is so on record behind what it made room for. Part of a
 * shard; the loop's.
 */
final class LengthLimits {
    /** Messages of a queue that are removed, or counted, in one turn; one takes about a microsecond. */
    private static final int TURN_MESSAGES = 1_024;

    private final Shard shard;
    private final RecordWriter writer;
    private final ArrayDeque<Queue> noted = new ArrayDeque<>();
    private final RunWriter dropped = new RunWriter();
    private final OffsetTimes none = new OffsetTimes();

    LengthLimits(Shard shard, RecordWriter writer) {
        this.shard = shard;
        this.writer = writer;
    }

    /** Asks how long {@code queue} may get. */
    void askPolicy(Queue queue) {
        queue.limit(shard.host().lengthPolicy(shard, queue.log().id()));
    }

    /** The same at the start: what can be counted without reading is, for new messages come. */
    void askFirst(Queue queue) {
        askPolicy(queue);
        QueueLength length = queue.length();
        while (length != null && length.hasChanged() && !length.isLoading()) {
            count(queue, length);
        }
    }

    // New messages.

    /** Whether {@code publish}, whose record would have so many bytes, is not to be stored in {@code queue}. */
    boolean isFull(Queue queue, QueueLength length, Publish publish, int recordBytes) {
        if (publish.mayOverfill()) {
            return false;
        }
        count(queue, length);
        if (length.hasRoom(publish.count(), recordBytes)) {
            return false;
        }
        queue.countRefused(publish.count());
        return true;
    }

    /** Whether one of the queues that {@code part} publishes to has no room for all that it brings. */
    boolean isFull(TransactionPart part, Intake intake) {
        boolean isFull = false;
        for (Publishing each : part.publishes()) {
            QueueLength length = each.isNew() ? each.queue().length() : null;
            if (length != null && !each.publish.mayOverfill()) {
                count(each.queue(), length);
                int recordBytes = intake.recordBytes(each.queue(), each.publish);
                if (!length.ask(each.publish.count(), recordBytes)) {
                    each.queue().countRefused(each.publish.count());
                    isFull = true;
                }
            }
        }
        for (Publishing each : part.publishes()) {
            QueueLength length = each.queue().length();
            if (length != null) {
                length.forgetAsked();
            }
        }
        return isFull;
    }

    // Old ones.

    /** Has {@code queue} looked at when the turn ends. */
    void note(Queue queue) {
        QueueLength length = queue.length();
        if (length != null && !length.isNoted()) {
            length.setNoted(true);
            noted.add(queue);
            shard.touch();
        }
    }

    /** At the end of a turn: removes what is too much, or as much of it as is done in one turn. */
    void enforce() {
        for (int left = noted.size(); left > 0; left--) {
            Queue queue = noted.remove();
            QueueLength length = queue.length();
            if (length != null) {
                length.setNoted(false);
            }
            if (length != null && !queue.isDropped() && !shard.isRefusing()) {
                enforce(queue, length);
            }
        }
    }

    private void enforce(Queue queue, QueueLength length) {
        boolean isCounting = length.hasChanged();
        count(queue, length);
        boolean isLeft = !length.policy().isRejecting() && removeOldest(queue, length);
        if (isCounting) {
            // What was to be counted was kept in the index for that.
            shard.queues().dropSettledEntries(queue);
        }
        if (isLeft || (length.hasChanged() && !length.isLoading())) {
            note(queue);
        }
    }

    /** Returns whether there are more of them. */
    private boolean removeOldest(Queue queue, QueueLength length) {
        boolean isKept = length.policy().overflow() == Overflow.DEAD_LETTER
                && shard.parts().dying().policy(queue).hasTarget();
        int left = TURN_MESSAGES;
        for (; left > 0 && length.isOver(); left--) {
            long oldest = length.oldest();
            if (oldest < 0) {
                break; // what is too much is not readable yet
            }
            queue.countOverflowed();
            if (isKept) {
                shard.parts().dying().endUnleased(queue, oldest, DeathReason.OVERFLOW);
            } else {
                queue.subscription().settleUnleased(oldest, oldest + 1);
                dropped.add(oldest);
            }
            count(queue, length);
        }
        if (!dropped.isEmpty()) {
            queue.markDirty();
            writer.settlement(queue.log().id(), shard.time().millis(), dropped, none, none);
            dropped.clear();
            shard.queues().dropSettledEntries(queue);
        }
        return left == 0;
    }

    private void count(Queue queue, QueueLength length) {
        if (!length.isLoading() && length.count(TURN_MESSAGES)) {
            length.setLoading(true);
            shard.loadIndex(queue, () -> onLoaded(queue, length));
        }
    }

    private void onLoaded(Queue queue, QueueLength length) {
        length.setLoading(false);
        if (queue.length() == length && !queue.isDropped() && !shard.isRefusing()) {
            count(queue, length);
            note(queue);
        }
    }
}
