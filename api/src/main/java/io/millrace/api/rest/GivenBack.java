package io.millrace.api.rest;

import io.millrace.broker.Broker;
import io.millrace.broker.QueueDeliveries;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Deliveries;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import java.util.List;

/**
 * Releases messages that were leased for a client who never got them. Nobody waits for the outcome: a lease that cannot
 * be released runs out.
 */
final class GivenBack extends Settlement {
    private final QueueDefinition queue;

    /** Notes the leases of {@code messages}, which may be gone when they are {@link #settle settled}. */
    static List<GivenBack> of(List<QueueDeliveries> messages) {
        return messages.stream()
                .map(each -> new GivenBack(each.queue(), each.messages()))
                .toList();
    }

    private GivenBack(QueueDefinition queue, Deliveries messages) {
        this.queue = queue;
        for (int i = 0; i < messages.size(); i++) {
            add(messages.offset(i), messages.leaseToken(i), RELEASE, 0);
        }
    }

    /** Releases them. */
    void settle(Broker broker) {
        if (size() > 0) {
            broker.settle(queue, this);
        }
    }

    @Override
    protected void onSettled() {
        // Nobody waits.
    }

    @Override
    protected void onRefused(Refusal reason) {
        // The leases run out.
    }
}
