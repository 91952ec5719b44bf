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
import io.millrace.broker.BrokerConsumers;
import io.millrace.broker.ConsumedQueues;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.Principal;
import io.millrace.broker.security.ResourceKind;
import io.millrace.engine.ConsumerState;
import io.millrace.engine.ConsumerTerms;
import io.millrace.engine.MessageFilter;
import io.millrace.engine.Receive;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Consumers of a queue, or of those of a subscription. One that comes over HTTP has no connection: it has an id, which
 * is of use to its user only, and lives as long as it is heard of.
 */
final class ConsumerRoutes {
    /** For how long a consumer lives that does not say it, and is not heard of. */
    static final long LIFE_MILLIS = TimeUnit.SECONDS.toMillis(30);

    static final long LIFE_MILLIS_MIN = TimeUnit.SECONDS.toMillis(1);
    static final long LIFE_MILLIS_MAX = TimeUnit.HOURS.toMillis(1);

    private static final String ALL = "/v1/queues/{queue}/consumers";
    private static final String ONE = ALL + "/{consumer}";
    private static final int HEX = 16;

    private final RestContext context;
    private final Selectors selectors;

    ConsumerRoutes(RestContext context, Selectors selectors) {
        this.context = context;
        this.selectors = selectors;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, ALL, this::list),
                Route.of(HttpMethod.POST, ALL, this::attach),
                Route.of(HttpMethod.POST, ONE + "/renew", this::renew),
                Route.of(HttpMethod.DELETE, ONE, this::detach).withQuery("keepLeases"));
    }

    private BrokerConsumers consumers() {
        return context.broker().consumers();
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        ConsumedQueues queues = context.consumed(exchange, Action.DESCRIBE);
        return exchange.noBody().thenCompose(none -> consumers().list(queues)).thenApply(all -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode array = body.putArray("consumers");
            all.forEach(each -> {
                ObjectNode node = json(each.state());
                if (each.queue() != null) {
                    node.put("queue", each.queue().name());
                }
                array.add(node);
            });
            return Answers.json(200, body);
        });
    }

    private CompletableFuture<HttpResponse> attach(Exchange exchange) {
        ConsumedQueues queues = context.consumed(exchange, Action.CONSUME);
        String owner = exchange.principal().userName();
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX)
                .thenCompose(fields -> consumers().attach(queues, terms(owner, fields)))
                .thenApply(made -> Answers.json(201, json(made)));
    }

    private ConsumerTerms terms(String owner, JsonObject fields) {
        long priority = fields.number("priority", Integer.MIN_VALUE, Integer.MAX_VALUE, 0);
        Boolean isExclusive = fields.flag("exclusive");
        long lifeMillis = fields.number("timeToLiveMillis", LIFE_MILLIS_MIN, LIFE_MILLIS_MAX, LIFE_MILLIS);
        MessageFilter filter = selectors.filter(fields);
        fields.end();
        return new ConsumerTerms(
                owner,
                (int) priority,
                Boolean.TRUE.equals(isExclusive),
                TimeUnit.MILLISECONDS.toNanos(lifeMillis),
                filter);
    }

    private CompletableFuture<HttpResponse> renew(Exchange exchange) {
        ConsumedQueues queues = context.consumed(exchange, Action.CONSUME);
        long number = number(exchange.variable("consumer"));
        String owner = exchange.principal().userName();
        return exchange.noBody()
                .thenCompose(none -> consumers().renew(queues, number, owner))
                .thenApply(renewed -> Answers.json(200, json(renewed)));
    }

    /** Whoever may change the settings of the queue may end the consumers of others, too. */
    private CompletableFuture<HttpResponse> detach(Exchange exchange) {
        ConsumedQueues queues = context.consumed(exchange, Action.CONSUME);
        long number = number(exchange.variable("consumer"));
        boolean keepsLeases = RestContext.flag(exchange, "keepLeases");
        Principal principal = exchange.principal();
        boolean mayEndAny = context.broker()
                .access()
                .permissions()
                .allows(principal, Action.CONFIGURE, ResourceKind.QUEUE, principal.space(), queues.name());
        String owner = mayEndAny ? null : principal.userName();
        return exchange.noBody()
                .thenCompose(none -> consumers().detach(queues, number, owner, keepsLeases))
                .thenApply(done -> Answers.empty());
    }

    private static ObjectNode json(ConsumerState consumer) {
        ConsumerTerms terms = consumer.terms();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", Long.toHexString(consumer.number()))
                .put("owner", terms.owner())
                .put("priority", terms.priority())
                .put("exclusive", terms.isExclusive())
                .put("active", consumer.isActive())
                .put("leased", consumer.leased())
                .put("waitingReceives", consumer.waiting())
                .put("attachedMillis", consumer.attachedMillis());
        if (terms.lifeNanos() != ConsumerTerms.UNTIL_DETACHED) {
            node.put("timeToLiveMillis", TimeUnit.NANOSECONDS.toMillis(terms.lifeNanos()));
        }
        if (terms.filter() != null) {
            node.put("selector", terms.filter().toString());
        }
        return node;
    }

    /** The number of the consumer that clients call {@code id}; whatever is none is one that is not there. */
    static long number(String id) {
        try {
            long number = Long.parseUnsignedLong(id, HEX);
            if (number != Receive.NOBODY) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The same answer.
        }
        throw new ProblemException(Problem.CONSUMER_NOT_FOUND, "no consumer has an id like that; attach one");
    }
}
