package io.millrace.api.rest;

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
import io.millrace.broker.Access;
import io.millrace.broker.NamePage;
import io.millrace.broker.ResourceName;
import io.millrace.broker.catalog.ExchangeCatalog;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.HashProperty;
import io.millrace.broker.security.Action;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Exchanges: list, make, look at, remove. */
final class ExchangeRoutes {
    private static final String ONE = "/v1/exchanges/{exchange}";

    private final RestContext context;

    ExchangeRoutes(RestContext context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(
                Route.of(HttpMethod.GET, "/v1/exchanges", this::list).withQuery("prefix", "after", "limit"),
                Route.of(HttpMethod.GET, ONE, this::show),
                Route.of(HttpMethod.PUT, ONE, this::make),
                Route.of(HttpMethod.DELETE, ONE, this::delete).withQuery("ifUnused"));
    }

    private CompletableFuture<HttpResponse> list(Exchange exchange) {
        NamePage page = NameLists.page(exchange);
        var found = access().exchanges(exchange.principal(), page);
        return exchange.noBody()
                .thenApply(none -> NameLists.answer(
                        "exchanges", page, found, io.millrace.broker.routing.Exchange::name, i -> json(found.get(i))));
    }

    private CompletableFuture<HttpResponse> show(Exchange exchange) {
        var found = context.exchange(exchange, Action.DESCRIBE);
        return exchange.noBody().thenApply(none -> Answers.json(200, json(found)));
    }

    private CompletableFuture<HttpResponse> make(Exchange exchange) {
        String name = exchange.variable("exchange");
        ExchangeKey key = access().exchangeKey(exchange.principal(), name, Action.CREATE);
        return exchange.json(RestContext.SMALL_BODY_BYTES_MAX).thenCompose(fields -> {
            // What the request does not say is not compared with what is there.
            var there = context.broker().catalog().snapshot().routing().exchange(key);
            ExchangeSettings base = there == null ? ExchangeSettings.of(ExchangeType.DIRECT) : there.settings();
            ExchangeSettings settings = settings(fields, base);
            access().exchangeToMake(exchange.principal(), name, settings);
            return catalog()
                    .create(key, settings)
                    .thenApply(made -> Answers.json(made.isNew() ? 201 : 200, json(made.exchange())));
        });
    }

    private CompletableFuture<HttpResponse> delete(Exchange exchange) {
        var found = context.exchange(exchange, Action.DELETE);
        boolean ifUnused = RestContext.flag(exchange, "ifUnused");
        return exchange.noBody()
                .thenCompose(none -> catalog().delete(found.key(), ifUnused))
                .thenApply(deleted -> Answers.empty());
    }

    private static ExchangeSettings settings(JsonObject fields, ExchangeSettings base) {
        String type = fields.text("type");
        Boolean internal = fields.flag("internal");
        String alternate = fields.text("alternate");
        String hashHeader = fields.text("hashHeader");
        String hashProperty = fields.text("hashProperty");
        fields.end();
        try {
            return new ExchangeSettings(
                    type == null ? base.type() : type(type),
                    internal == null ? base.internal() : internal,
                    alternate == null ? base.alternate() : new ResourceName(alternate),
                    hashHeader == null ? base.hashHeader() : hashHeader,
                    hashProperty == null ? base.hashProperty() : property(hashProperty));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.INVALID_VALUE, String.valueOf(e.getMessage()));
        }
    }

    private static ExchangeType type(String word) {
        ExchangeType type = ExchangeType.named(word);
        if (type == null) {
            throw new IllegalArgumentException("type is none of "
                    + Arrays.stream(ExchangeType.values())
                            .map(ExchangeType::word)
                            .collect(Collectors.joining(", ")));
        }
        return type;
    }

    private static HashProperty property(String word) {
        HashProperty property = HashProperty.named(word);
        if (property == null) {
            throw new IllegalArgumentException("hashProperty is none of "
                    + Arrays.stream(HashProperty.values())
                            .map(HashProperty::word)
                            .collect(Collectors.joining(", ")));
        }
        return property;
    }

    private ObjectNode json(io.millrace.broker.routing.Exchange shown) {
        ExchangeSettings settings = shown.settings();
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", shown.name())
                .put("space", shown.key().space().value())
                .put("createdMillis", shown.createdMillis())
                .put("type", settings.type().word())
                .put("internal", settings.internal());
        @Nullable ResourceName alternate = settings.alternate();
        if (alternate != null) {
            node.put("alternate", alternate.value());
        }
        if (settings.hashHeader() != null) {
            node.put("hashHeader", settings.hashHeader());
        }
        @Nullable HashProperty property = settings.hashProperty();
        if (property != null) {
            node.put("hashProperty", property.word());
        }
        return node.put(
                "bindings", context.broker().catalog().snapshot().routing().bindingCount(shown.id()));
    }

    private Access access() {
        return context.broker().access();
    }

    private ExchangeCatalog catalog() {
        return context.broker().catalog().exchanges();
    }
}
