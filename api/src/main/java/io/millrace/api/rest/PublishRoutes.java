package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.security.Action;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Messages into a queue: one as the body of a request, or many in JSON. */
final class PublishRoutes {
    private static final String HEADER_PREFIX = "millrace-header-";

    private final RestContext context;

    PublishRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.POST, "/v1/queues/{queue}/messages", this::publishRaw),
                Route.of(HttpMethod.POST, "/v1/queues/{queue}/publish", this::publishBatch));
    }

    private CompletableFuture<HttpResponse> publishRaw(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.PUBLISH);
        MessageProperties properties = properties(exchange);
        int most = Math.min(
                queue.settings().messageBytesMax(), context.broker().options().messageBytesMax());
        if (exchange.headers().contentLength() > most) {
            throw new ProblemException(
                    Problem.MESSAGE_TOO_LARGE, "queue " + queue.queue().name() + " takes at most " + most + " bytes");
        }
        int bytesMax = Math.min(most, context.limits().requests().bodyBytesMax());
        return exchange.bytes(bytesMax).thenCompose(body -> publish(exchange, queue, batch(properties, body), false));
    }

    private CompletableFuture<HttpResponse> publishBatch(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.PUBLISH);
        return exchange.jsonBytes(context.limits().requests().bodyBytesMax()).thenCompose(body -> {
            try {
                return publish(exchange, queue, BatchReader.read(body, exchange.allocator()), true);
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            } finally {
                body.release();
            }
        });
    }

    private CompletableFuture<HttpResponse> publish(
            Exchange exchange, QueueDefinition queue, NativeBatch batch, boolean many) {
        HttpPublish publish = new HttpPublish(context.broker(), exchange, queue, batch, many);
        context.broker().publish(queue, publish);
        return publish.answer();
    }

    private static NativeBatch batch(MessageProperties properties, ByteBuf body) {
        NativeBatch batch = new NativeBatch();
        try {
            batch.add(properties, body);
        } catch (IllegalArgumentException e) {
            body.release();
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
        return batch;
    }

    private static MessageProperties properties(Exchange exchange) {
        List<Header> headers = new ArrayList<>(0);
        for (Map.Entry<AsciiString, String> each : exchange.headers()) {
            String name = each.getKey().toString();
            if (name.startsWith(HEADER_PREFIX)) {
                String shortName = name.substring(HEADER_PREFIX.length());
                if (headers.stream().anyMatch(header -> header.name().equals(shortName))) {
                    throw new ProblemException(Problem.INVALID_VALUE, "header " + name + " is there twice");
                }
                headers.add(new Header(shortName, String.valueOf(exchange.header(name))));
            }
        }
        if (headers.size() > BatchReader.HEADERS_MAX) {
            throw new ProblemException(
                    Problem.INVALID_VALUE, "a message has at most " + BatchReader.HEADERS_MAX + " headers");
        }
        return new MessageProperties(
                exchange.header("millrace-key"),
                exchange.header(HttpHeaderNames.CONTENT_TYPE.toString()),
                exchange.header("millrace-correlation-id"),
                exchange.header("millrace-reply-to"),
                exchange.header("millrace-message-id"),
                headers);
    }
}
