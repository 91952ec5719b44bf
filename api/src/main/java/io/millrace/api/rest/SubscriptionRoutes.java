package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
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
import io.millrace.broker.BrokerSubscriptions;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SubscriptionStart;
import io.millrace.broker.catalog.DeadLetterSettings;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.security.Action;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKey;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.engine.QueueStats;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.Durability;
import io.millrace.engine.policy.LengthPolicy;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Subscriptions of a topic: list, make, look at, configure, move, remove. */
final class SubscriptionRoutes {
    private static final String ALL = "/v1/topics/{topic}/subscriptions";
    private static final String ONE = ALL + "/{subscription}";

    private final RestContext context;
    private final Selectors selectors;

    SubscriptionRoutes(RestContext context, Selectors selectors) {
        this.context = context;
        this.selectors = selectors;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, ALL, this::list),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.PUT, ONE, this::make),
                Route.of(HttpMethod.PATCH, ONE, this::configure),
                Route.of(HttpMethod.DELETE, ONE, this::delete),
                Route.of(HttpMethod.POST, ONE + "/seek", this::seek));
    }

    private BrokerSubscriptions subscriptions() {
        return context.broker().subscriptions();
    }

    /** The topic, if whoever asks may do {@code action} with the subscription that the path names. */
    private Topic topic(Exchange exchange, Action action) {
        return context.broker()
                .access()
                .topicOfSubscription(
                        exchange.principal(), exchange.variable("topic"), exchange.variable("subscription"), action);
    }

    private Subscription subscription(Exchange exchange, Topic topic) {
        return context.broker().access().subscription(topic, exchange.variable("subscription"));
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        Topic topic = context.topic(exchange, Action.DESCRIBE);
        List<Subscription> all = context.broker().access().subscriptions(exchange.principal(), topic);
        return exchange.noBody().thenApply(none -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode array = body.putArray("subscriptions");
            all.forEach(each -> array.add(json(topic, each)));
            return Answers.json(200, body);
        });
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        Topic topic = topic(exchange, Action.DESCRIBE);
        Subscription subscription = subscription(exchange, topic);
        return exchange.noBody().thenCompose(none -> answer(topic, subscription, 200));
    }

    /** Whoever makes one can have all messages of the topic. */
    private CompletableFuture<HttpResponse> make(Exchange exchange) {
        Topic topic = topic(exchange, Action.CREATE);
        context.topic(exchange, Action.CONSUME);
        ResourceName name = name(exchange.variable("subscription"));
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            // What the request does not say is not compared with what is there.
            Subscription there =
                    context.broker().catalog().snapshot().subscriptions().get(new SubscriptionKey(topic.id(), name));
            SubscriptionKind kind = kind(fields.text("kind"), there);
            Selector filter = filter(fields, there);
            String from = fields.text("from");
            QueueSettings base =
                    there == null ? settings(context.options().queueDefaults().leaseMillis(), kind) : there.settings();
            QueueSettings settings = settings(fields, base);
            QueueRoutes.checkDeadLetters(context, exchange, settings, base);
            SubscriptionStart start = from == null ? SubscriptionStart.LATEST : start("from", from);
            return subscriptions()
                    .create(topic, name, kind, filter, start, settings)
                    .thenCompose(made -> answer(topic, made.subscription(), made.isNew() ? 201 : 200));
        });
    }

    private static ResourceName name(String name) {
        try {
            return new ResourceName(name);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
    }

    private static SubscriptionKind kind(@Nullable String word, @Nullable Subscription there) {
        if (word == null) {
            return there == null ? SubscriptionKind.SHARED : there.kind();
        }
        SubscriptionKind kind = SubscriptionKind.named(word);
        if (kind == null) {
            String known = Arrays.stream(SubscriptionKind.values())
                    .map(SubscriptionKind::word)
                    .collect(Collectors.joining(", "));
            throw new ProblemException(Problem.INVALID_VALUE, "kind is one of " + known);
        }
        return kind;
    }

    private @Nullable Selector filter(JsonObject fields, @Nullable Subscription there) {
        String text = fields.text("filter");
        if (text == null) {
            return there == null ? null : there.filter();
        }
        return text.isBlank() ? null : selectors.compiled("filter", text);
    }

    private static QueueSettings settings(long leaseMillis, SubscriptionKind kind) {
        ConsumerPolicy consumers = ConsumerPolicy.ALL.withSingleActive(kind.needsConsumer());
        return new QueueSettings(leaseMillis, QueueSettings.MESSAGE_BYTES_MAX).with(consumers);
    }

    private static QueueSettings settings(JsonObject fields, QueueSettings base) {
        long leaseMillis = fields.number("leaseMillis", 1, QueueSettings.LEASE_MILLIS_MAX, base.leaseMillis());
        Boolean isPaused = fields.flag("paused");
        ConsumerPolicy consumers = base.consumers();
        if (isPaused != null) {
            consumers = isPaused ? consumers.pausedUntil(ConsumerPolicy.NEVER) : consumers.resumed();
        }
        var retry = QueueRoutes.retry(fields, base.retry());
        DeadLetterSettings deadLetters = QueueRoutes.deadLetters(fields, base.deadLetters());
        fields.end();
        return new QueueSettings(
                leaseMillis,
                base.messageBytesMax(),
                base.delayMillis(),
                base.timeToLiveMillis(),
                base.priorityDefault(),
                base.deduplicationMillis(),
                retry,
                consumers,
                deadLetters,
                LengthPolicy.NONE,
                Durability.SYNCED);
    }

    private static SubscriptionStart start(String field, String text) {
        if (text.equals("earliest")) {
            return SubscriptionStart.EARLIEST;
        }
        if (text.equals("latest")) {
            return SubscriptionStart.LATEST;
        }
        if (text.matches("\\d{1,18}")) {
            return SubscriptionStart.at(Long.parseLong(text));
        }
        try {
            return SubscriptionStart.from(OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            throw new ProblemException(
                    Problem.INVALID_VALUE,
                    field + " is earliest, latest, an offset, or a date with its time and offset such as"
                            + " 2027-01-31T18:00:00Z");
        }
    }

    private CompletableFuture<HttpResponse> configure(Exchange exchange) {
        Topic topic = topic(exchange, Action.CONFIGURE);
        Subscription subscription = subscription(exchange, topic);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            // What is wrong with the request is said before anything is asked for.
            if (fields.text("filter") != null) {
                throw new ProblemException(
                        Problem.INVALID_VALUE,
                        "filter cannot be changed: make another subscription, which begins where this one is");
            }
            QueueRoutes.checkDeadLetters(
                    context, exchange, settings(fields, subscription.settings()), subscription.settings());
            return subscriptions()
                    .change(topic, subscription.key().name(), before -> settings(fields, before))
                    .thenCompose(changed -> answer(topic, changed, 200));
        });
    }

    private CompletableFuture<HttpResponse> delete(Exchange exchange) {
        Topic topic = topic(exchange, Action.DELETE);
        Subscription subscription = subscription(exchange, topic);
        return exchange.noBody()
                .thenCompose(
                        none -> subscriptions().delete(topic, subscription.key().name()))
                .thenApply(deleted -> Answers.empty());
    }

    /** Storing how far one has come is part of the work; a subscription of another kind is moved by who set it up. */
    private CompletableFuture<HttpResponse> seek(Exchange exchange) {
        Topic topic = topic(exchange, Action.CONSUME);
        Subscription subscription = subscription(exchange, topic);
        if (subscription.kind() != SubscriptionKind.CUMULATIVE) {
            topic(exchange, Action.CONFIGURE);
        }
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            SubscriptionStart to = start("to", fields.requiredText("to"));
            int number = (int) fields.number("partition", 0, topic.partitionCount() - 1, -1);
            fields.end();
            List<CompletableFuture<Long>> parts = new ArrayList<>();
            for (int each = 0; each < topic.partitionCount(); each++) {
                if (number < 0 || number == each) {
                    parts.add(subscriptions().seek(subscription.queue(topic, each), topic.partition(each), to));
                }
            }
            return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]))
                    .thenCompose(done -> answer(topic, subscription, 200));
        });
    }

    private CompletableFuture<HttpResponse> answer(Topic topic, Subscription subscription, int status) {
        return subscriptions().stats(topic, subscription).thenApply(stats -> {
            ObjectNode node = json(topic, subscription);
            writeStats(node, topic, subscription, stats);
            return Answers.json(status, node);
        });
    }

    private static ObjectNode json(Topic topic, Subscription subscription) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", subscription.name())
                .put("topic", topic.name())
                .put("space", topic.key().space().value())
                .put("kind", subscription.kind().word())
                .put("createdMillis", subscription.createdMillis());
        if (subscription.filter() != null) {
            node.put("filter", subscription.filter().text());
        }
        ObjectNode settings = node.putObject("settings");
        settings.put("leaseMillis", subscription.settings().leaseMillis());
        if (subscription.settings().consumers().isPaused()) {
            settings.put("paused", true);
        }
        QueueRoutes.writeRetries(settings, subscription.settings());
        return node;
    }

    private static void writeStats(
            ObjectNode node, Topic topic, Subscription subscription, Map<Long, QueueStats> stats) {
        ArrayNode array = node.putArray("stats");
        List<QueueDefinition> queues = subscription.queues(topic);
        for (int number = 0; number < queues.size(); number++) {
            QueueStats now = stats.get(queues.get(number).logId());
            if (now != null) {
                array.addObject()
                        .put("partition", number)
                        .put("queue", queues.get(number).name())
                        .put("position", now.log().earliestOffset())
                        .put("endOffset", now.log().endOffset())
                        .put("ready", now.ready())
                        .put("leased", now.leased())
                        .put("delayed", now.delayed())
                        .put("damaged", now.damaged())
                        .put("dead", now.dead())
                        .put("waitingReceives", now.waiting());
            }
        }
    }
}
