package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.HttpLimits;
import io.millrace.api.http.Route;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.DefinedLog;
import io.millrace.broker.security.Action;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The messages of a partition of a topic, or of a queue, in the order of their offsets. Nothing changes by it. */
final class LogReadRoutes {
    private static final int MESSAGES = 100;
    private static final String[] QUERY = {"from", "limit", "bytesMax", "waitMillis"};

    private final RestContext context;

    LogReadRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/v1/topics/{topic}/partitions/{partition}/messages", this::readPartition)
                        .withQuery(QUERY),
                Route.of(HttpMethod.GET, "/v1/queues/{queue}/log", this::readQueue)
                        .withQuery(QUERY));
    }

    private CompletableFuture<HttpResponse> readPartition(Exchange exchange) {
        TopicPartition partition = partition(context.topic(exchange, Action.CONSUME), exchange.variable("partition"));
        ReadFrom from = from(exchange);
        // Where only keys decide what goes, nobody has missed a message whose key has no later one.
        boolean isKeyed = partition.topic().settings().isCompacted()
                && !partition.topic().settings().isLimited();
        return read(exchange, partition, from, isKeyed || !from.isOffset());
    }

    static TopicPartition partition(Topic topic, String number) {
        if (number.matches("\\d{1,9}") && Integer.parseInt(number) < topic.partitionCount()) {
            return topic.partition(Integer.parseInt(number));
        }
        throw new BrokerException(
                BrokerError.PARTITION_NOT_FOUND,
                "topic " + topic.name() + " has the partitions 0 to " + (topic.partitionCount() - 1));
    }

    /** Consumers settle messages of a queue in any order: whoever reads it sees gaps. */
    private CompletableFuture<HttpResponse> readQueue(Exchange exchange) {
        return read(exchange, context.queue(exchange, Action.PEEK), from(exchange), true);
    }

    private static ReadFrom from(Exchange exchange) {
        return ReadFrom.parse(RestContext.text(exchange, "from"));
    }

    private CompletableFuture<HttpResponse> read(
            Exchange exchange, DefinedLog log, ReadFrom from, boolean passesOverGaps) {
        HttpLimits limits = context.limits();
        int most = limits.answers().messagesMax();
        int messagesMax = (int) RestContext.number(exchange, "limit", 1, most, Math.min(MESSAGES, most));
        int bytesMost = limits.answers().bytesMax();
        int bytesMax = (int) RestContext.number(exchange, "bytesMax", 1, bytesMost, bytesMost);
        long waitMillis =
                RestContext.number(exchange, "waitMillis", 0, limits.times().waitMillisMax(), 0);
        HttpRead.Bounds bounds = new HttpRead.Bounds(messagesMax, bytesMax, waitMillis);
        return exchange.noBody().thenCompose(none -> {
            exchange.allowMillis(waitMillis + limits.times().requestMillisMax());
            return HttpRead.begin(exchange, context.broker(), log, from, bounds, passesOverGaps);
        });
    }
}
