package io.millrace.broker.catalog;

import io.millrace.base.Clock;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.NameRule;
import io.millrace.broker.ResourceName;
import io.millrace.broker.catalog.Definition.SubscriptionDefinition;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKey;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The part of the catalog that keeps subscriptions; see {@link Catalog}. Changes may be asked for on any thread. */
public final class SubscriptionCatalog {
    private final Clock clock;
    private final CatalogLog log;

    SubscriptionCatalog(Clock clock, CatalogLog log) {
        this.clock = clock;
        this.log = log;
    }

    /**
     * Makes a subscription of {@code topic}, which gets the messages that {@code filter} selects, all where that is
     * null; where it is there and is of the same kind with the same filter and settings, that is the answer, wherever
     * it began; else the answer is {@link BrokerError#SUBSCRIPTION_EXISTS}.
     */
    public CompletableFuture<SubscriptionCreation> create(
            Topic topic,
            ResourceName name,
            SubscriptionKind kind,
            @Nullable Selector filter,
            boolean isFromEarliest,
            QueueSettings settings) {
        SubscriptionKey key = new SubscriptionKey(topic.id(), name);
        return log.change(done -> {
            Topic current = requireTopic(topic);
            Subscription there = log.working().subscriptions().get(key);
            boolean isSame = there != null
                    && there.kind() == kind
                    && Objects.equals(there.filter(), filter)
                    && there.settings().equals(settings);
            if (there != null && !isSame) {
                throw new BrokerException(
                        BrokerError.SUBSCRIPTION_EXISTS,
                        "subscription " + name + " of topic " + topic.name() + " exists with other settings");
            }
            if (there != null) {
                log.answerWhenSynced(new SubscriptionCreation(there, false), done);
                return;
            }
            NameRule.checkStore("subscription name", name.value());
            if (filter != null && kind == SubscriptionKind.CUMULATIVE) {
                throw new BrokerException(
                        BrokerError.INVALID,
                        "a cumulative subscription has no filter: its readers read partitions themselves");
            }
            Subscription made = new Subscription(
                    key,
                    log.nextId(),
                    clock.epochMillis(),
                    kind,
                    filter,
                    isFromEarliest,
                    current.partitionCount(),
                    settings);
            check(current, made);
            log.append(
                    new SubscriptionDefinition(made), () -> done.complete(new SubscriptionCreation(made, true)), done);
        });
    }

    /** Its dead letters have a place, and its queues names: those of the last partition that a topic can have. */
    private void check(Topic topic, Subscription subscription) {
        String longest = Subscription.queueName(topic.name(), subscription.name())
                + NameRule.SUBSCRIPTION_MARK
                + Topic.PARTITIONS_MAX;
        NameRule.check("name", longest);
        DeadLetterRoutes.check(
                log.working(), topic.key().space(), MoveTarget.topic(topic.name()), subscription.settings());
    }

    /** Changes the settings of a subscription. */
    public CompletableFuture<Subscription> change(Topic topic, ResourceName name, UnaryOperator<QueueSettings> change) {
        CompletableFuture<SubscriptionDefinition> changed = log.change(done -> {
            Subscription there = require(topic, name);
            Subscription with = there.with(change.apply(there.settings()));
            check(requireTopic(topic), with);
            log.append(new SubscriptionDefinition(with), done);
        });
        return changed.thenApply(SubscriptionDefinition::subscription);
    }

    /** Removes a subscription; what its queues know is the caller's to drop. */
    public CompletableFuture<Subscription> delete(Topic topic, ResourceName name) {
        CompletableFuture<SubscriptionDefinition> deleted =
                log.change(done -> log.remove(new SubscriptionDefinition(require(topic, name)), done));
        return deleted.thenApply(SubscriptionDefinition::subscription);
    }

    private Topic requireTopic(Topic topic) {
        Topic there = log.working().topics().get(topic.id());
        if (there == null) {
            throw new BrokerException(BrokerError.TOPIC_NOT_FOUND, "there is no topic " + topic.name());
        }
        return there;
    }

    private Subscription require(Topic topic, ResourceName name) {
        requireTopic(topic);
        Subscription there = log.working().subscriptions().get(new SubscriptionKey(topic.id(), name));
        if (there == null) {
            throw new BrokerException(
                    BrokerError.SUBSCRIPTION_NOT_FOUND, "topic " + topic.name() + " has no subscription " + name);
        }
        return there;
    }
}
