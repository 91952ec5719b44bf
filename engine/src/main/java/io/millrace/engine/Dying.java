package io.millrace.engine;

import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.Deaths;
import io.millrace.engine.record.RecordWriter;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages that their queue does not deliver any more aside and on record; once that is on stable storage they are
 * moved ({@link DeadLettering}). Part of a shard; the loop's.
 */
final class Dying {
    private final Shard shard;
    private final RecordWriter writer;
    private final LeaseTable leases;
    private final DeadLettering moving;
    private final Deaths deaths = new Deaths();
    private @Nullable Queue queueOfDeaths;

    Dying(Shard shard, RecordWriter writer, DeadLettering moving) {
        this.shard = shard;
        this.writer = writer;
        this.leases = shard.leases();
        this.moving = moving;
    }

    /** What becomes of messages of {@code queue} that it does not deliver any more. */
    DeadLetterPolicy policy(Queue queue) {
        return shard.host().deadLetters(shard, queue.log().id());
    }

    /** Whether a message of {@code queue} that comes back from so many deliveries is not to be delivered again. */
    boolean isExhausted(Queue queue, int deliveries) {
        return deliveries > 0 && policy(queue).isExhausted(deliveries);
    }

    /** Ends the lease in {@code slot}, whose delivery is in the history: its message is not to be delivered again. */
    void endLeased(Queue queue, int slot, DeathReason reason, byte @Nullable [] text) {
        long offset = leases.offset(slot);
        leases.free(slot);
        queue.subscription().dieLeased(offset, reason, text);
        note(queue, offset, reason, text);
    }

    /** The message at {@code offset}, which was just taken to be leased, is not to be delivered again. */
    void endTaken(Queue queue, long offset) {
        queue.subscription().dieLeased(offset, DeathReason.DELIVERIES, null);
        note(queue, offset, DeathReason.DELIVERIES, null);
    }

    /** The message at {@code offset}, which nobody holds, is not to be delivered. */
    void endUnleased(Queue queue, long offset, DeathReason reason) {
        queue.subscription().dieUnleased(offset, reason, null);
        note(queue, offset, reason, null);
    }

    private void note(Queue queue, long offset, DeathReason reason, byte @Nullable [] text) {
        if (queueOfDeaths != queue) {
            record();
            queueOfDeaths = queue;
        }
        deaths.add(offset, reason, text);
        queue.markDirty();
        queue.countDead();
        shard.touch();
    }

    /** Puts on record what has died; returns the position of the record, -1 where nothing has. */
    long record() {
        Queue queue = queueOfDeaths;
        if (queue == null) {
            return -1;
        }
        queueOfDeaths = null;
        long position = writer.deaths(queue.log().id(), deaths);
        deaths.clear();
        // The host hears of a failure by onFailed.
        shard.await(position, Completion.of(() -> moving.begin(queue), lost -> {}));
        return position;
    }
}
