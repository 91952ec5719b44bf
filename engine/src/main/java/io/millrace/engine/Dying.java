package io.millrace.engine;

import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.Deaths;
import io.millrace.engine.record.RecordWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages that their queue does not deliver any more aside and on record; once that is on stable storage they are
 * moved ({@link DeadLettering}). Part of a shard; the loop's.
 */
final class Dying {
    /** How many die in one turn for one receive, where a queue has many that have had their deliveries. */
    static final int TURN_DEATHS = 1_024;

    /** How many go into one record, so that it is of some size at most whatever consumers say of them. */
    private static final int DEATHS_MAX = 1_024;

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
        byte[] kept = text == null ? null : cutShort(text);
        leases.free(slot);
        queue.subscription().dieLeased(offset, reason, kept);
        note(queue, offset, reason, kept);
    }

    /** As much of {@code text} as is kept, in whole characters. */
    private static byte[] cutShort(byte[] text) {
        if (text.length <= Settlement.TEXT_BYTES_MAX) {
            return text;
        }
        int length = Settlement.TEXT_BYTES_MAX;
        while (length > 0 && (text[length] & 0xc0) == 0x80) {
            length--;
        }
        return Arrays.copyOf(text, length);
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
        if (queueOfDeaths != queue || deaths.size() == DEATHS_MAX) {
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
        if (queue.isDropped()) {
            deaths.clear();
            return -1;
        }
        long position = writer.deaths(queue.log().id(), deaths);
        deaths.clear();
        // The host hears of a failure by onFailed.
        shard.await(position, Completion.of(() -> moving.begin(queue), lost -> {}));
        return position;
    }
}
