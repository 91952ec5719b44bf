package io.millrace.broker;

import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.catalog.CatalogSnapshot;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.Routes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.SharedMessage;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.RoutedMessage;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One firing of a schedule: its message in all queues and topics that it leads to at this moment, by one transaction.
 * Built by one thread; outcomes come on the loops of their shards.
 */
final class ScheduleFiring {
    private final Broker broker;
    private final Schedule schedule;
    private final MessageProperties properties;
    private final BrokerTransaction transaction;
    private final SpreadPublish spread;

    /** One for {@code dueMillis}; a {@link BrokerException} says why it leads nowhere. */
    ScheduleFiring(Broker broker, Schedule schedule, long dueMillis) {
        this.broker = broker;
        this.schedule = schedule;
        this.properties = schedule.propertiesFor(dueMillis);
        this.transaction = broker.begin();
        this.spread = new SpreadPublish(broker.topics());
        ScheduledMessage message = schedule.settings().message();
        spread.add(
                logs(broker.catalog().snapshot()), new SharedMessage(message.attributes(), properties, message.body()));
        spread.addTo(transaction);
    }

    private List<DefinedLog> logs(CatalogSnapshot snapshot) {
        ScheduleTarget target = schedule.settings().target();
        SpaceName space = schedule.key().space();
        return spread.logs(
                switch (target.kind()) {
                    case QUEUE -> new Routes(List.of(queue(snapshot, new QueueKey(space, target.name()))), List.of());
                    case TOPIC -> new Routes(List.of(), List.of(topic(snapshot, new TopicKey(space, target.name()))));
                    case EXCHANGE ->
                        snapshot.route(
                                exchange(snapshot, new ExchangeKey(space, target.name())),
                                new RoutedMessage(target.routingKey(), properties));
                },
                properties);
    }

    private static QueueDefinition queue(CatalogSnapshot snapshot, QueueKey key) {
        QueueDefinition queue = snapshot.queue(key);
        if (queue == null) {
            throw new BrokerException(BrokerError.QUEUE_NOT_FOUND, "there is no queue " + key.name());
        }
        return queue;
    }

    private static Topic topic(CatalogSnapshot snapshot, TopicKey key) {
        Topic topic = snapshot.topics().get(key);
        if (topic == null) {
            throw new BrokerException(BrokerError.TOPIC_NOT_FOUND, "there is no topic " + key.name());
        }
        return topic;
    }

    private static Exchange exchange(CatalogSnapshot snapshot, ExchangeKey key) {
        Exchange exchange = snapshot.routing().exchange(key);
        if (exchange == null) {
            throw new BrokerException(BrokerError.EXCHANGE_NOT_FOUND, "there is no exchange " + key.name());
        }
        return exchange;
    }

    /** Notes with it that the schedule has fired for {@code dueMillis}. */
    ScheduleFiring noted(long dueMillis) {
        transaction.define(broker.catalog().schedules().firing(schedule.id(), dueMillis));
        return this;
    }

    /** Has it done; where the message is then. Completes on a loop of one of the shards. */
    CompletableFuture<List<Stored>> commit() {
        return transaction.commit().thenApply(done -> spread.stored(0));
    }
}
