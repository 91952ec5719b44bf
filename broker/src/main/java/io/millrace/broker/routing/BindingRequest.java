package io.millrace.broker.routing;

import io.millrace.broker.ResourceName;
import org.jspecify.annotations.Nullable;

/**
 * A binding as it is asked for, by names. Immutable; any thread.
 *
 * @param source the exchange
 * @param kind what it leads to
 * @param destination the name of that, in the same space
 * @param routingKey what the type of the exchange goes by: a key, a pattern, a weight
 * @param arguments what an exchange of the type headers goes by
 * @param filter what a message has to have beyond that
 */
public record BindingRequest(
        ExchangeKey source,
        Destination.Kind kind,
        ResourceName destination,
        String routingKey,
        MatchArguments arguments,
        @Nullable FilterPolicy filter) {
    /** Checks the key; an {@link IllegalArgumentException} says what is wrong with it. */
    public BindingRequest {
        RoutingKey.check("routingKey", routingKey);
    }

    /** The binding that it asks for, between things that are there. */
    public Binding binding(long id, long sourceId, Destination found, long createdMillis) {
        return new Binding(id, sourceId, found, routingKey, arguments, filter, createdMillis);
    }
}
