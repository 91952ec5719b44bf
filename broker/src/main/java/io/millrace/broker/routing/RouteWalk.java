package io.millrace.broker.routing;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way through exchanges. It enters each exchange once, so that bindings in a circle end, and each
 * queue and each topic is found once, however many ways lead there. One thread, once.
 */
final class RouteWalk implements Matches {
    private final RoutingTable routing;
    private final RoutedMessage message;
    private final LongPredicate isStore;
    private final Set<Long> stores = new LinkedHashSet<>();
    private final Set<Long> entered = new HashSet<>();
    private final ArrayDeque<ExchangeState> ahead = new ArrayDeque<>();
    private boolean hasMatched;

    RouteWalk(RoutingTable routing, RoutedMessage message, LongPredicate isStore) {
        this.routing = routing;
        this.message = message;
        this.isStore = isStore;
    }

    /** The queues and topics that are reached from {@code first}, by what destinations know them by. */
    Set<Long> from(@Nullable ExchangeState first) {
        enter(first);
        while (!ahead.isEmpty()) {
            ExchangeState state = ahead.remove();
            hasMatched = false;
            state.table().match(message, this);
            if (!hasMatched) {
                enter(routing.alternate(state.exchange()));
            }
        }
        return stores;
    }

    private void enter(@Nullable ExchangeState state) {
        if (state != null && entered.add(state.exchange().id())) {
            ahead.add(state);
        }
    }

    @Override
    public boolean accepts(Binding binding) {
        Destination destination = binding.destination();
        boolean isThere =
                destination.isStore() ? isStore.test(destination.id()) : routing.state(destination.id()) != null;
        FilterPolicy filter = binding.filter();
        return isThere && (filter == null || filter.matches(message));
    }

    @Override
    public void take(Binding binding) {
        hasMatched = true;
        if (binding.destination().isStore()) {
            stores.add(binding.destination().id());
        } else {
            enter(routing.state(binding.destination().id()));
        }
    }
}
