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
import io.millrace.broker.MessageId;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.redrive.Redrive;
import io.millrace.broker.redrive.RedriveProgress;
import io.millrace.broker.redrive.RedriveRequest;
import io.millrace.broker.security.Action;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.selector.SelectorException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Redrives: messages of a queue moved to where they came from, or elsewhere. Begun here, looked at, and cancelled. */
final class RedriveRoutes {
    private static final String ALL = "/v1/queues/{queue}/redrive";
    private static final String ONE = ALL + "/{id}";

    private final RestContext context;

    RedriveRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.POST, ALL, this::begin),
                Route.of(HttpMethod.GET, ALL, this::list),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.DELETE, ONE, this::cancel));
    }

    private CompletableFuture<HttpResponse> begin(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.CONSUME);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX)
                .thenApply(fields ->
                        Answers.json(202, json(context.broker().redrives().begin(request(exchange, queue, fields)))));
    }

    private static RedriveRequest request(Exchange exchange, QueueDefinition queue, JsonObject fields) {
        String to = fields.text("to");
        String toTopic = fields.text("toTopic");
        String filter = fields.text("filter");
        String message = fields.text("message");
        long rate = fields.number("ratePerSecond", 0, RedriveRequest.RATE_MAX, RedriveRequest.UNBOUNDED);
        fields.end();
        try {
            return new RedriveRequest(
                    exchange.principal(),
                    queue,
                    target(to, toTopic),
                    filter == null ? null : Selector.compile(filter),
                    message == null ? null : messageId(message),
                    (int) rate);
        } catch (SelectorException e) {
            throw new ProblemException(Problem.INVALID_VALUE, "filter is wrong " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable MoveTarget target(@Nullable String queue, @Nullable String topic) {
        if (queue != null && topic != null) {
            throw new IllegalArgumentException("there is a queue, to, or a topic, toTopic, not both");
        }
        if (topic != null) {
            return MoveTarget.topic(topic);
        }
        return queue == null ? null : MoveTarget.queue(queue);
    }

    private static MessageId messageId(String text) {
        MessageId id = MessageId.parse(text);
        if (id == null) {
            throw new ProblemException(
                    Problem.INVALID_VALUE, "message is no id of a message: a look at the queue shows those");
        }
        return id;
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.CONSUME);
        return exchange.noBody().thenApply(none -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode array = body.putArray("redrives");
            context.broker().redrives().of(queue).forEach(each -> array.add(json(each)));
            return Answers.json(200, body);
        });
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.CONSUME);
        return exchange.noBody().thenApply(none -> Answers.json(200, json(there(exchange, queue))));
    }

    private CompletableFuture<HttpResponse> cancel(Exchange exchange) {
        QueueDefinition queue = context.queue(exchange, Action.CONSUME);
        return exchange.noBody().thenApply(none -> {
            Redrive redrive = there(exchange, queue);
            redrive.cancel();
            return Answers.json(202, json(redrive));
        });
    }

    private Redrive there(Exchange exchange, QueueDefinition queue) {
        String id = exchange.variable("id");
        return context.broker().redrives().of(queue).stream()
                .filter(each -> Long.toString(each.id()).equals(id))
                .findFirst()
                .orElseThrow(() -> new ProblemException(
                        Problem.REDRIVE_NOT_FOUND,
                        "queue " + queue.queue().name() + " has no redrive " + JsonObject.shown(id)
                                + "; the last ones are known, until the broker ends"));
    }

    private static ObjectNode json(Redrive redrive) {
        RedriveRequest request = redrive.request();
        RedriveProgress progress = redrive.progress();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("id", Long.toString(redrive.id()))
                .put("state", progress.state().name().toLowerCase(Locale.ROOT));
        MoveTarget target = request.target();
        if (target != null) {
            body.put(target.isTopic() ? "toTopic" : "to", target.name().value());
        }
        putIfSaid(body, "filter", request.filter());
        putIfSaid(body, "message", request.message());
        if (request.ratePerSecond() != RedriveRequest.UNBOUNDED) {
            body.put("ratePerSecond", request.ratePerSecond());
        }
        body.put("total", progress.total())
                .put("moved", progress.moved())
                .put("passedOver", progress.passedOver())
                .put("failed", progress.failed())
                .put("beganMillis", redrive.beganMillis());
        if (progress.endedMillis() != 0) {
            body.put("endedMillis", progress.endedMillis());
        }
        if (!progress.error().isEmpty()) {
            body.put("error", progress.error());
        }
        return body;
    }

    private static void putIfSaid(ObjectNode body, String field, @Nullable Object said) {
        if (said != null) {
            body.put(field, said.toString());
        }
    }
}
