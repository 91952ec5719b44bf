package io.millrace.engine;

import io.millrace.engine.lease.LeaseHolder;
import io.millrace.engine.lease.LeaseTable;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.subscription.IndividualSubscription;
import java.util.Arrays;

/**
 * Takes messages back whose leases end without a word of their consumer: their time is over, or it has gone. Part of a
 * shard; the loop's.
 */
final class Returning {
    /** Leases of a consumer that are ended in one turn; one takes about a microsecond. */
    private static final int TURN_LEASES = 1_024;

    private final Shard shard;
    private final LeaseTable leases;

    Returning(Shard shard) {
        this.shard = shard;
        this.leases = shard.leases();
    }

    /** Ends the lease in {@code slot}; the message comes again, unless it has expired or had its deliveries. */
    void takeBack(Queue queue, int slot) {
        IndividualSubscription subscription = queue.subscription();
        long offset = leases.offset(slot);
        leases.noteInHistory(slot, subscription.history());
        if (!subscription.hasLapsed(offset) && shard.parts().dying().isExhausted(queue, leases.deliveryCount(slot))) {
            shard.parts().dying().endLeased(queue, slot, DeathReason.DELIVERIES, null);
            return;
        }
        subscription.returnLeased(offset, leases.priority(slot));
        leases.free(slot);
        if (subscription.hasLapsed(offset)) {
            shard.parts().settling().expire(queue, offset);
            shard.parts().settling().endExpired();
        }
    }

    /**
     * Ends the leases of {@code holder}, which gets no more of them, on messages of {@code queue}: the first ones now,
     * and the others in turns to come; {@code ended} runs when none is left.
     */
    void takeAllBack(Queue queue, LeaseHolder holder, Runnable ended) {
        int count = Math.min(holder.held(), TURN_LEASES);
        long[] offsets = new long[count];
        int durable = 0;
        for (int i = 0; i < count; i++) {
            int slot = leases.firstHeldBy(holder);
            if (leases.isDurable(slot)) {
                offsets[durable++] = leases.offset(slot);
            }
            queue.countReleased();
            takeBack(queue, slot);
        }
        Arrays.sort(offsets, 0, durable);
        shard.onGivenBack(queue, offsets, durable);
        if (holder.held() > 0) {
            shard.loop().execute(() -> goOn(queue, holder, ended));
        } else {
            ended.run();
        }
    }

    private void goOn(Queue queue, LeaseHolder holder, Runnable ended) {
        if (queue.isDropped() || shard.isRefusing()) {
            ended.run(); // with the queue, or the shard
        } else {
            takeAllBack(queue, holder, ended);
            shard.touch();
        }
    }

    /** The consumer has gone before it got its messages: they count as delivered, and go to the next one. */
    void giveBack(Queue queue, Receive receive, Deliveries messages) {
        long[] offsets = new long[messages.size()];
        int count = 0;
        for (int i = 0; i < messages.size(); i++) {
            long offset = messages.offset(i);
            int slot = leases.find(messages.leaseToken(i), queue, offset);
            if (slot >= 0) {
                takeBack(queue, slot);
                offsets[count++] = offset;
            }
        }
        if (count > 0) {
            shard.onGivenBack(queue, offsets, receive.isDurable() ? count : 0);
        }
    }
}
