package io.millrace.broker;

import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.catalog.CatalogSnapshot;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.RoutedMessage;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.schedule.ScheduleTarget;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.engine.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One firing of a schedule: its message in all queues that it leads to at this moment, by one transaction. Built by one
 * thread; outcomes come on the loops of the queues' shards.
 */
final class ScheduleFiring {
    private final Broker broker;
    private final Schedule schedule;
    private final MessageProperties properties;
    private final BrokerTransaction transaction;
    private final List<Entry> entries = new ArrayList<>();

    /** One for {@code dueMillis}; a {@link BrokerException} says why it leads nowhere. */
    ScheduleFiring(Broker broker, Schedule schedule, long dueMillis) {
        this.broker = broker;
        this.schedule = schedule;
        this.properties = schedule.propertiesFor(dueMillis);
        this.transaction = broker.begin();
        queues(broker.catalog().snapshot()).forEach(this::add);
    }

    private List<QueueDefinition> queues(CatalogSnapshot snapshot) {
        ScheduleTarget target = schedule.settings().target();
        SpaceName space = schedule.key().space();
        if (target.kind() == Destination.Kind.QUEUE) {
            QueueDefinition queue = snapshot.queue(new QueueKey(space, target.name()));
            if (queue == null) {
                throw new BrokerException(BrokerError.QUEUE_NOT_FOUND, "there is no queue " + target.name());
            }
            return List.of(queue);
        }
        Exchange exchange = snapshot.routing().exchange(new ExchangeKey(space, target.name()));
        if (exchange == null) {
            throw new BrokerException(BrokerError.EXCHANGE_NOT_FOUND, "there is no exchange " + target.name());
        }
        return snapshot.route(exchange, new RoutedMessage(target.routingKey(), properties));
    }

    private void add(QueueDefinition queue) {
        ScheduledMessage message = schedule.settings().message();
        NativeBatch batch = new NativeBatch(message.attributes());
        batch.add(properties, message.body());
        Entry entry = new Entry(queue, batch);
        entries.add(entry);
        transaction.publish(queue, entry);
    }

    /** Notes with it that the schedule has fired for {@code dueMillis}. */
    ScheduleFiring noted(long dueMillis) {
        transaction.define(broker.catalog().schedules().firing(schedule.id(), dueMillis));
        return this;
    }

    /** Has it done; where the message is then. Completes on a loop of one of the shards. */
    CompletableFuture<List<Stored>> commit() {
        return transaction.commit().thenApply(done -> entries.stream()
                .map(each -> new Stored(each.queue, each.offset, false))
                .toList());
    }

    private static final class Entry extends NativePublish {
        private final QueueDefinition queue;
        /** Written before the transaction is told, read after that. */
        private long offset;

        Entry(QueueDefinition queue, NativeBatch batch) {
            super(batch);
            this.queue = queue;
        }

        @Override
        protected void onPublished(long firstOffset) {
            offset = firstOffset;
        }

        @Override
        protected void onFailed(Refusal reason) {
            // The whole was refused, which is what is answered.
        }
    }
}
