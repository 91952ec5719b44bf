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
import io.millrace.broker.Broker;
import io.millrace.broker.NativePublish;
import io.millrace.broker.ProducerNumber;
import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.security.Action;
import io.millrace.broker.topic.TopicMessage;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.engine.Refusal;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Messages of a producer that numbers them, for one partition: stored together, and once, however often they are
 * published.
 */
final class NumberedPublishRoute {
    private final RestContext context;

    NumberedPublishRoute(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(Route.of(HttpMethod.POST, "/v1/topics/{topic}/partitions/{partition}/publish", this::publish)
                .withQuery("producer", "epoch", "sequence"));
    }

    private CompletableFuture<HttpResponse> publish(Exchange exchange) {
        TopicPartition partition =
                LogReadRoutes.partition(context.topic(exchange, Action.PUBLISH), exchange.variable("partition"));
        ProducerNumber number = number(exchange);
        return exchange.jsonBytes(context.limits().requests().bodyBytesMax()).thenCompose(body -> {
            try {
                Messages messages = BatchReader.read(body, exchange.allocator(), new Messages());
                Numbered publish = new Numbered(context.broker(), partition, messages.batch);
                publish.by(number);
                context.broker().publish(partition, publish);
                return publish.answer;
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            } finally {
                body.release();
            }
        });
    }

    private static ProducerNumber number(Exchange exchange) {
        String producer = RestContext.text(exchange, "producer");
        if (producer.isEmpty()) {
            throw new ProblemException(Problem.INVALID_VALUE, "query parameter producer names who publishes");
        }
        long sequence = RestContext.number(exchange, "sequence", 0, Integer.MAX_VALUE, -1);
        if (sequence < 0) {
            throw new ProblemException(
                    Problem.INVALID_VALUE, "query parameter sequence is the number of the first message, from 0 on");
        }
        long epoch = RestContext.number(exchange, "epoch", 0, ProducerNumber.EPOCH_MAX, 0);
        return ProducerNumber.of(producer, (int) epoch, (int) sequence);
    }

    /** The messages of a request, in one batch. One thread. */
    private static final class Messages implements MessageTarget {
        private final NativeBatch batch = new NativeBatch(DeliveryAttributes.NONE);

        @Override
        public void add(
                MessageAddress address, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
            String fault = TopicMessage.fault(attributes, properties);
            if (fault == null && properties.deduplicationId() != null) {
                fault = "has a number of its producer, and no deduplication id beside it";
            }
            if (fault != null) {
                throw new IllegalArgumentException(fault);
            }
            batch.add(properties, body);
        }

        @Override
        public void release() {
            batch.release();
        }
    }

    private static final class Numbered extends NativePublish {
        private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        private final Broker broker;
        private final TopicPartition partition;

        Numbered(Broker broker, TopicPartition partition, NativeBatch batch) {
            super(batch);
            this.broker = broker;
            this.partition = partition;
        }

        @Override
        protected void onPublished(long firstOffset) {
            answer(firstOffset, false);
        }

        @Override
        protected void onPublishedBefore(long firstOffset) {
            answer(firstOffset, true);
        }

        private void answer(long firstOffset, boolean isDuplicate) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            ArrayNode messages = json.putArray("messages");
            for (int i = 0; i < count(); i++) {
                StoredJson.write(new Stored(partition, firstOffset + i, isDuplicate), messages.addObject());
            }
            answer.complete(Answers.json(201, json));
        }

        @Override
        protected void onFailed(Refusal reason) {
            answer.completeExceptionally(broker.refused(reason, partition));
        }
    }
}
