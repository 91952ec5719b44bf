package io.millrace.broker.message;

import io.millrace.engine.policy.DeathReason;
import org.jspecify.annotations.Nullable;

/**
 * That a message died in a queue, for one reason, once or several times. Times are epoch milliseconds, {@link
 * #UNKNOWN} where nobody knows. Immutable; any thread.
 *
 * @param queue the name of the queue
 * @param reason why it was not delivered there any more
 * @param count how often that has happened, at least 1
 * @param deliveryCount how often it was delivered before it happened last
 * @param firstDeliveryMillis when the first of these deliveries was
 * @param lastDeliveryMillis when the last of them was
 * @param firstMillis when it happened first
 * @param lastMillis when it happened last
 * @param error what the last consumer said of it; null where it said nothing
 */
public record Death(
        String queue,
        DeathReason reason,
        int count,
        int deliveryCount,
        long firstDeliveryMillis,
        long lastDeliveryMillis,
        long firstMillis,
        long lastMillis,
        @Nullable String error) {
    /** Stands for a moment that nobody knows. */
    public static final long UNKNOWN = -1;

    /** The same after it has happened once more, as {@code again} says. */
    Death and(Death again) {
        return new Death(
                queue,
                reason,
                count + again.count,
                again.deliveryCount,
                again.firstDeliveryMillis,
                again.lastDeliveryMillis,
                firstMillis,
                again.lastMillis,
                again.error);
    }

    boolean isLike(Death other) {
        return queue.equals(other.queue) && reason == other.reason;
    }
}
