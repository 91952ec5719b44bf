package io.millrace.broker;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSnapshot;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleKey;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.Permissions;
import io.millrace.broker.security.Principal;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKey;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import java.util.List;
import java.util.function.Predicate;

/**
 * Decides what a principal may do, the same for every door. What is refused is refused before anything is looked up, so
 * that a refusal does not tell what is there. Any thread.
 */
public final class Access {
    private final Catalog catalog;
    private final Permissions permissions;

    Access(Catalog catalog) {
        this.catalog = catalog;
        this.permissions = new Permissions(catalog);
    }

    /** The decisions themselves, for what is neither a queue nor an exchange. */
    public Permissions permissions() {
        return permissions;
    }

    /** The queue {@code name} of the principal's space, for {@code action}; else a {@link BrokerException}. */
    public QueueDefinition queue(Principal principal, String name, Action action) {
        return consumed(principal, name, action).only();
    }

    /**
     * The same for what is done with all partitions of a topic at once, where {@code name} is that of a subscription:
     * its queues, or the one in the partition that the name ends with.
     */
    public ConsumedQueues consumed(Principal principal, String name, Action action) {
        if (name.contains(NameRule.SUBSCRIPTION_MARK)) {
            return ofSubscription(principal, name, action);
        }
        QueueKey key = queueKey(principal, name, action);
        CatalogSnapshot snapshot = catalog.snapshot();
        QueueDefinition queue = snapshot.queue(key);
        if (queue == null) {
            throw new BrokerException(BrokerError.QUEUE_NOT_FOUND, "there is no queue " + name + hint(principal, name));
        }
        return ConsumedQueues.of(queue);
    }

    /** What to do with {@code name}, where a queue was meant and it is a topic that the principal may see. */
    private String hint(Principal principal, String name) {
        boolean isTopic =
                catalog.snapshot().topics().get(new TopicKey(principal.space(), new ResourceName(name))) != null;
        return isTopic && seen(principal, ResourceKind.TOPIC).test(name)
                ? ", but a topic: read it, or consume one of its subscriptions, " + name + NameRule.SUBSCRIPTION_MARK
                        + "NAME"
                : "";
    }

    private ConsumedQueues ofSubscription(Principal principal, String name, Action action) {
        String[] parts = name.split(NameRule.SUBSCRIPTION_MARK, -1);
        if (parts.length > 3) {
            throw new BrokerException(BrokerError.QUEUE_NOT_FOUND, "there is no queue " + name);
        }
        Action ofSubscription =
                switch (action) {
                    case CONSUME, PEEK -> Action.CONSUME;
                    case PURGE -> Action.CONFIGURE;
                    case DESCRIBE -> Action.DESCRIBE;
                    case PUBLISH, CREATE, CONFIGURE, DELETE, CONNECT, ADMINISTER ->
                        throw new BrokerException(
                                BrokerError.INVALID,
                                name + " is a subscription: publish to its topic, and make and change it there");
                };
        Topic topic = topicOfSubscription(principal, parts[0], parts[1], ofSubscription);
        Subscription subscription = subscription(topic, parts[1]);
        if (subscription.kind() == SubscriptionKind.CUMULATIVE && action != Action.DESCRIBE) {
            throw new BrokerException(
                    BrokerError.INVALID,
                    name + " is cumulative: read the partitions of the topic, and store positions in the subscription");
        }
        return parts.length == 2
                ? ConsumedQueues.of(catalog, topic, subscription)
                : ConsumedQueues.of(subscription.queue(topic, partition(topic, parts[2])));
    }

    private static int partition(Topic topic, String number) {
        int count = topic.partitionCount();
        if (!number.matches("\\d{1,4}") || Integer.parseInt(number) >= count) {
            throw new BrokerException(
                    BrokerError.PARTITION_NOT_FOUND,
                    "topic " + topic.name() + " has the partitions 0 to " + (count - 1));
        }
        return Integer.parseInt(number);
    }

    /** The topic of a subscription that need not exist, if the principal may do {@code action} with that. */
    public Topic topicOfSubscription(Principal principal, String topicName, String name, Action action) {
        String whole = Subscription.queueName(topicName, name);
        if (!permissions.allows(principal, action, ResourceKind.SUBSCRIPTION, principal.space(), whole)) {
            throw forbidden(principal, action, "subscription " + whole);
        }
        TopicKey key;
        try {
            key = new TopicKey(principal.space(), new ResourceName(topicName));
        } catch (IllegalArgumentException e) {
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        }
        Topic topic = catalog.snapshot().topics().get(key);
        if (topic == null) {
            throw new BrokerException(BrokerError.TOPIC_NOT_FOUND, "there is no topic " + topicName);
        }
        return topic;
    }

    /** The subscription {@code name} of {@code topic}; else a {@link BrokerException}. */
    public Subscription subscription(Topic topic, String name) {
        Subscription subscription = NameRule.fault(name) != null
                ? null
                : catalog.snapshot().subscriptions().get(new SubscriptionKey(topic.id(), new ResourceName(name)));
        if (subscription == null) {
            throw new BrokerException(
                    BrokerError.SUBSCRIPTION_NOT_FOUND, "topic " + topic.name() + " has no subscription " + name);
        }
        return subscription;
    }

    /** The subscriptions of {@code topic} that the principal may see, by name. */
    public List<Subscription> subscriptions(Principal principal, Topic topic) {
        Predicate<String> seen = seen(principal, ResourceKind.SUBSCRIPTION);
        return catalog.snapshot().subscriptions().of(topic).stream()
                .filter(each -> seen.test(Subscription.queueName(topic.name(), each.name())))
                .toList();
    }

    /** The full name of a queue that need not exist, if the principal may do {@code action} with one of that name. */
    public QueueKey queueKey(Principal principal, String name, Action action) {
        QueueKey key;
        try {
            key = new QueueKey(principal.space(), new ResourceName(name));
        } catch (IllegalArgumentException e) {
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        }
        if (!permissions.allows(principal, action, ResourceKind.QUEUE, principal.space(), name)) {
            throw forbidden(principal, action, "queue " + name);
        }
        return key;
    }

    /** Of the queues of the principal's space that it may see, those on {@code page}. */
    public List<QueueDefinition> queues(Principal principal, NamePage page) {
        return page.of(
                catalog.snapshot().queues(principal.space(), page.from()),
                queue -> queue.queue().name().value(),
                seen(principal, ResourceKind.QUEUE));
    }

    private Predicate<String> seen(Principal principal, ResourceKind kind) {
        return name -> permissions.allows(principal, Action.DESCRIBE, kind, principal.space(), name);
    }

    /** The topic {@code name} of the principal's space, for {@code action}; else a {@link BrokerException}. */
    public Topic topic(Principal principal, String name, Action action) {
        TopicKey key = topicKey(principal, name, action);
        Topic topic = catalog.snapshot().topics().get(key);
        if (topic == null) {
            throw new BrokerException(BrokerError.TOPIC_NOT_FOUND, "there is no topic " + name);
        }
        return topic;
    }

    /** The full name of a topic that need not exist, if the principal may do {@code action} with one of that name. */
    public TopicKey topicKey(Principal principal, String name, Action action) {
        TopicKey key;
        try {
            key = new TopicKey(principal.space(), new ResourceName(name));
        } catch (IllegalArgumentException e) {
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        }
        if (!permissions.allows(principal, action, ResourceKind.TOPIC, principal.space(), name)) {
            throw forbidden(principal, action, "topic " + name);
        }
        return key;
    }

    /** Of the topics of the principal's space that it may see, those on {@code page}. */
    public List<Topic> topics(Principal principal, NamePage page) {
        return page.of(
                catalog.snapshot().topics().in(principal.space(), page.from()),
                Topic::name,
                seen(principal, ResourceKind.TOPIC));
    }

    /** The exchange {@code name} of the principal's space, for {@code action}; else a {@link BrokerException}. */
    public Exchange exchange(Principal principal, String name, Action action) {
        ExchangeKey key = exchangeKey(principal, name, action);
        Exchange exchange = catalog.snapshot().routing().exchange(key);
        if (exchange == null) {
            throw new BrokerException(BrokerError.EXCHANGE_NOT_FOUND, "there is no exchange " + name);
        }
        return exchange;
    }

    /** The exchange to publish to: one that is not internal, if the principal may publish to it. */
    public Exchange exchangeToPublish(Principal principal, String name) {
        Exchange exchange = exchange(principal, name, Action.PUBLISH);
        if (exchange.settings().internal()) {
            throw new BrokerException(
                    BrokerError.EXCHANGE_INTERNAL,
                    "exchange " + name + " is internal: only other exchanges lead into it");
        }
        return exchange;
    }

    /** The full name of an exchange that need not exist, if the principal may do {@code action} with such a one. */
    public ExchangeKey exchangeKey(Principal principal, String name, Action action) {
        ExchangeKey key;
        try {
            key = new ExchangeKey(principal.space(), new ResourceName(name));
        } catch (IllegalArgumentException e) {
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        }
        if (!permissions.allows(principal, action, ResourceKind.EXCHANGE, principal.space(), name)) {
            throw forbidden(principal, action, "exchange " + name);
        }
        return key;
    }

    /**
     * Checks that the principal may make an exchange {@code name} with {@code settings}, and may have it give what it
     * does not route to its alternate exchange: that is as much as a binding.
     */
    public ExchangeKey exchangeToMake(Principal principal, String name, ExchangeSettings settings) {
        ExchangeKey key = exchangeKey(principal, name, Action.CREATE);
        ResourceName alternate = settings.alternate();
        if (alternate != null) {
            exchangeKey(principal, name, Action.CONSUME);
            exchangeKey(principal, alternate.value(), Action.PUBLISH);
        }
        return key;
    }

    /** Checks that the principal may make or remove a binding: consume from its exchange, publish to where it leads. */
    public void binding(Principal principal, String source, Destination.Kind kind, String destination) {
        exchangeKey(principal, source, Action.CONSUME);
        switch (kind) {
            case QUEUE -> queueKey(principal, destination, Action.PUBLISH);
            case TOPIC -> topicKey(principal, destination, Action.PUBLISH);
            case EXCHANGE -> exchangeKey(principal, destination, Action.PUBLISH);
        }
    }

    /** Of the exchanges of the principal's space that it may see, those on {@code page}. */
    public List<Exchange> exchanges(Principal principal, NamePage page) {
        return page.of(
                catalog.snapshot().routing().exchanges(principal.space(), page.from()),
                Exchange::name,
                seen(principal, ResourceKind.EXCHANGE));
    }

    /** The schedule {@code name} of the principal's space, for {@code action}; else a {@link BrokerException}. */
    public Schedule schedule(Principal principal, String name, Action action) {
        ScheduleKey key = scheduleKey(principal, name, action);
        Schedule schedule = catalog.snapshot().schedules().get(key);
        if (schedule == null) {
            throw new BrokerException(BrokerError.SCHEDULE_NOT_FOUND, "there is no schedule " + name);
        }
        return schedule;
    }

    /** The full name of a schedule that need not exist, if the principal may do {@code action} with such a one. */
    public ScheduleKey scheduleKey(Principal principal, String name, Action action) {
        ScheduleKey key;
        try {
            key = new ScheduleKey(principal.space(), new ResourceName(name));
        } catch (IllegalArgumentException e) {
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        }
        if (!permissions.allows(principal, action, ResourceKind.SCHEDULE, principal.space(), name)) {
            throw forbidden(principal, action, "schedule " + name);
        }
        return key;
    }

    /**
     * Checks that the principal may publish to where a schedule leads, which is there: who may not do it may not have a
     * schedule do it. At its firings nobody is asked any more.
     */
    public void scheduleTarget(Principal principal, ScheduleTarget target) {
        String name = target.name().value();
        switch (target.kind()) {
            case QUEUE -> queue(principal, name, Action.PUBLISH);
            case TOPIC -> topic(principal, name, Action.PUBLISH);
            case EXCHANGE -> exchangeToPublish(principal, name);
        }
    }

    /** The same, whether it is there or not. */
    public void mayPublish(Principal principal, ScheduleTarget target) {
        String name = target.name().value();
        switch (target.kind()) {
            case QUEUE -> queueKey(principal, name, Action.PUBLISH);
            case TOPIC -> topicKey(principal, name, Action.PUBLISH);
            case EXCHANGE -> exchangeKey(principal, name, Action.PUBLISH);
        }
    }

    /** What messages are moved to, if the principal may publish there; else a {@link BrokerException}. */
    public MoveDestination destination(Principal principal, MoveTarget target) {
        String name = target.name().value();
        return target.isTopic() ? topic(principal, name, Action.PUBLISH) : queue(principal, name, Action.PUBLISH);
    }

    /** The same, whether it is there or not. */
    public void mayPublish(Principal principal, MoveTarget target) {
        String name = target.name().value();
        if (target.isTopic()) {
            topicKey(principal, name, Action.PUBLISH);
        } else {
            queueKey(principal, name, Action.PUBLISH);
        }
    }

    /** Of the schedules of the principal's space that it may see, those on {@code page}. */
    public List<Schedule> schedules(Principal principal, NamePage page) {
        return page.of(
                catalog.snapshot().schedules().in(principal.space(), page.from()),
                Schedule::name,
                seen(principal, ResourceKind.SCHEDULE));
    }

    /** Throws unless {@code principal} may do {@code action} with the resource {@code name} that lives in no space. */
    public void require(Principal principal, Action action, ResourceKind kind, String name) {
        if (!permissions.allows(principal, action, kind, name)) {
            throw forbidden(principal, action, kind.word() + " " + name);
        }
    }

    private static BrokerException forbidden(Principal principal, Action action, String what) {
        return new BrokerException(
                BrokerError.FORBIDDEN, principal.userName() + " may not " + action.word() + " " + what);
    }
}
