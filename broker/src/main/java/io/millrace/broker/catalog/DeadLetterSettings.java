package io.millrace.broker.catalog;

import io.millrace.broker.ResourceName;
import io.millrace.engine.policy.DeadLetterPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What a queue does with messages that it does not deliver any more. Immutable; any thread.
 *
 * @param queue the queue of the same space that they go to; null where they are gone
 * @param deliveriesMax how often a message is delivered at most; {@link DeadLetterPolicy#UNLIMITED}. Not without a
 *     queue
 * @param keepsExpired whether messages go there that have expired. Not without a queue
 */
public record DeadLetterSettings(@Nullable ResourceName queue, int deliveriesMax, boolean keepsExpired) {
    /** Of a queue of which nothing is said. */
    public static final DeadLetterSettings NONE = new DeadLetterSettings(null, DeadLetterPolicy.UNLIMITED, false);

    /** The most deliveries that can be set. */
    public static final int DELIVERIES_MAX = 1_000_000;

    /** Checks the ranges; an {@link IllegalArgumentException} says which is left. */
    public DeadLetterSettings {
        if (deliveriesMax < 0 || deliveriesMax > DELIVERIES_MAX) {
            throw new IllegalArgumentException(
                    "deliveriesMax is 0 (no bound) to " + DELIVERIES_MAX + ", not " + deliveriesMax);
        }
        if (queue == null && (deliveriesMax != DeadLetterPolicy.UNLIMITED || keepsExpired)) {
            throw new IllegalArgumentException((keepsExpired ? "deadLetterExpired" : "deliveriesMax")
                    + " needs a deadLetterQueue, which messages go to then");
        }
    }

    /** The same for the engine. */
    public DeadLetterPolicy policy() {
        return queue == null ? DeadLetterPolicy.NONE : new DeadLetterPolicy(true, deliveriesMax, keepsExpired);
    }
}
