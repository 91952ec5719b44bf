package io.millrace.engine;

import io.millrace.engine.lease.LeaseHolder;
import io.millrace.engine.queue.Queue;
import java.util.LinkedHashSet;
import java.util.Set;

/** Somebody who consumes from a queue, as long as it is attached; its leases may live longer. The loop's. */
final class QueueConsumer extends LeaseHolder {
    final Queue queue;
    final long number;
    final ConsumerTerms terms;
    final long attachedMillis;

    /** Those of its receives that wait, in the order in which they came. */
    final Set<Receive> waiting = new LinkedHashSet<>(2);

    /** The slot of the alarm that ends it; -1 where there is none. */
    int slot = -1;

    boolean isAttached = true;
    /** Whether its receives wait in the line of the queue; else they wait for its turn. */
    boolean isServed = true;

    QueueConsumer(Queue queue, long number, ConsumerTerms terms, long attachedMillis) {
        this.queue = queue;
        this.number = number;
        this.terms = terms;
        this.attachedMillis = attachedMillis;
    }

    ConsumerState state() {
        return new ConsumerState(number, terms, attachedMillis, isServed, held(), waiting.size());
    }
}
