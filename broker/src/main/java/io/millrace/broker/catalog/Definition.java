package io.millrace.broker.catalog;

import io.millrace.broker.DefinedLog;
import io.millrace.broker.MoveDestination;
import io.millrace.broker.SpaceName;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.schedule.Schedule;
import io.millrace.broker.security.User;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.Topic;
import org.jspecify.annotations.Nullable;

/** Something that the catalog defines. Immutable; any thread. */
public sealed interface Definition {
    /** What it is the definition of: two definitions with the same key are versions of one. */
    String key();

    /**
     * A queue.
     *
     * @param queue its name
     * @param logId its log; never used for another
     * @param shard the shard that its log is in
     * @param createdMillis when it was made, epoch milliseconds
     * @param settings what was set for it
     */
    record QueueDefinition(QueueKey queue, long logId, int shard, long createdMillis, QueueSettings settings)
            implements Definition, DefinedLog, MoveDestination {
        @Override
        public String key() {
            return "queue " + queue;
        }

        @Override
        public String name() {
            return queue.name().value();
        }

        @Override
        public String title() {
            return "queue " + queue.name();
        }

        @Override
        public int messageBytesMax() {
            return settings.messageBytesMax();
        }

        @Override
        public long deduplicationMillis() {
            return settings.deduplicationMillis();
        }

        @Override
        public QueueSettings delivery() {
            return settings;
        }

        @Override
        public DefinedLog logFor(@Nullable String key, String origin) {
            return this;
        }

        /** The same queue with other settings. */
        public QueueDefinition with(QueueSettings newSettings) {
            return new QueueDefinition(queue, logId, shard, createdMillis, newSettings);
        }
    }

    /**
     * A topic.
     *
     * @param topic the topic
     */
    record TopicDefinition(Topic topic) implements Definition {
        @Override
        public String key() {
            return "topic " + topic.key();
        }
    }

    /**
     * A subscription.
     *
     * @param subscription the subscription
     */
    record SubscriptionDefinition(Subscription subscription) implements Definition {
        @Override
        public String key() {
            return "subscription " + subscription.key();
        }
    }

    /**
     * A space. The root space exists without a definition.
     *
     * @param name its name
     * @param createdMillis when it was made, epoch milliseconds
     */
    record SpaceDefinition(SpaceName name, long createdMillis) implements Definition {
        @Override
        public String key() {
            return "space " + name;
        }
    }

    /**
     * A user.
     *
     * @param user the user, credentials included
     */
    record UserDefinition(User user) implements Definition {
        @Override
        public String key() {
            return "user " + user.name();
        }
    }

    /**
     * An exchange.
     *
     * @param exchange the exchange
     */
    record ExchangeDefinition(Exchange exchange) implements Definition {
        @Override
        public String key() {
            return "exchange " + exchange.key();
        }
    }

    /**
     * A binding.
     *
     * @param binding the binding
     */
    record BindingDefinition(Binding binding) implements Definition {
        @Override
        public String key() {
            return "binding " + binding.id();
        }
    }

    /**
     * A schedule.
     *
     * @param schedule the schedule
     */
    record ScheduleDefinition(Schedule schedule) implements Definition {
        @Override
        public String key() {
            return "schedule " + schedule.key();
        }
    }

    /**
     * How far a schedule has fired.
     *
     * @param scheduleId the schedule
     * @param dueMillis the last due time that it has fired for; those before it are done with
     */
    record FiringDefinition(long scheduleId, long dueMillis) implements Definition {
        @Override
        public String key() {
            return "firing " + scheduleId;
        }
    }
}
