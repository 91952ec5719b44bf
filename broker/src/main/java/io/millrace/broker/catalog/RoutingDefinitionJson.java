package io.millrace.broker.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.catalog.Definition.BindingDefinition;
import io.millrace.broker.catalog.Definition.ExchangeDefinition;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.FilterPolicy;
import io.millrace.broker.routing.HashProperty;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.broker.security.JsonFields;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Exchanges and bindings as they are stored; see {@link DefinitionJson}. Stateless; any thread. */
final class RoutingDefinitionJson {
    private RoutingDefinitionJson() {}

    static void write(ObjectNode node, Exchange exchange) {
        ExchangeSettings settings = exchange.settings();
        node.put("space", exchange.key().space().value())
                .put("name", exchange.name())
                .put("id", exchange.id())
                .put("createdMillis", exchange.createdMillis())
                .put("type", settings.type().word())
                .put("internal", settings.internal());
        if (settings.alternate() != null) {
            node.put("alternate", settings.alternate().value());
        }
        if (settings.hashHeader() != null) {
            node.put("hashHeader", settings.hashHeader());
        }
        if (settings.hashProperty() != null) {
            node.put("hashProperty", settings.hashProperty().word());
        }
    }

    static ExchangeDefinition readExchange(JsonFields fields) {
        String space = fields.text("space");
        String name = fields.text("name");
        long id = fields.number("id");
        long createdMillis = fields.number("createdMillis");
        ExchangeType type = named(fields, "type", ExchangeType::named);
        boolean internal = fields.flag("internal");
        String alternate = fields.textIfPresent("alternate");
        String hashHeader = fields.textIfPresent("hashHeader");
        HashProperty hashProperty =
                fields.has("hashProperty") ? named(fields, "hashProperty", HashProperty::named) : null;
        return fields.end(() -> new ExchangeDefinition(new Exchange(
                new ExchangeKey(new SpaceName(space), new ResourceName(name)),
                id,
                createdMillis,
                new ExchangeSettings(
                        type,
                        internal,
                        alternate == null ? null : new ResourceName(alternate),
                        hashHeader,
                        hashProperty))));
    }

    static void write(ObjectNode node, Binding binding) {
        Destination destination = binding.destination();
        node.put("id", binding.id())
                .put("exchangeId", binding.source())
                .put("destinationKind", destination.kind().word())
                .put("destination", destination.name().value())
                .put("destinationId", destination.id())
                .put("createdMillis", binding.createdMillis())
                .put("routingKey", binding.routingKey());
        if (!binding.arguments().equals(MatchArguments.NONE)) {
            node.set("arguments", binding.arguments().json());
        }
        FilterPolicy filter = binding.filter();
        if (filter != null) {
            node.set("filter", filter.json());
        }
    }

    static BindingDefinition readBinding(JsonFields fields) {
        long id = fields.number("id");
        long source = fields.number("exchangeId");
        Destination.Kind kind = named(fields, "destinationKind", RoutingDefinitionJson::kind);
        String destination = fields.text("destination");
        long destinationId = fields.number("destinationId");
        long createdMillis = fields.number("createdMillis");
        String routingKey = fields.text("routingKey");
        MatchArguments arguments = fields.has("arguments")
                ? fields.made("arguments", () -> MatchArguments.of(fields.any("arguments")))
                : MatchArguments.NONE;
        FilterPolicy filter =
                fields.has("filter") ? fields.made("filter", () -> FilterPolicy.of(fields.any("filter"))) : null;
        return fields.end(() -> new BindingDefinition(new Binding(
                id,
                source,
                new Destination(kind, new ResourceName(destination), destinationId),
                routingKey,
                arguments,
                filter,
                createdMillis)));
    }

    private static Destination.@Nullable Kind kind(String word) {
        for (Destination.Kind each : Destination.Kind.values()) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        return null;
    }

    private static <T> T named(JsonFields fields, String field, Function<String, @Nullable T> named) {
        String word = fields.text(field);
        return fields.made(field, () -> {
            T found = named.apply(word);
            if (found == null) {
                throw new IllegalArgumentException("none that this version knows");
            }
            return found;
        });
    }
}
