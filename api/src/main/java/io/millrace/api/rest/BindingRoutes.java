package io.millrace.api.rest;

import com.fasterxml.jackson.databind.JsonNode;
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
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.ResourceName;
import io.millrace.broker.catalog.CatalogSnapshot;
import io.millrace.broker.catalog.ExchangeCatalog;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.FilterPolicy;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.broker.security.Action;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The bindings of an exchange: list, make, look at, remove by id or by what they say. */
final class BindingRoutes {
    private static final String ALL = "/v1/exchanges/{exchange}/bindings";
    private static final String ONE = ALL + "/{binding}";
    private static final int LISTED = 100;
    private static final int LISTED_MAX = 1_000;
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

    private final RestContext context;

    BindingRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, ALL, this::list).withQuery("after", "limit"),
                Route.of(HttpMethod.POST, ALL, this::make),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.DELETE, ONE, this::delete),
                Route.of(HttpMethod.POST, "/v1/exchanges/{exchange}/unbind", this::unbind));
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        var source = context.exchange(exchange, Action.DESCRIBE);
        int most = (int) RestContext.number(exchange, "limit", 1, LISTED_MAX, LISTED);
        long after = RestContext.number(exchange, "after", 0, Long.MAX_VALUE, 0);
        CatalogSnapshot snapshot = snapshot();
        List<Binding> found = snapshot.routing()
                .bindings(source.id(), after)
                .filter(snapshot::isAlive)
                .limit(most)
                .toList();
        return exchange.noBody().thenApply(none -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode array = body.putArray("bindings");
            found.forEach(each -> array.add(json(source.name(), each)));
            if (found.size() == most) {
                body.put("next", found.get(found.size() - 1).id());
            }
            return Answers.json(200, body);
        });
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        var source = context.exchange(exchange, Action.DESCRIBE);
        Binding found = binding(exchange, source.id());
        return exchange.noBody().thenApply(none -> Answers.json(200, json(source.name(), found)));
    }

    private CompletableFuture<HttpResponse> make(Exchange exchange) {
        var source = context.exchange(exchange, Action.CONSUME);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            BindingRequest request = request(exchange, source, fields);
            return catalog()
                    .bind(request)
                    .thenApply(made -> Answers.json(made.isNew() ? 201 : 200, json(source.name(), made.binding())));
        });
    }

    private CompletableFuture<HttpResponse> unbind(Exchange exchange) {
        var source = context.exchange(exchange, Action.CONSUME);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX)
                .thenCompose(fields -> catalog().unbind(request(exchange, source, fields)))
                .thenApply(removed -> Answers.empty());
    }

    private CompletableFuture<HttpResponse> delete(Exchange exchange) {
        var source = context.exchange(exchange, Action.CONSUME);
        Binding found = binding(exchange, source.id());
        Destination destination = found.destination();
        context.broker()
                .access()
                .binding(
                        exchange.principal(),
                        source.name(),
                        destination.kind(),
                        destination.name().value());
        return exchange.noBody()
                .thenCompose(none -> catalog().unbind(source.key(), found.id()))
                .thenApply(removed -> Answers.empty());
    }

    private Binding binding(Exchange exchange, long source) {
        String text = exchange.variable("binding");
        CatalogSnapshot snapshot = snapshot();
        Binding found = ID.matcher(text).matches() ? snapshot.routing().binding(source, Long.parseLong(text)) : null;
        if (found == null || !snapshot.isAlive(found)) {
            throw new BrokerException(BrokerError.BINDING_NOT_FOUND, "the exchange has no such binding");
        }
        return found;
    }

    private BindingRequest request(Exchange exchange, io.millrace.broker.routing.Exchange source, JsonObject fields) {
        String queue = fields.text("queue");
        String topic = fields.text("topic");
        String other = fields.text("exchange");
        String routingKey = fields.text("routingKey");
        JsonNode arguments = fields.any("arguments");
        JsonNode filter = fields.any("filter");
        fields.end();
        List<String> said =
                Stream.of(queue, topic, other).filter(Objects::nonNull).toList();
        if (said.size() != 1) {
            throw new ProblemException(
                    Problem.INVALID_VALUE, "a binding leads to a queue, or to a topic, or to an exchange");
        }
        String destination = said.get(0);
        Destination.Kind kind = queue != null
                ? Destination.Kind.QUEUE
                : topic != null ? Destination.Kind.TOPIC : Destination.Kind.EXCHANGE;
        context.broker().access().binding(exchange.principal(), source.name(), kind, destination);
        try {
            return new BindingRequest(
                    source.key(),
                    kind,
                    new ResourceName(destination),
                    routingKey == null ? "" : routingKey,
                    arguments == null ? MatchArguments.NONE : MatchArguments.of(arguments),
                    filter == null ? null : FilterPolicy.of(filter));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
    }

    private static ObjectNode json(String source, Binding binding) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", binding.id())
                .put("source", source)
                .put(
                        binding.destination().kind().word(),
                        binding.destination().name().value())
                .put("routingKey", binding.routingKey())
                .put("createdMillis", binding.createdMillis());
        if (!binding.arguments().equals(MatchArguments.NONE)) {
            node.set("arguments", binding.arguments().json());
        }
        FilterPolicy filter = binding.filter();
        if (filter != null) {
            node.set("filter", filter.json());
        }
        return node;
    }

    private CatalogSnapshot snapshot() {
        return context.broker().catalog().snapshot();
    }

    private ExchangeCatalog catalog() {
        return context.broker().catalog().exchanges();
    }
}
