package io.millrace.engine.policy;

/**
 * What becomes of the messages of a queue that it does not deliver any more. Immutable; any thread.
 *
 * @param hasTarget whether they go to another queue, as dead letters; else they are gone
 * @param deliveriesMax how often a message is delivered at most; {@link #UNLIMITED}. Not without a target
 * @param keepsExpired whether expired messages go there too
 */
public record DeadLetterPolicy(boolean hasTarget, int deliveriesMax, boolean keepsExpired) {
    /** No bound of the deliveries. */
    public static final int UNLIMITED = 0;

    /** Messages are delivered until a consumer is done with them, and what is rejected or expires is gone. */
    public static final DeadLetterPolicy NONE = new DeadLetterPolicy(false, UNLIMITED, false);

    /** Checks that nothing is bounded without a place for what is beyond. */
    public DeadLetterPolicy {
        if (deliveriesMax < 0 || (!hasTarget && (deliveriesMax != UNLIMITED || keepsExpired))) {
            throw new IllegalArgumentException("no target, and deliveries up to " + deliveriesMax);
        }
    }

    /** Whether a message that was delivered so often, and came back, is not to be delivered again. */
    public boolean isExhausted(int deliveries) {
        return deliveriesMax != UNLIMITED && deliveries >= deliveriesMax;
    }
}
