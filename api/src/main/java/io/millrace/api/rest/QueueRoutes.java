package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.NamePage;
import io.millrace.broker.catalog.DeadLetterSettings;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.security.Action;
import io.millrace.engine.QueueStats;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.Durability;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.policy.RetryPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Queues: list, make, look at, configure, remove. */
final class QueueRoutes {
    private static final String ONE = "/v1/queues/{queue}";

    private final RestContext context;

    QueueRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/v1/queues", this::list).withQuery("prefix", "after", "limit"),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.PUT, ONE, this::make),
                Route.of(HttpMethod.PATCH, ONE, this::configure),
                Route.of(HttpMethod.DELETE, ONE, this::delete),
                Route.of(HttpMethod.POST, ONE + "/pause", this::pause),
                Route.of(HttpMethod.POST, ONE + "/resume", this::resume));
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        NamePage page = NameLists.page(exchange);
        Broker broker = context.broker();
        List<QueueDefinition> found = broker.access().queues(exchange.principal(), page);
        return exchange.noBody()
                .thenCompose(none -> broker.stats(found))
                .thenApply(stats -> NameLists.answer(
                        "queues",
                        page,
                        found,
                        queue -> queue.queue().name().value(),
                        i -> json(found.get(i), stats.get(found.get(i).logId()))));
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        ConsumedQueues queues = context.consumed(exchange, Action.DESCRIBE);
        return exchange.noBody().thenCompose(none -> answer(queues.asOne(), queues.now(), 200));
    }

    private CompletableFuture<HttpResponse> make(Exchange exchange) {
        QueueKey key =
                context.broker().access().queueKey(exchange.principal(), exchange.variable("queue"), Action.CREATE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            // What the request does not say is not compared with what is there.
            QueueDefinition there = context.broker().catalog().snapshot().queue(key);
            QueueSettings base = there == null ? context.options().queueDefaults() : there.settings();
            QueueSettings settings = settings(fields, base);
            checkDeadLetters(exchange, settings, base);
            return context.broker()
                    .catalog()
                    .createQueue(key, settings)
                    .thenCompose(made -> answer(made.queue(), made.isNew() ? 201 : 200));
        });
    }

    private CompletableFuture<HttpResponse> configure(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.CONFIGURE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            // What is wrong with the request is said before anything is asked for.
            checkDeadLetters(exchange, settings(fields, queue.settings()), queue.settings());
            return context.broker()
                    .configureQueue(queue.queue(), before -> settings(fields, before))
                    .thenCompose(changed -> answer(changed, 200));
        });
    }

    private CompletableFuture<HttpResponse> delete(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.DELETE);
        return exchange.noBody()
                .thenCompose(none -> context.broker().deleteQueue(queue))
                .thenApply(deleted -> Answers.empty());
    }

    private CompletableFuture<HttpResponse> pause(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.CONFIGURE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX)
                .thenCompose(fields -> {
                    long millis = fields.number("forMillis", 1, DeliveryAttributes.SPAN_MILLIS_MAX, 0);
                    fields.end();
                    return context.broker().consumers().pause(queue, millis);
                })
                .thenCompose(paused -> answer(paused, 200));
    }

    private CompletableFuture<HttpResponse> resume(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.CONFIGURE);
        return exchange.noBody()
                .thenCompose(none -> context.broker().consumers().resume(queue))
                .thenCompose(resumed -> answer(resumed, 200));
    }

    private void checkDeadLetters(Exchange exchange, QueueSettings settings, QueueSettings before) {
        checkDeadLetters(context, exchange, settings, before);
    }

    /** Whoever has messages of a queue go somewhere else could publish them there. */
    static void checkDeadLetters(RestContext context, Exchange exchange, QueueSettings settings, QueueSettings before) {
        MoveTarget target = settings.deadLetters().target();
        if (target != null && !target.equals(before.deadLetters().target())) {
            context.broker().access().mayPublish(exchange.principal(), target);
        }
    }

    private static QueueSettings settings(JsonObject fields, QueueSettings base) {
        long leaseMillis = fields.number("leaseMillis", 1, QueueSettings.LEASE_MILLIS_MAX, base.leaseMillis());
        long messageBytesMax =
                fields.number("messageBytesMax", 1, QueueSettings.MESSAGE_BYTES_MAX, base.messageBytesMax());
        long delayMillis = fields.number("delayMillis", 0, DeliveryAttributes.SPAN_MILLIS_MAX, base.delayMillis());
        long timeToLiveMillis =
                fields.number("timeToLiveMillis", 0, DeliveryAttributes.SPAN_MILLIS_MAX, base.timeToLiveMillis());
        long priorityDefault =
                fields.number("priorityDefault", 0, DeliveryAttributes.PRIORITY_MAX, base.priorityDefault());
        long deduplicationMillis = fields.number(
                "deduplicationMillis", 1, QueueSettings.DEDUPLICATION_MILLIS_MAX, base.deduplicationMillis());
        RetryPolicy retry = retry(fields, base.retry());
        Boolean isSingleActive = fields.flag("singleActiveConsumer");
        DeadLetterSettings deadLetters = deadLetters(fields, base.deadLetters());
        LengthPolicy length = length(fields, base.length(), deadLetters);
        Durability durability = durability(fields, base.durability());
        fields.end();
        return new QueueSettings(
                leaseMillis,
                (int) messageBytesMax,
                delayMillis,
                timeToLiveMillis,
                priorityDefault,
                deduplicationMillis,
                retry,
                isSingleActive == null ? base.consumers() : base.consumers().withSingleActive(isSingleActive),
                deadLetters,
                length,
                durability);
    }

    private static Durability durability(JsonObject fields, Durability base) {
        String word = fields.text("durability");
        Durability durability = word == null ? base : Durability.named(word);
        if (durability == null) {
            throw new ProblemException(Problem.INVALID_VALUE, "durability is synced, os or memory");
        }
        return durability;
    }

    private static LengthPolicy length(JsonObject fields, LengthPolicy base, DeadLetterSettings deadLetters) {
        long messagesMax = fields.number("lengthMax", 0, LengthPolicy.LENGTH_MAX, base.messagesMax());
        long bytesMax = fields.number("lengthBytesMax", 0, LengthPolicy.LENGTH_MAX, base.bytesMax());
        String word = fields.text("overflow");
        Overflow overflow = word == null ? base.overflow() : Overflow.named(word);
        if (overflow == null) {
            throw new ProblemException(Problem.INVALID_VALUE, "overflow is reject, drop-oldest or dead-letter");
        }
        if (overflow == Overflow.DEAD_LETTER && deadLetters.target() == null) {
            throw new ProblemException(
                    Problem.INVALID_VALUE,
                    "overflow dead-letter needs a deadLetterQueue or a deadLetterTopic, which the oldest messages go to"
                            + " then");
        }
        return new LengthPolicy(messagesMax, bytesMax, overflow);
    }

    static RetryPolicy retry(JsonObject fields, RetryPolicy base) {
        long delayMillis = fields.number("retryDelayMillis", 0, RetryPolicy.MILLIS_MAX, base.delayMillis());
        // Unless somebody says that it grows, it stays what it is.
        boolean isFixed = base.delayMillisMax() == base.delayMillis();
        long delayMillisMax = fields.number(
                "retryDelayMillisMax", 0, RetryPolicy.MILLIS_MAX, isFixed ? delayMillis : base.delayMillisMax());
        Boolean isRandom = fields.flag("retryRandom");
        try {
            return new RetryPolicy(delayMillis, delayMillisMax, isRandom == null ? base.isRandom() : isRandom);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
    }

    /** Without a target the rest means nothing. */
    static DeadLetterSettings deadLetters(JsonObject fields, DeadLetterSettings base) {
        String queue = fields.text("deadLetterQueue");
        String topic = fields.text("deadLetterTopic");
        try {
            MoveTarget target = deadLetterTarget(queue, topic, base.target());
            boolean hasTarget = target != null;
            long deliveriesMax = fields.number(
                    "deliveriesMax", 0, DeadLetterSettings.DELIVERIES_MAX, hasTarget ? base.deliveriesMax() : 0);
            Boolean expired = fields.flag("deadLetterExpired");
            boolean isKept = base.target() == null || base.keepsExpired();
            return new DeadLetterSettings(target, (int) deliveriesMax, expired == null ? hasTarget && isKept : expired);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
    }

    /** Who names one takes the place of the other; an empty name takes away what is of its kind. */
    private static @Nullable MoveTarget deadLetterTarget(
            @Nullable String queue, @Nullable String topic, @Nullable MoveTarget base) {
        if (queue != null && !queue.isEmpty()) {
            if (topic != null && !topic.isEmpty()) {
                throw new IllegalArgumentException("there is a deadLetterQueue or a deadLetterTopic, not both");
            }
            return MoveTarget.queue(queue);
        }
        if (topic != null && !topic.isEmpty()) {
            return MoveTarget.topic(topic);
        }
        return base == null || (base.isTopic() ? topic : queue) != null ? null : base;
    }

    private CompletableFuture<HttpResponse> answer(QueueDefinition queue, int status) {
        return answer(queue, List.of(queue), status);
    }

    /** With the stats of {@code all} together, for which {@code queue} stands. */
    private CompletableFuture<HttpResponse> answer(QueueDefinition queue, List<QueueDefinition> all, int status) {
        return context.broker().stats(all).thenApply(stats -> {
            QueueStats sum = stats.values().stream().reduce(QueueStats::with).orElse(null);
            if (sum == null) {
                throw new BrokerException(
                        BrokerError.QUEUE_NOT_FOUND,
                        "there is no queue " + queue.queue().name() + " any more");
            }
            return Answers.json(status, json(queue, sum));
        });
    }

    private ObjectNode json(QueueDefinition queue, @Nullable QueueStats stats) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", queue.queue().name().value())
                .put("space", queue.queue().space().value())
                .put("createdMillis", queue.createdMillis());
        if (context.broker().consumers().isPaused(queue)) {
            writePause(node, queue.settings().consumers());
        }
        writeSettings(node.putObject("settings"), queue.settings());
        if (stats != null) {
            writeStats(node.putObject("stats"), stats);
            if (queue.settings().length().bytesMax() != LengthPolicy.UNLIMITED) {
                node.withObject("stats").put("waitingBytes", stats.waitingBytes());
            }
        }
        return node;
    }

    private static void writePause(ObjectNode node, ConsumerPolicy consumers) {
        node.put("paused", true);
        if (consumers.resumeMillis() != ConsumerPolicy.NEVER) {
            node.put("resumeMillis", consumers.resumeMillis());
        }
    }

    private static void writeSettings(ObjectNode node, QueueSettings settings) {
        node.put("leaseMillis", settings.leaseMillis())
                .put("messageBytesMax", settings.messageBytesMax())
                .put("delayMillis", settings.delayMillis());
        if (settings.timeToLiveMillis() != QueueSettings.FOR_EVER) {
            node.put("timeToLiveMillis", settings.timeToLiveMillis());
        }
        node.put("priorityDefault", settings.priorityDefault())
                .put("deduplicationMillis", settings.deduplicationMillis());
        if (settings.consumers().isSingleActive()) {
            node.put("singleActiveConsumer", true);
        }
        writeRetries(node, settings);
        LengthPolicy length = settings.length();
        if (!length.equals(LengthPolicy.NONE)) {
            node.put("lengthMax", length.messagesMax())
                    .put("lengthBytesMax", length.bytesMax())
                    .put("overflow", length.overflow().word());
        }
        if (settings.durability() != Durability.SYNCED) {
            node.put("durability", settings.durability().word());
        }
    }

    static void writeRetries(ObjectNode node, QueueSettings settings) {
        RetryPolicy retry = settings.retry();
        if (!retry.equals(RetryPolicy.AT_ONCE)) {
            node.put("retryDelayMillis", retry.delayMillis())
                    .put("retryDelayMillisMax", retry.delayMillisMax())
                    .put("retryRandom", retry.isRandom());
        }
        DeadLetterSettings dead = settings.deadLetters();
        MoveTarget target = dead.target();
        if (target != null) {
            node.put(
                            target.isTopic() ? "deadLetterTopic" : "deadLetterQueue",
                            target.name().value())
                    .put("deliveriesMax", dead.deliveriesMax())
                    .put("deadLetterExpired", dead.keepsExpired());
        }
    }

    private static void writeStats(ObjectNode node, QueueStats stats) {
        node.put("ready", stats.ready())
                .put("leased", stats.leased())
                .put("delayed", stats.delayed())
                .put("damaged", stats.damaged())
                .put("dead", stats.dead())
                .put("waitingReceives", stats.waiting())
                .put("nextOffset", stats.nextOffset())
                .put("published", stats.counters().published())
                .put("delivered", stats.counters().delivered())
                .put("redelivered", stats.counters().redelivered())
                .put("acknowledged", stats.counters().acknowledged())
                .put("released", stats.counters().released())
                .put("rejected", stats.counters().rejected())
                .put("expired", stats.counters().expired())
                .put("messagesExpired", stats.counters().messagesExpired())
                .put("deadLetters", stats.counters().dead())
                .put("overflowed", stats.counters().overflowed())
                .put("refused", stats.counters().refused());
    }
}
