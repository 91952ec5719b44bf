package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.Route;
import io.millrace.broker.NamePage;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.security.Action;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.broker.topic.UnsettledRetention;
import io.millrace.engine.QueueStats;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Topics: list, make, look at, configure, remove. */
final class TopicRoutes {
    private static final String ONE = "/v1/topics/{topic}";

    private final RestContext context;

    TopicRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/v1/topics", this::list).withQuery("prefix", "after", "limit"),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.PUT, ONE, this::make),
                Route.of(HttpMethod.PATCH, ONE, this::configure),
                Route.of(HttpMethod.DELETE, ONE, this::delete));
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        NamePage page = NameLists.page(exchange);
        List<Topic> found = context.broker().access().topics(exchange.principal(), page);
        return exchange.noBody()
                .thenApply(none -> NameLists.answer("topics", page, found, Topic::name, i -> json(found.get(i))));
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        Topic topic = context.topic(exchange, Action.DESCRIBE);
        return exchange.noBody().thenCompose(none -> answer(topic, 200));
    }

    private CompletableFuture<HttpResponse> make(Exchange exchange) {
        TopicKey key =
                context.broker().access().topicKey(exchange.principal(), exchange.variable("topic"), Action.CREATE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            // What the request does not say is not compared with what is there.
            Topic there = context.broker().catalog().snapshot().topics().get(key);
            int partitions = partitions(fields, there == null ? 1 : there.partitionCount());
            TopicSettings settings = settings(fields, there == null ? defaults(fields) : there.settings());
            return context.broker()
                    .topics()
                    .create(key, partitions, settings)
                    .thenCompose(made -> answer(made.topic(), made.isNew() ? 201 : 200));
        });
    }

    /** A compacted topic keeps its messages for ever unless it is said: the latest of a key is of no age. */
    private static TopicSettings defaults(JsonObject fields) {
        TopicSettings usual = TopicSettings.DEFAULT;
        return Boolean.TRUE.equals(fields.flag("compacted"))
                ? new TopicSettings(
                        TopicSettings.UNLIMITED,
                        usual.retentionBytes(),
                        true,
                        usual.tombstoneMillis(),
                        usual.messageBytesMax(),
                        usual.deduplicationMillis(),
                        usual.unsettled())
                : usual;
    }

    private CompletableFuture<HttpResponse> configure(Exchange exchange) {
        Topic topic = context.topic(exchange, Action.CONFIGURE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            Integer partitions = fields.has("partitions") ? partitions(fields, topic.partitionCount()) : null;
            // What is wrong with the request is said before anything is asked for.
            settings(fields, topic.settings());
            return context.broker()
                    .topics()
                    .change(topic.key(), partitions, before -> settings(fields, before))
                    .thenCompose(changed -> answer(changed, 200));
        });
    }

    private CompletableFuture<HttpResponse> delete(Exchange exchange) {
        Topic topic = context.topic(exchange, Action.DELETE);
        return exchange.noBody()
                .thenCompose(none -> context.broker().topics().delete(topic.key()))
                .thenApply(deleted -> Answers.empty());
    }

    private static int partitions(JsonObject fields, int otherwise) {
        return (int) fields.number("partitions", 1, Topic.PARTITIONS_MAX, otherwise);
    }

    private static TopicSettings settings(JsonObject fields, TopicSettings base) {
        long retentionMillis =
                fields.number("retentionMillis", 0, DeliveryAttributes.SPAN_MILLIS_MAX, base.retentionMillis());
        long retentionBytes =
                fields.number("retentionBytes", 0, TopicSettings.RETENTION_BYTES_MAX, base.retentionBytes());
        Boolean isCompacted = fields.flag("compacted");
        long tombstoneMillis =
                fields.number("tombstoneMillis", 0, DeliveryAttributes.SPAN_MILLIS_MAX, base.tombstoneMillis());
        long messageBytesMax =
                fields.number("messageBytesMax", 1, QueueSettings.MESSAGE_BYTES_MAX, base.messageBytesMax());
        long deduplicationMillis = fields.number(
                "deduplicationMillis", 1, QueueSettings.DEDUPLICATION_MILLIS_MAX, base.deduplicationMillis());
        UnsettledRetention unsettled = unsettled(fields, base.unsettled());
        fields.end();
        return new TopicSettings(
                retentionMillis,
                retentionBytes,
                isCompacted == null ? base.isCompacted() : isCompacted,
                tombstoneMillis,
                (int) messageBytesMax,
                deduplicationMillis,
                unsettled);
    }

    private static UnsettledRetention unsettled(JsonObject fields, UnsettledRetention base) {
        Boolean isKept = fields.flag("keepUnsettled");
        long millisMax = fields.number("unsettledMillis", 0, DeliveryAttributes.SPAN_MILLIS_MAX, base.millisMax());
        long bytesMax = fields.number("unsettledBytes", 0, TopicSettings.RETENTION_BYTES_MAX, base.bytesMax());
        return new UnsettledRetention(isKept == null ? base.isKept() : isKept, millisMax, bytesMax);
    }

    private CompletableFuture<HttpResponse> answer(Topic topic, int status) {
        return context.broker().topics().stats(topic).thenApply(stats -> {
            ObjectNode node = json(topic);
            writeStats(node, topic, stats);
            return Answers.json(status, node);
        });
    }

    private static ObjectNode json(Topic topic) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", topic.name())
                .put("space", topic.key().space().value())
                .put("createdMillis", topic.createdMillis())
                .put("partitions", topic.partitionCount());
        writeSettings(node.putObject("settings"), topic.settings());
        return node;
    }

    private static void writeSettings(ObjectNode node, TopicSettings settings) {
        if (settings.retentionMillis() != TopicSettings.UNLIMITED) {
            node.put("retentionMillis", settings.retentionMillis());
        }
        if (settings.retentionBytes() != TopicSettings.UNLIMITED) {
            node.put("retentionBytes", settings.retentionBytes());
        }
        UnsettledRetention unsettled = settings.unsettled();
        if (unsettled.isKept()) {
            node.put("keepUnsettled", true);
        }
        if (unsettled.isKept() && unsettled.millisMax() != TopicSettings.UNLIMITED) {
            node.put("unsettledMillis", unsettled.millisMax());
        }
        if (unsettled.isKept() && unsettled.bytesMax() != TopicSettings.UNLIMITED) {
            node.put("unsettledBytes", unsettled.bytesMax());
        }
        if (settings.isCompacted()) {
            node.put("compacted", true).put("tombstoneMillis", settings.tombstoneMillis());
        }
        node.put("messageBytesMax", settings.messageBytesMax())
                .put("deduplicationMillis", settings.deduplicationMillis());
    }

    private static void writeStats(ObjectNode node, Topic topic, Map<Long, QueueStats> stats) {
        ArrayNode array = node.putArray("stats");
        for (TopicPartition partition : topic.partitions()) {
            QueueStats now = stats.get(partition.logId());
            if (now != null) {
                array.addObject()
                        .put("partition", partition.number())
                        .put("earliestOffset", now.log().earliestOffset())
                        .put("endOffset", now.log().endOffset())
                        .put("bytes", now.log().bytes())
                        .put("published", now.counters().published())
                        .put("waitingReads", now.log().waitingReads());
            }
        }
    }
}
