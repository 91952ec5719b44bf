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
import io.millrace.broker.RoutedPublish;
import io.millrace.broker.RoutedPublish.Stored;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages into an exchange: one as the body of a request, or many in JSON. */
final class RoutedPublishRoutes {
    private final RestContext context;

    RoutedPublishRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.POST, "/v1/exchanges/{exchange}/messages", this::publishRaw),
                Route.of(HttpMethod.POST, "/v1/exchanges/{exchange}/publish", this::publishBatch));
    }

    private io.millrace.broker.routing.Exchange target(Exchange exchange) {
        return context.broker().access().exchangeToPublish(exchange.principal(), exchange.variable("exchange"));
    }

    private CompletableFuture<HttpResponse> publishRaw(Exchange exchange) {
        var target = target(exchange);
        MessageHeader header = MessageHeader.read(exchange);
        String routingKey = MessageHeader.routingKey(exchange);
        int most = Math.min(
                context.broker().options().messageBytesMax(),
                context.limits().requests().bodyBytesMax());
        return exchange.bytes(most)
                .thenCompose(body -> context.broker().publish(target, one(routingKey, header, body)))
                .thenApply(stored -> answerOne(stored.get(0)));
    }

    /** Says where one message is. */
    static HttpResponse answerOne(List<Stored> only) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        StoredJson.write(only, answer);
        return Answers.json(only.isEmpty() ? 200 : 201, answer);
    }

    private static RoutedPublish one(String routingKey, MessageHeader header, ByteBuf body) {
        RoutedPublish publish = new RoutedPublish();
        try {
            publish.add(routingKey, header.attributes(), header.properties(), body);
        } catch (IllegalArgumentException e) {
            body.release();
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
        return publish;
    }

    private CompletableFuture<HttpResponse> publishBatch(Exchange exchange) {
        var target = target(exchange);
        return exchange.jsonBytes(context.limits().requests().bodyBytesMax())
                .thenCompose(body -> {
                    try {
                        ExchangeTarget messages = BatchReader.read(body, exchange.allocator(), new ExchangeTarget());
                        return context.broker().publish(target, messages.publish());
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                    } finally {
                        body.release();
                    }
                })
                .thenApply(RoutedPublishRoutes::answer);
    }

    private static HttpResponse answer(List<List<Stored>> stored) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode messages = answer.putArray("messages");
        ArrayNode unroutable = JsonNodeFactory.instance.arrayNode();
        for (int index = 0; index < stored.size(); index++) {
            StoredJson.write(stored.get(index), messages.addObject());
            if (stored.get(index).isEmpty()) {
                unroutable.add(index);
            }
        }
        if (!unroutable.isEmpty()) {
            answer.set("unroutable", unroutable);
        }
        return Answers.json(unroutable.size() == stored.size() ? 200 : 201, answer);
    }
}
