package io.millrace.broker.catalog;

import io.millrace.broker.DefinedLog;
import io.millrace.broker.MoveDestination;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.NameRule;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.BindingDefinition;
import io.millrace.broker.catalog.Definition.ExchangeDefinition;
import io.millrace.broker.catalog.Definition.FiringDefinition;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.Definition.ScheduleDefinition;
import io.millrace.broker.catalog.Definition.SpaceDefinition;
import io.millrace.broker.catalog.Definition.SubscriptionDefinition;
import io.millrace.broker.catalog.Definition.TopicDefinition;
import io.millrace.broker.catalog.Definition.UserDefinition;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.RoutedMessage;
import io.millrace.broker.routing.RoutingTable;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleTable;
import io.millrace.broker.security.AccessKey;
import io.millrace.broker.security.User;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionTable;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * All definitions in force at one moment. Immutable; any thread. Making a changed one costs the logarithm of its size.
 */
public final class CatalogSnapshot {
    /** No definitions. */
    static final CatalogSnapshot EMPTY = new CatalogSnapshot(
            TreePMap.empty(),
            HashTreePMap.empty(),
            TreePMap.empty(),
            TreePMap.empty(),
            HashTreePMap.empty(),
            Topics.EMPTY,
            SubscriptionTable.EMPTY,
            RoutingTable.EMPTY,
            ScheduleTable.EMPTY);

    private final TreePMap<QueueKey, QueueDefinition> queues;
    private final PMap<Long, QueueDefinition> queuesByLog;
    private final TreePMap<SpaceName, SpaceDefinition> spaces;
    private final TreePMap<String, User> users;
    private final PMap<String, User> usersByAccessKey;
    private final Topics topics;
    private final SubscriptionTable subscriptions;
    private final RoutingTable routing;
    private final ScheduleTable schedules;

    private CatalogSnapshot(
            TreePMap<QueueKey, QueueDefinition> queues,
            PMap<Long, QueueDefinition> queuesByLog,
            TreePMap<SpaceName, SpaceDefinition> spaces,
            TreePMap<String, User> users,
            PMap<String, User> usersByAccessKey,
            Topics topics,
            SubscriptionTable subscriptions,
            RoutingTable routing,
            ScheduleTable schedules) {
        this.queues = queues;
        this.queuesByLog = queuesByLog;
        this.spaces = spaces;
        this.users = users;
        this.usersByAccessKey = usersByAccessKey;
        this.topics = topics;
        this.subscriptions = subscriptions;
        this.routing = routing;
        this.schedules = schedules;
    }

    /** The queue of that name. */
    public @Nullable QueueDefinition queue(QueueKey key) {
        return queues.get(key);
    }

    /** The queue with that log, or that of a subscription. */
    public @Nullable QueueDefinition queueByLog(long logId) {
        QueueDefinition queue = queuesByLog.get(logId);
        return queue != null ? queue : subscriptions.queueByLog(logId);
    }

    /** What is defined to have the log {@code logId}: a queue, a partition of a topic, or a subscription there. */
    public @Nullable DefinedLog log(long logId) {
        QueueDefinition queue = queueByLog(logId);
        return queue != null ? queue : topics.byLog(logId);
    }

    /** What {@code target} is in {@code space}; null where it is not there. */
    public @Nullable MoveDestination destination(SpaceName space, MoveTarget target) {
        return target.isTopic()
                ? topics.get(new TopicKey(space, target.name()))
                : queues.get(new QueueKey(space, target.name()));
    }

    /** The subscriptions of topics, with those of topics that are gone. */
    public SubscriptionTable subscriptions() {
        return subscriptions;
    }

    /** All queues by name. */
    public SortedMap<QueueKey, QueueDefinition> queues() {
        return queues;
    }

    /** The queues of {@code space} by name, from {@code from} on, which is any text; others are not looked at. */
    public Stream<QueueDefinition> queues(SpaceName space, String from) {
        ResourceName first = NameRule.fault(from) == null ? new ResourceName(from) : ResourceName.LEAST;
        return queues.tailMap(new QueueKey(space, first)).values().stream()
                .takeWhile(queue -> queue.queue().space().equals(space))
                .dropWhile(queue -> queue.queue().name().value().compareTo(from) < 0);
    }

    /** Whether a space exists. */
    public boolean hasSpace(SpaceName name) {
        return name.equals(SpaceName.ROOT) || spaces.containsKey(name);
    }

    /** The spaces that were made, by name. */
    public SortedMap<SpaceName, SpaceDefinition> spaces() {
        return spaces;
    }

    /** All users by name. */
    public SortedMap<String, User> users() {
        return users;
    }

    /** The user who holds that access key. */
    public @Nullable User userByAccessKey(String accessKeyId) {
        return usersByAccessKey.get(accessKeyId);
    }

    /** The topics. */
    public Topics topics() {
        return topics;
    }

    /** The exchanges and their bindings, with those of the bindings that are dead. */
    public RoutingTable routing() {
        return routing;
    }

    /** The schedules, and how far each has fired. */
    public ScheduleTable schedules() {
        return schedules;
    }

    /** Whether what {@code definition} is about is there; else it counts for nothing. */
    boolean isAlive(Definition definition) {
        if (definition instanceof BindingDefinition binding) {
            return isAlive(binding.binding());
        }
        if (definition instanceof SubscriptionDefinition subscription) {
            return topics.get(subscription.subscription().key().topicId()) != null;
        }
        return !(definition instanceof FiringDefinition firing) || schedules.get(firing.scheduleId()) != null;
    }

    /** Whether the exchange of {@code binding} and its destination are there; else it counts for nothing. */
    public boolean isAlive(Binding binding) {
        Destination destination = binding.destination();
        boolean leadsSomewhere =
                switch (destination.kind()) {
                    case QUEUE, TOPIC -> isStore(destination.id());
                    case EXCHANGE -> routing.exchange(destination.id()) != null;
                };
        return leadsSomewhere && routing.exchange(binding.source()) != null;
    }

    /** Queues are known by their logs, topics by their ids, and no id is the log of a queue. */
    private boolean isStore(long id) {
        return queuesByLog.containsKey(id) || topics.get(id) != null;
    }

    /** The queues and topics that {@code message}, published to {@code exchange}, goes to. */
    public Routes route(Exchange exchange, RoutedMessage message) {
        List<QueueDefinition> foundQueues = new ArrayList<>();
        List<Topic> foundTopics = new ArrayList<>(0);
        for (Long id : routing.route(exchange, message, this::isStore)) {
            QueueDefinition queue = queuesByLog.get(id);
            Topic topic = queue == null ? topics.get(id) : null;
            if (queue != null) {
                foundQueues.add(queue);
            } else if (topic != null) {
                foundTopics.add(topic);
            }
        }
        return new Routes(foundQueues, foundTopics);
    }

    /** The definition that has this key in this snapshot. */
    @Nullable
    Definition current(Definition definition) {
        if (definition instanceof QueueDefinition queue) {
            return queues.get(queue.queue());
        }
        if (definition instanceof SpaceDefinition space) {
            return spaces.get(space.name());
        }
        if (definition instanceof TopicDefinition topic) {
            Topic there = topics.get(topic.topic().key());
            return there == null ? null : new TopicDefinition(there);
        }
        if (definition instanceof SubscriptionDefinition subscription) {
            Subscription there = subscriptions.get(subscription.subscription().key());
            return there == null ? null : new SubscriptionDefinition(there);
        }
        if (definition instanceof ExchangeDefinition exchange) {
            Exchange there = routing.exchange(exchange.exchange().key());
            return there == null ? null : new ExchangeDefinition(there);
        }
        if (definition instanceof BindingDefinition binding) {
            Binding there = routing.binding(
                    binding.binding().source(), binding.binding().id());
            return there == null ? null : new BindingDefinition(there);
        }
        if (definition instanceof ScheduleDefinition schedule) {
            Schedule there = schedules.get(schedule.schedule().key());
            return there == null ? null : new ScheduleDefinition(there);
        }
        if (definition instanceof FiringDefinition) {
            return null; // a later one stands in its place by itself
        }
        User user = users.get(((UserDefinition) definition).user().name());
        return user == null ? null : new UserDefinition(user);
    }

    /** This, with {@code definition} in the place of what had its key. */
    CatalogSnapshot plus(Definition definition) {
        Definition before = current(definition);
        CatalogSnapshot base = before == null ? this : minus(before);
        if (definition instanceof QueueDefinition queue) {
            return withQueues(base.queues.plus(queue.queue(), queue), base.queuesByLog.plus(queue.logId(), queue));
        }
        if (definition instanceof TopicDefinition topic) {
            return base.with(base.topics.plus(topic.topic()), base.subscriptions.with(topic.topic()));
        }
        if (definition instanceof SubscriptionDefinition changed) {
            Subscription subscription = changed.subscription();
            Topic topic = topics.get(subscription.key().topicId());
            return with(topics, base.subscriptions.plus(subscription, topic));
        }
        if (definition instanceof SpaceDefinition space) {
            return with(base.spaces.plus(space.name(), space));
        }
        if (definition instanceof ExchangeDefinition exchange) {
            return with(base.routing.plus(exchange.exchange()));
        }
        if (definition instanceof BindingDefinition binding) {
            return with(base.routing.plus(binding.binding()));
        }
        if (definition instanceof ScheduleDefinition schedule) {
            return with(base.schedules.plus(schedule.schedule()));
        }
        if (definition instanceof FiringDefinition firing) {
            return with(schedules.plusFired(firing.scheduleId(), firing.dueMillis()));
        }
        User user = ((UserDefinition) definition).user();
        PMap<String, User> byKey = base.usersByAccessKey;
        for (AccessKey key : user.accessKeys()) {
            byKey = byKey.plus(key.id(), user);
        }
        return withUsers(base.users.plus(user.name(), user), byKey);
    }

    private CatalogSnapshot withQueues(TreePMap<QueueKey, QueueDefinition> byName, PMap<Long, QueueDefinition> byLog) {
        return new CatalogSnapshot(
                byName, byLog, spaces, users, usersByAccessKey, topics, subscriptions, routing, schedules);
    }

    private CatalogSnapshot withUsers(TreePMap<String, User> byName, PMap<String, User> byAccessKey) {
        return new CatalogSnapshot(
                queues, queuesByLog, spaces, byName, byAccessKey, topics, subscriptions, routing, schedules);
    }

    private CatalogSnapshot with(TreePMap<SpaceName, SpaceDefinition> changed) {
        return new CatalogSnapshot(
                queues, queuesByLog, changed, users, usersByAccessKey, topics, subscriptions, routing, schedules);
    }

    private CatalogSnapshot with(Topics changed, SubscriptionTable ofThem) {
        return new CatalogSnapshot(
                queues, queuesByLog, spaces, users, usersByAccessKey, changed, ofThem, routing, schedules);
    }

    private CatalogSnapshot with(ScheduleTable changed) {
        return new CatalogSnapshot(
                queues, queuesByLog, spaces, users, usersByAccessKey, topics, subscriptions, routing, changed);
    }

    private CatalogSnapshot with(RoutingTable changed) {
        return new CatalogSnapshot(
                queues, queuesByLog, spaces, users, usersByAccessKey, topics, subscriptions, changed, schedules);
    }

    /** This, without {@code definition}; bindings from and to what it defines are dead. */
    CatalogSnapshot minus(Definition definition) {
        if (definition instanceof QueueDefinition queue) {
            return withQueues(queues.minus(queue.queue()), queuesByLog.minus(queue.logId()));
        }
        if (definition instanceof TopicDefinition topic) {
            return with(topics.minus(topic.topic()), subscriptions.without(topic.topic()));
        }
        if (definition instanceof SubscriptionDefinition removed) {
            Subscription subscription = removed.subscription();
            Topic topic = topics.get(subscription.key().topicId());
            return with(topics, subscriptions.minus(subscription, topic));
        }
        if (definition instanceof SpaceDefinition space) {
            return with(spaces.minus(space.name()));
        }
        if (definition instanceof ExchangeDefinition exchange) {
            return with(routing.minus(exchange.exchange()));
        }
        if (definition instanceof BindingDefinition binding) {
            return with(routing.minus(binding.binding()));
        }
        if (definition instanceof ScheduleDefinition schedule) {
            return with(schedules.minus(schedule.schedule()));
        }
        if (definition instanceof FiringDefinition firing) {
            return with(schedules.minusFired(firing.scheduleId()));
        }
        User user = ((UserDefinition) definition).user();
        PMap<String, User> byKey = usersByAccessKey;
        for (AccessKey key : user.accessKeys()) {
            byKey = byKey.minus(key.id());
        }
        return withUsers(users.minus(user.name()), byKey);
    }
}
