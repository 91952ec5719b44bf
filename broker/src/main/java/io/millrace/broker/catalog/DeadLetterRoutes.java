package io.millrace.broker.catalog;

import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sees to it that dead letters always have a place to go to, and never go round in circles: from a queue they go to its
 * target, from a topic to those of all its subscriptions. Stateless; asked for each change, one after the other.
 */
final class DeadLetterRoutes {
    private DeadLetterRoutes() {}

    /**
     * Throws {@link BrokerException} where dead letters that {@code settings} send on could not go on. The settings are
     * those of the queue {@code from}, or of a subscription of the topic {@code from}, in {@code space}.
     */
    static void check(CatalogSnapshot catalog, SpaceName space, MoveTarget from, QueueSettings settings) {
        MoveTarget target = settings.deadLetters().target();
        if (target == null) {
            return;
        }
        if (!target.equals(from) && catalog.destination(space, target) == null) {
            throw new BrokerException(
                    BrokerError.INVALID, "there is no " + target + " for dead letters; make it first");
        }
        Set<MoveTarget> seen = new HashSet<>();
        Deque<MoveTarget> toLookAt = new ArrayDeque<>(List.of(target));
        while (!toLookAt.isEmpty()) {
            MoveTarget next = toLookAt.remove();
            if (next.equals(from)) {
                throw new BrokerException(
                        BrokerError.INVALID,
                        setting(target) + " " + target.name() + " leads back to " + from
                                + ": dead letters would go round for ever");
            }
            if (seen.add(next)) {
                targets(catalog, space, next).forEach(toLookAt::add);
            }
        }
    }

    private static String setting(MoveTarget target) {
        return target.isTopic() ? "deadLetterTopic" : "deadLetterQueue";
    }

    /** Where messages of {@code at} go that die there. */
    private static Stream<MoveTarget> targets(CatalogSnapshot catalog, SpaceName space, MoveTarget at) {
        Stream<QueueSettings> settings;
        if (at.isTopic()) {
            Topic topic = catalog.topics().get(new TopicKey(space, at.name()));
            settings = topic == null
                    ? Stream.empty()
                    : catalog.subscriptions().of(topic).stream().map(Subscription::settings);
        } else {
            settings = Stream.ofNullable(catalog.queue(new QueueKey(space, at.name())))
                    .map(QueueDefinition::settings);
        }
        return settings.map(each -> each.deadLetters().target()).filter(Objects::nonNull);
    }

    /** Throws {@link BrokerException} where dead letters of something else go to {@code target}. */
    static void checkUnused(CatalogSnapshot catalog, SpaceName space, MoveTarget target) {
        catalog.queues(space, "")
                .filter(each -> target.equals(each.settings().deadLetters().target()))
                .findFirst()
                .ifPresent(user -> refuse("queue " + user.name(), target));
        for (Subscription each : catalog.subscriptions().all()) {
            Topic topic = catalog.topics().get(each.key().topicId());
            if (topic != null
                    && topic.key().space().equals(space)
                    && target.equals(each.settings().deadLetters().target())) {
                refuse("subscription " + each.name() + " of topic " + topic.name(), target);
            }
        }
    }

    private static void refuse(String user, MoveTarget target) {
        throw new BrokerException(
                target.isTopic() ? BrokerError.TOPIC_REFERENCED : BrokerError.QUEUE_REFERENCED,
                "the dead letters of " + user + " go to " + target + "; set another " + setting(target)
                        + " there, or none, first");
    }
}
