package io.millrace.api.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Answers;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.TopicPublish;
import io.millrace.broker.security.Action;
import io.millrace.broker.topic.Topic;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages into a topic: one as the body of a request, or many in JSON. */
final class TopicPublishRoutes {
    private final RestContext context;

    TopicPublishRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.POST, "/v1/topics/{topic}/messages", this::publishRaw),
                Route.of(HttpMethod.POST, "/v1/topics/{topic}/publish", this::publishBatch));
    }

    private CompletableFuture<HttpResponse> publishRaw(Exchange exchange) {
        Topic topic = context.topic(exchange, Action.PUBLISH);
        MessageHeader header = MessageHeader.read(exchange);
        int partition = MessageHeader.partition(exchange);
        int most = Math.min(
                topic.settings().messageBytesMax(), context.broker().options().messageBytesMax());
        if (exchange.headers().contentLength() > most) {
            throw new ProblemException(
                    Problem.MESSAGE_TOO_LARGE, "topic " + topic.name() + " takes at most " + most + " bytes");
        }
        int bytesMax = Math.min(most, context.limits().requests().bodyBytesMax());
        return exchange.bytes(bytesMax)
                .thenCompose(body -> context.broker().topics().publish(topic, one(partition, header, body)))
                .thenApply(stored -> {
                    ObjectNode answer = JsonNodeFactory.instance.objectNode();
                    StoredJson.write(stored.get(0), answer);
                    return Answers.json(201, answer);
                });
    }

    private static TopicPublish one(int partition, MessageHeader header, ByteBuf body) {
        TopicPublish publish = new TopicPublish();
        try {
            publish.add(partition, header.attributes(), header.properties(), body);
        } catch (IllegalArgumentException e) {
            body.release();
            throw new ProblemException(Problem.INVALID_VALUE, "the message " + e.getMessage());
        }
        return publish;
    }

    private CompletableFuture<HttpResponse> publishBatch(Exchange exchange) {
        Topic topic = context.topic(exchange, Action.PUBLISH);
        return exchange.jsonBytes(context.limits().requests().bodyBytesMax())
                .thenCompose(body -> {
                    try {
                        TopicTarget messages = BatchReader.read(body, exchange.allocator(), new TopicTarget());
                        return context.broker().topics().publish(topic, messages.publish());
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                    } finally {
                        body.release();
                    }
                })
                .thenApply(TopicPublishRoutes::answer);
    }

    private static HttpResponse answer(List<Stored> stored) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode messages = answer.putArray("messages");
        stored.forEach(each -> StoredJson.write(each, messages.addObject()));
        return Answers.json(201, answer);
    }
}
