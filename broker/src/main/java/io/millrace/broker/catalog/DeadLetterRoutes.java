package io.millrace.broker.catalog;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.ResourceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.Topic;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that dead letters always have a queue to go to, and never go round in circles. Stateless; asked for each
 * change of a queue, one after the other.
 */
final class DeadLetterRoutes {
    private DeadLetterRoutes() {}

    /** Throws {@link BrokerException} where dead letters of {@code queue} with {@code settings} could not go on. */
    static void check(CatalogSnapshot catalog, QueueKey queue, QueueSettings settings) {
        ResourceName next = settings.deadLetters().queue();
        for (QueueKey at = queue; next != null; next = next(catalog, at)) {
            at = new QueueKey(queue.space(), next);
            if (at.equals(queue)) {
                throw new BrokerException(
                        BrokerError.INVALID,
                        "deadLetterQueue " + settings.deadLetters().queue() + " leads back to queue " + queue.name()
                                + ": dead letters would go round for ever");
            }
            if (catalog.queue(at) == null) {
                throw new BrokerException(
                        BrokerError.INVALID, "there is no queue " + next + " for dead letters; make it first");
            }
        }
    }

    private static @Nullable ResourceName next(CatalogSnapshot catalog, QueueKey queue) {
        QueueDefinition definition = catalog.queue(queue);
        return definition == null ? null : definition.settings().deadLetters().queue();
    }

    /** Throws {@link BrokerException} where dead letters of some other queue go to {@code queue}. */
    static void checkUnused(CatalogSnapshot catalog, QueueKey queue) {
        catalog.queues(queue.space(), "")
                .filter(each ->
                        queue.name().equals(each.settings().deadLetters().queue()))
                .findFirst()
                .ifPresent(user -> {
                    throw new BrokerException(
                            BrokerError.QUEUE_REFERENCED,
                            "the dead letters of queue " + user.queue().name() + " go to queue " + queue.name()
                                    + "; set another deadLetterQueue there, or none, first");
                });
        for (Subscription each : catalog.subscriptions().all()) {
            Topic topic = catalog.topics().get(each.key().topicId());
            if (topic != null
                    && topic.key().space().equals(queue.space())
                    && queue.name().equals(each.settings().deadLetters().queue())) {
                throw new BrokerException(
                        BrokerError.QUEUE_REFERENCED,
                        "the dead letters of subscription " + each.name() + " of topic " + topic.name()
                                + " go to queue " + queue.name()
                                + "; set another deadLetterQueue there, or none, first");
            }
        }
    }
}
