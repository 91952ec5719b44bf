package io.millrace.engine;

import io.millrace.engine.offset.DeliveryHistory;
import io.millrace.engine.offset.DeliveryTimes;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.subscription.DeadMessages;
import org.jspecify.annotations.Nullable;

/**
 * Messages that are to be moved out of a queue that does not deliver them any more. The host has a copy of each of them
 * published somewhere else and {@linkplain Transaction#remove removed} here in one transaction, and then calls {@link
 * #moved} or {@link #notMoved}, on the shard's loop. The entries are readable while it is handed them.
 */
public abstract class DeadLetters extends Peek {
    /** Says that it is not known when something was. */
    public static final long UNKNOWN = -1;

    private final Shard shard;
    private final Queue queue;

    DeadLetters(Shard shard, Queue queue, int messagesMax, int bytesMax) {
        super(0, messagesMax, bytesMax, State.DEAD);
        this.shard = shard;
        this.queue = queue;
    }

    /** The log that they are in. */
    public final long logId() {
        return queue.log().id();
    }

    // What is known of them, on the shard's loop while none of them is removed.

    /** Why message {@code index} is not delivered any more. */
    public final DeathReason reason(int index) {
        return dead().reason(offset(index));
    }

    /** What the last consumer of message {@code index} has said of it, in UTF-8; null where nothing is known. */
    public final byte @Nullable [] text(int index) {
        return dead().text(offset(index));
    }

    /** When message {@code index} was delivered first, epoch milliseconds; {@link #UNKNOWN}. */
    public final long firstDeliveryMillis(int index) {
        return wallMillis(history().firstMillis(offset(index)));
    }

    /** When message {@code index} was delivered last, epoch milliseconds; {@link #UNKNOWN}. */
    public final long lastDeliveryMillis(int index) {
        return wallMillis(history().lastMillis(offset(index)));
    }

    private long wallMillis(long millis) {
        return millis == DeliveryTimes.UNKNOWN
                ? UNKNOWN
                : Math.max(0, shard.clock().epochMillis() - (shard.time().millis() - millis));
    }

    private DeadMessages dead() {
        return queue.subscription().dead();
    }

    private DeliveryHistory history() {
        return queue.subscription().history();
    }

    /** They are somewhere else, on stable storage. */
    public abstract void moved();

    /** They are not: it is tried again. */
    public abstract void notMoved();
}
