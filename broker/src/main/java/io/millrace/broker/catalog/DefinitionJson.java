package io.millrace.broker.catalog;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.MoveTarget;
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
import io.millrace.broker.security.JsonFields;
import io.millrace.broker.security.MalformedDefinitionException;
import io.millrace.broker.security.UserJson;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.Durability;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.policy.RetryPolicy;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A definition as it is stored: a JSON object with one field, which names the kind. Written and read by hand, so that
 * what is on disk does not follow from how a class is written. Stateless; any thread.
 */
final class DefinitionJson {
    private static final String QUEUE = "queue";
    private static final String TOPIC = "topic";
    private static final String SUBSCRIPTION = "subscription";
    private static final String SPACE = "space";
    private static final String USER = "user";
    private static final String EXCHANGE = "exchange";
    private static final String BINDING = "binding";
    private static final String SCHEDULE = "schedule";
    private static final String FIRING = "firing";

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private DefinitionJson() {}

    static byte[] write(Definition definition) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (definition instanceof QueueDefinition queue) {
            writeQueue(node.putObject(QUEUE), queue);
        } else if (definition instanceof TopicDefinition topic) {
            TopicDefinitionJson.write(node.putObject(TOPIC), topic.topic());
        } else if (definition instanceof SubscriptionDefinition subscription) {
            SubscriptionDefinitionJson.write(node.putObject(SUBSCRIPTION), subscription.subscription());
        } else if (definition instanceof SpaceDefinition space) {
            node.putObject(SPACE).put("name", space.name().value()).put("createdMillis", space.createdMillis());
        } else if (definition instanceof UserDefinition user) {
            node.set(USER, UserJson.write(user.user()));
        } else if (definition instanceof ExchangeDefinition exchange) {
            RoutingDefinitionJson.write(node.putObject(EXCHANGE), exchange.exchange());
        } else if (definition instanceof BindingDefinition binding) {
            RoutingDefinitionJson.write(node.putObject(BINDING), binding.binding());
        } else if (definition instanceof ScheduleDefinition schedule) {
            ScheduleDefinitionJson.write(node.putObject(SCHEDULE), schedule.schedule());
        } else if (definition instanceof FiringDefinition firing) {
            ScheduleDefinitionJson.write(node.putObject(FIRING), firing);
        }
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new IllegalStateException("a tree of plain values can be written", e);
        }
    }

    static void writeQueue(ObjectNode node, QueueDefinition queue) {
        node.put("space", queue.queue().space().value())
                .put("name", queue.queue().name().value())
                .put("logId", queue.logId())
                .put("shard", queue.shard())
                .put("createdMillis", queue.createdMillis());
        writeSettings(node, queue.settings());
    }

    static void writeSettings(ObjectNode node, QueueSettings settings) {
        node.put("leaseMillis", settings.leaseMillis())
                .put("messageBytesMax", settings.messageBytesMax())
                .put("delayMillis", settings.delayMillis())
                .put("timeToLiveMillis", settings.timeToLiveMillis())
                .put("priorityDefault", settings.priorityDefault())
                .put("deduplicationMillis", settings.deduplicationMillis());
        if (!settings.retry().equals(RetryPolicy.AT_ONCE)) {
            node.put("retryDelayMillis", settings.retry().delayMillis())
                    .put("retryDelayMillisMax", settings.retry().delayMillisMax())
                    .put("retryRandom", settings.retry().isRandom());
        }
        writeConsumers(node, settings.consumers());
        writeDeadLetters(node, settings.deadLetters());
        writeLength(node, settings.length());
        if (settings.durability() != Durability.SYNCED) {
            node.put("durability", settings.durability().word());
        }
    }

    private static void writeConsumers(ObjectNode node, ConsumerPolicy consumers) {
        if (consumers.isSingleActive()) {
            node.put("singleActiveConsumer", true);
        }
        if (consumers.isPaused()) {
            node.put("paused", true);
        }
        if (consumers.resumeMillis() != ConsumerPolicy.NEVER) {
            node.put("resumeMillis", consumers.resumeMillis());
        }
    }

    private static void writeDeadLetters(ObjectNode node, DeadLetterSettings dead) {
        MoveTarget target = dead.target();
        if (target != null) {
            node.put(
                            target.isTopic() ? "deadLetterTopic" : "deadLetterQueue",
                            target.name().value())
                    .put("deliveriesMax", dead.deliveriesMax())
                    .put("deadLetterExpired", dead.keepsExpired());
        }
    }

    private static void writeLength(ObjectNode node, LengthPolicy length) {
        if (!length.equals(LengthPolicy.NONE)) {
            node.put("lengthMax", length.messagesMax())
                    .put("lengthBytesMax", length.bytesMax())
                    .put("overflow", length.overflow().word());
        }
    }

    private static LengthPolicy readLength(JsonFields fields) {
        long messagesMax = fields.number("lengthMax", LengthPolicy.UNLIMITED);
        long bytesMax = fields.number("lengthBytesMax", LengthPolicy.UNLIMITED);
        String word = fields.has("overflow") ? fields.text("overflow") : Overflow.REJECT.word();
        Overflow overflow = Overflow.named(word);
        if (overflow == null) {
            throw new MalformedDefinitionException("overflow", "not one that this version knows");
        }
        return new LengthPolicy(messagesMax, bytesMax, overflow);
    }

    private static Durability readDurability(JsonFields fields) {
        Durability durability =
                Durability.named(fields.has("durability") ? fields.text("durability") : Durability.SYNCED.word());
        if (durability == null) {
            throw new MalformedDefinitionException("durability", "not one that this version knows");
        }
        return durability;
    }

    /** Reads what {@link #write} wrote; {@link MalformedDefinitionException} says what is wrong where. */
    static Definition read(byte[] json) {
        JsonNode node;
        try {
            node = MAPPER.readTree(json);
        } catch (IOException e) {
            throw new MalformedDefinitionException("definition", "not JSON");
        }
        JsonFields fields = new JsonFields(node, "definition");
        String kind = fields.onlyField();
        return switch (kind) {
            case QUEUE -> readQueue(fields.object(QUEUE));
            case TOPIC -> TopicDefinitionJson.read(fields.object(TOPIC));
            case SUBSCRIPTION -> SubscriptionDefinitionJson.read(fields.object(SUBSCRIPTION));
            case SPACE -> readSpace(fields.object(SPACE));
            case USER -> new UserDefinition(UserJson.read(node.get(USER)));
            case EXCHANGE -> RoutingDefinitionJson.readExchange(fields.object(EXCHANGE));
            case BINDING -> RoutingDefinitionJson.readBinding(fields.object(BINDING));
            case SCHEDULE -> ScheduleDefinitionJson.readSchedule(fields.object(SCHEDULE));
            case FIRING -> ScheduleDefinitionJson.readFiring(fields.object(FIRING));
            default -> throw new MalformedDefinitionException(kind, "a kind that this version does not know");
        };
    }

    private static QueueDefinition readQueue(JsonFields fields) {
        String space = fields.text("space");
        String name = fields.text("name");
        long logId = fields.number("logId");
        long shard = fields.number("shard");
        long createdMillis = fields.number("createdMillis");
        Supplier<QueueSettings> settings = readSettings(fields);
        return fields.end(() -> new QueueDefinition(
                new QueueKey(new SpaceName(space), new ResourceName(name)),
                logId,
                (int) shard,
                createdMillis,
                settings.get()));
    }

    /** Reads what {@link #writeSettings} wrote; what is given checks the ranges. */
    static Supplier<QueueSettings> readSettings(JsonFields fields) {
        long leaseMillis = fields.number("leaseMillis");
        long messageBytesMax = fields.number("messageBytesMax");
        // What follows was not written before there were such settings.
        long delayMillis = fields.number("delayMillis", 0);
        long timeToLiveMillis = fields.number("timeToLiveMillis", QueueSettings.FOR_EVER);
        long priorityDefault = fields.number("priorityDefault", QueueSettings.PRIORITY_NORMAL);
        long deduplicationMillis = fields.number("deduplicationMillis", QueueSettings.DEDUPLICATION_MILLIS);
        long retryMillis = fields.number("retryDelayMillis", 0);
        long retryMillisMax = fields.number("retryDelayMillisMax", retryMillis);
        boolean retryRandom = fields.has("retryRandom") && fields.flag("retryRandom");
        boolean singleActive = fields.has("singleActiveConsumer") && fields.flag("singleActiveConsumer");
        boolean paused = fields.has("paused") && fields.flag("paused");
        long resumeMillis = fields.number("resumeMillis", ConsumerPolicy.NEVER);
        String deadLetterQueue = fields.has("deadLetterQueue") ? fields.text("deadLetterQueue") : null;
        String deadLetterTopic = fields.has("deadLetterTopic") ? fields.text("deadLetterTopic") : null;
        long deliveriesMax = fields.number("deliveriesMax", DeadLetterPolicy.UNLIMITED);
        boolean deadLetterExpired = fields.has("deadLetterExpired") && fields.flag("deadLetterExpired");
        LengthPolicy length = readLength(fields);
        Durability durability = readDurability(fields);
        return () -> new QueueSettings(
                leaseMillis,
                (int) messageBytesMax,
                delayMillis,
                timeToLiveMillis,
                priorityDefault,
                deduplicationMillis,
                new RetryPolicy(retryMillis, retryMillisMax, retryRandom),
                new ConsumerPolicy(singleActive, paused, resumeMillis),
                new DeadLetterSettings(
                        deadLetterTarget(deadLetterQueue, deadLetterTopic), (int) deliveriesMax, deadLetterExpired),
                length,
                durability);
    }

    private static @Nullable MoveTarget deadLetterTarget(@Nullable String queue, @Nullable String topic) {
        if (queue != null && topic != null) {
            throw new IllegalArgumentException("dead letters go to a queue or to a topic, not to both");
        }
        if (topic != null) {
            return MoveTarget.topic(topic);
        }
        return queue == null ? null : MoveTarget.queue(queue);
    }

    private static SpaceDefinition readSpace(JsonFields fields) {
        String name = fields.text("name");
        long createdMillis = fields.number("createdMillis");
        return fields.end(() -> new SpaceDefinition(new SpaceName(name), createdMillis));
    }
}
