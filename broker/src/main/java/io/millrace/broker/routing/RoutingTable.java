package io.millrace.broker.routing;

import io.millrace.broker.NameRule;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * All exchanges and bindings at one moment. A binding whose exchange, or whose destination, is gone counts for nothing
 * and is shown to nobody, until whoever keeps the table takes it out. Immutable; any thread. Making a changed one costs
 * the logarithm of its size, and the length of the key.
 */
public final class RoutingTable {
    /** Nothing. */
    public static final RoutingTable EMPTY =
            new RoutingTable(TreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty());

    private final TreePMap<ExchangeKey, Exchange> exchanges;
    private final PMap<Long, ExchangeState> states;
    private final PMap<Long, BindingSet> byDestination;

    private RoutingTable(
            TreePMap<ExchangeKey, Exchange> exchanges,
            PMap<Long, ExchangeState> states,
            PMap<Long, BindingSet> byDestination) {
        this.exchanges = exchanges;
        this.states = states;
        this.byDestination = byDestination;
    }

    // What is there.

    /** The exchange of that name. */
    public @Nullable Exchange exchange(ExchangeKey key) {
        return exchanges.get(key);
    }

    /** The exchange with that id. */
    public @Nullable Exchange exchange(long id) {
        ExchangeState state = states.get(id);
        return state == null ? null : state.exchange();
    }

    /** The exchanges of {@code space} by name, from {@code from} on, which is any text; others are not looked at. */
    public Stream<Exchange> exchanges(SpaceName space, String from) {
        ResourceName first = NameRule.fault(from) == null ? new ResourceName(from) : ResourceName.LEAST;
        return exchanges.tailMap(new ExchangeKey(space, first)).values().stream()
                .takeWhile(exchange -> exchange.key().space().equals(space))
                .dropWhile(exchange -> exchange.name().compareTo(from) < 0);
    }

    /** The binding with that id of the exchange {@code source}. */
    public @Nullable Binding binding(long source, long id) {
        ExchangeState state = states.get(source);
        return state == null ? null : state.bindings().get(id);
    }

    /** The bindings of the exchange {@code source} by id, from behind {@code after} on, dead ones included. */
    public Stream<Binding> bindings(long source, long after) {
        ExchangeState state = states.get(source);
        return state == null ? Stream.empty() : state.bindings().tailMap(after, false).values().stream();
    }

    /** How many bindings the exchange {@code source} has, dead ones included. */
    public int bindingCount(long source) {
        ExchangeState state = states.get(source);
        return state == null ? 0 : state.bindings().size();
    }

    /** The bindings that lead to the queue, topic or exchange {@code destination}, dead ones included. */
    public List<Binding> bindingsTo(long destination) {
        List<Binding> found = new ArrayList<>();
        byDestination.getOrDefault(destination, BindingSet.EMPTY).forEach(found::add);
        return found;
    }

    /** The binding that is the same as {@code binding}, whatever its id. */
    public @Nullable Binding same(Binding binding) {
        return byDestination
                .getOrDefault(binding.destination().id(), BindingSet.EMPTY)
                .find(binding);
    }

    // The way of a message.

    /**
     * The queues and topics that {@code message}, published to {@code exchange}, goes to, by what {@link Destination}s
     * know them by and each once. An exchange none of whose own bindings takes it gives it to its alternate exchange.
     *
     * @param isStore whether there is a queue or a topic that is known by that
     */
    public Set<Long> route(Exchange exchange, RoutedMessage message, LongPredicate isStore) {
        return new RouteWalk(this, message, isStore).from(states.get(exchange.id()));
    }

    @Nullable
    ExchangeState state(long id) {
        return states.get(id);
    }

    @Nullable
    ExchangeState alternate(Exchange exchange) {
        ResourceName name = exchange.settings().alternate();
        Exchange found = name == null
                ? null
                : exchanges.get(new ExchangeKey(exchange.key().space(), name));
        return found == null ? null : states.get(found.id());
    }

    // Changed tables.

    /** This with {@code exchange}, which is new and has no bindings. */
    public RoutingTable plus(Exchange exchange) {
        return new RoutingTable(
                exchanges.plus(exchange.key(), exchange),
                states.plus(exchange.id(), ExchangeState.of(exchange)),
                byDestination);
    }

    /** This without {@code exchange}; its bindings, and those that lead to it, are dead. */
    public RoutingTable minus(Exchange exchange) {
        return new RoutingTable(exchanges.minus(exchange.key()), states.minus(exchange.id()), byDestination);
    }

    /** This with {@code binding}; an {@link IllegalArgumentException} says why its exchange cannot take it. */
    public RoutingTable plus(Binding binding) {
        ExchangeState state = states.get(binding.source());
        long destination = binding.destination().id();
        BindingSet there = byDestination.getOrDefault(destination, BindingSet.EMPTY);
        return new RoutingTable(
                exchanges,
                state == null ? states : states.plus(binding.source(), state.plus(binding)),
                byDestination.plus(destination, there.plus(binding)));
    }

    /** This without {@code binding}. */
    public RoutingTable minus(Binding binding) {
        ExchangeState state = states.get(binding.source());
        long destination = binding.destination().id();
        BindingSet less =
                byDestination.getOrDefault(destination, BindingSet.EMPTY).minus(binding);
        return new RoutingTable(
                exchanges,
                state == null ? states : states.plus(binding.source(), state.minus(binding)),
                less.isEmpty() ? byDestination.minus(destination) : byDestination.plus(destination, less));
    }
}
