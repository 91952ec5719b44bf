package io.millrace.api.rest;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.api.http.Exchange;
import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.api.http.Route;
import io.millrace.api.rest.TransactionReader.Acknowledging;
import io.millrace.api.rest.TransactionReader.Publishing;
import io.millrace.broker.Broker;
import io.millrace.broker.BrokerException;
import io.millrace.broker.BrokerTransaction;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.security.Action;
import io.millrace.broker.topic.Topic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Publishes and acknowledgements, in any queues, that take effect entirely or not at all. */
final class TransactionRoute {
    private final RestContext context;

    TransactionRoute(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(Route.of(HttpMethod.POST, "/v1/transactions", this::commit));
    }

    private CompletableFuture<HttpResponse> commit(Exchange exchange) {
        return exchange.jsonBytes(context.limits().requests().bodyBytesMax()).thenCompose(body -> {
            try {
                return commit(exchange, TransactionReader.read(body, exchange.allocator()));
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            } finally {
                body.release();
            }
        });
    }

    private CompletableFuture<HttpResponse> commit(Exchange exchange, TransactionReader asked) {
        Queues queues = new Queues(exchange);
        BrokerTransaction transaction = context.broker().begin();
        List<TransactionPublish> publishes = new ArrayList<>();
        boolean isTaken = false;
        try {
            for (Acknowledging each : asked.acknowledged()) {
                QueueDefinition queue = queues.get(each.queue(), Action.CONSUME)
                        .byLog(each.lease().logId());
                if (queue == null) {
                    // It is of another queue, or of one of the same name that is gone.
                    throw new ProblemException(
                            Problem.LEASE_LOST, "lease " + each.lease() + " is none of queue " + each.queue());
                }
                transaction.acknowledge(queue, each.lease());
            }
            for (Publishing each : asked.publishes()) {
                publishes.add(publish(exchange, queues, each));
            }
            for (TransactionPublish each : publishes) {
                each.addTo(transaction);
            }
            isTaken = true;
        } finally {
            if (!isTaken) {
                asked.release();
                publishes.forEach(TransactionPublish::release);
            }
        }
        return transaction.commit().thenApply(done -> TransactionPublish.answer(publishes));
    }

    private TransactionPublish publish(Exchange exchange, Queues queues, Publishing asked) {
        Broker broker = context.broker();
        if (asked.topic() != null) {
            Topic topic = broker.access().topic(exchange.principal(), asked.topic(), Action.PUBLISH);
            return new TransactionPublish(
                    TransactionPublish.TOPIC,
                    topic.name(),
                    broker.topics().spread(topic, asked.messages().forTopic()));
        }
        QueueDefinition queue =
                queues.get(String.valueOf(asked.queue()), Action.PUBLISH).asOne();
        return new TransactionPublish(
                TransactionPublish.QUEUE,
                queue.queue().name().value(),
                broker.spread(queue, asked.messages().forQueue()));
    }

    /** The queues of a request, each looked up, and permitted, once for each action. */
    private final class Queues {
        private final Exchange exchange;
        private final Map<Action, Map<String, ConsumedQueues>> known = new HashMap<>();

        Queues(Exchange exchange) {
            this.exchange = exchange;
        }

        ConsumedQueues get(String name, Action action) throws BrokerException {
            return known.computeIfAbsent(action, each -> new HashMap<>())
                    .computeIfAbsent(
                            name, each -> context.broker().access().consumed(exchange.principal(), each, action));
        }
    }
}
