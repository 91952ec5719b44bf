package io.millrace.broker.routing;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A way out of an exchange. Two bindings are the same if all but their ids and dates are: where they come from and lead
 * to, key, arguments and filter. Immutable; any thread.
 *
 * @param id what it is known by; no other one has it
 * @param source the exchange, by its id
 * @param destination where it leads
 * @param routingKey what the type of the exchange goes by: a key, a pattern, a weight
 * @param arguments what an exchange of the type headers goes by
 * @param filter what a message has to have beyond that
 * @param createdMillis when it was made, epoch milliseconds
 */
public record Binding(
        long id,
        long source,
        Destination destination,
        String routingKey,
        MatchArguments arguments,
        @Nullable FilterPolicy filter,
        long createdMillis) {
    /** By all that makes two bindings the same. */
    static final Comparator<Binding> ORDER = Comparator.comparingLong(Binding::source)
            .thenComparingLong(binding -> binding.destination.id())
            .thenComparing(Binding::routingKey)
            .thenComparing(binding -> binding.arguments.text())
            .thenComparing(Binding::filterText);

    /** Checks the key. */
    public Binding {
        RoutingKey.check("routingKey", routingKey);
    }

    private String filterText() {
        return filter == null ? "" : filter.text();
    }
}
