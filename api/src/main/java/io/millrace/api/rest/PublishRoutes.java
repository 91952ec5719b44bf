package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.security.Action;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages into a queue: one as the body of a request, or many in JSON. */
final class PublishRoutes {
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
        MessageHeader header = MessageHeader.read(exchange);
        int most = Math.min(
                queue.settings().messageBytesMax(), context.broker().options().messageBytesMax());
        if (exchange.headers().contentLength() > most) {
            throw new ProblemException(
                    Problem.MESSAGE_TOO_LARGE, "queue " + queue.queue().name() + " takes at most " + most + " bytes");
        }
        int bytesMax = Math.min(most, context.limits().requests().bodyBytesMax());
        return exchange.bytes(bytesMax)
                .thenCompose(body -> publish(exchange, queue, List.of(batch(header, body)), false));
    }

    private CompletableFuture<HttpResponse> publishBatch(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.PUBLISH);
        return exchange.jsonBytes(context.limits().requests().bodyBytesMax()).thenCompose(body -> {
            try {
                return publish(
                        exchange,
                        queue,
                        BatchReader.read(body, exchange.allocator(), new QueueTarget())
                                .batches(),
                        true);
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            } finally {
                body.release();
            }
        });
    }

    private CompletableFuture<HttpResponse> publish(
            Exchange exchange, QueueDefinition queue, List<NativeBatch> batches, boolean many) {
        return new HttpPublish(context.broker(), exchange, queue, batches, many).begin();
    }

    private static NativeBatch batch(MessageHeader header, ByteBuf body) {
        NativeBatch batch = new NativeBatch(header.attributes());
        try {
            batch.add(header.properties(), body);
        } catch (IllegalArgumentException e) {
            body.release();
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
        return batch;
    }
}
