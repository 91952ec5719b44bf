package io.millrace.engine.queue;

import io.millrace.engine.subscription.GroupReader;

/** What queues need of those who deliver their messages. The loop's. */
public interface QueueOwner {
    /** More is known of which message of {@code queue} is next: those who wait for one are looked after. */
    void onFront(Queue queue);

    /** More or fewer messages wait in {@code queue}, which is not to get longer than it may. */
    void onLengthChanged(Queue queue);

    /** Makes what reads of which groups messages of {@code queue} are. */
    GroupReader makeGroupReader(Queue queue);
}
