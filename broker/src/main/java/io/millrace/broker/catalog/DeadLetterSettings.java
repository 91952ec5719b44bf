package io.millrace.broker.catalog;

import io.millrace.broker.MoveTarget;
import io.millrace.engine.policy.DeadLetterPolicy;
import org.jspecify.annotations.Nullable;

/**
 * What a queue does with messages that it does not deliver any more. Immutable; any thread.
 *
 * @param target the queue or topic of the same space that they go to; null where they are gone
 * @param deliveriesMax how often a message is delivered at most; {@link DeadLetterPolicy#UNLIMITED}. Not without a
 *     target
 * @param keepsExpired whether messages go there that have expired. Not without a target
 */
public record DeadLetterSettings(@Nullable MoveTarget target, int deliveriesMax, boolean keepsExpired) {
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
        if (target == null && (deliveriesMax != DeadLetterPolicy.UNLIMITED || keepsExpired)) {
            throw new IllegalArgumentException((keepsExpired ? "deadLetterExpired" : "deliveriesMax")
                    + " needs a deadLetterQueue or a deadLetterTopic, which messages go to then");
        }
    }

    /** The same for the engine. */
    public DeadLetterPolicy policy() {
        return target == null ? DeadLetterPolicy.NONE : new DeadLetterPolicy(true, deliveriesMax, keepsExpired);
    }
}
