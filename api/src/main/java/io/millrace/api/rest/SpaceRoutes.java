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
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.SpaceDefinition;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.ResourceKind;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Spaces: list, make, look at, remove. The root space is always there. */
final class SpaceRoutes {
    private static final String ONE = "/v1/spaces/{space}";

    private final RestContext context;

    SpaceRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/v1/spaces", this::list),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.PUT, ONE, this::make),
                Route.of(HttpMethod.DELETE, ONE, this::delete));
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        return exchange.noBody().thenApply(none -> {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            ArrayNode array = body.putArray("spaces");
            if (maySee(exchange, SpaceName.ROOT)) {
                array.add(json(SpaceName.ROOT, 0));
            }
            for (SpaceDefinition each :
                    context.broker().catalog().snapshot().spaces().values()) {
                if (maySee(exchange, each.name())) {
                    array.add(json(each.name(), each.createdMillis()));
                }
            }
            return Answers.json(200, body);
        });
    }

    private boolean maySee(Exchange exchange, SpaceName space) {
        return context.broker()
                .access()
                .permissions()
                .allows(exchange.principal(), Action.DESCRIBE, ResourceKind.SPACE, space.value());
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        SpaceName name = name(exchange, Action.DESCRIBE);
        return exchange.noBody().thenApply(none -> {
            SpaceDefinition space =
                    context.broker().catalog().snapshot().spaces().get(name);
            if (space == null && !name.equals(SpaceName.ROOT)) {
                throw new BrokerException(BrokerError.SPACE_NOT_FOUND, "there is no space " + name);
            }
            return Answers.json(200, json(name, space == null ? 0 : space.createdMillis()));
        });
    }

    private CompletableFuture<HttpResponse> make(Exchange exchange) {
        SpaceName name = name(exchange, Action.CREATE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            fields.end();
            return context.broker()
                    .catalog()
                    .createSpace(name)
                    .thenApply(made -> Answers.json(200, json(made.name(), made.createdMillis())));
        });
    }

    private CompletableFuture<HttpResponse> delete(Exchange exchange) {
        SpaceName name = name(exchange, Action.DELETE);
        return exchange.noBody()
                .thenCompose(none -> context.broker().catalog().deleteSpace(name))
                .thenApply(deleted -> Answers.empty());
    }

    private SpaceName name(Exchange exchange, Action action) {
        SpaceName name;
        try {
            name = new SpaceName(exchange.variable("space"));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
        context.broker().access().require(exchange.principal(), action, ResourceKind.SPACE, name.value());
        return name;
    }

    private static ObjectNode json(SpaceName name, long createdMillis) {
        return JsonNodeFactory.instance.objectNode().put("name", name.value()).put("createdMillis", createdMillis);
    }
}
