package io.millrace.broker.redrive;

import io.millrace.broker.MessageId;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.security.Principal;
import io.millrace.broker.selector.Selector;
import org.jspecify.annotations.Nullable;

/**
 * What a redrive is to do. Immutable; any thread.
 *
 * @param principal who asks for it; what that user may do is looked at again and again while it is under way
 * @param source the queue whose messages are moved
 * @param target the queue or topic of the same space that they go to; null for the queue that each has died in last
 * @param filter what they are selected by; null for all
 * @param message the only one that is to be moved; null for all
 * @param ratePerSecond how many messages are moved in a second at most; {@link #UNBOUNDED}
 */
public record RedriveRequest(
        Principal principal,
        QueueDefinition source,
        @Nullable MoveTarget target,
        @Nullable Selector filter,
        @Nullable MessageId message,
        int ratePerSecond) {
    /** As fast as it goes. */
    public static final int UNBOUNDED = 0;

    /** The largest rate that can be asked for. */
    public static final int RATE_MAX = 1_000_000;

    /** Checks what needs no look at what is there; an {@link IllegalArgumentException} says what is wrong. */
    public RedriveRequest {
        if (ratePerSecond < UNBOUNDED || ratePerSecond > RATE_MAX) {
            throw new IllegalArgumentException("ratePerSecond is 0 (no bound) to " + RATE_MAX);
        }
        if (target != null && !target.isTopic() && source.queue().name().equals(target.name())) {
            throw new IllegalArgumentException("to is the queue itself, where the messages are already");
        }
    }
}
