package io.millrace.broker.routing;

import org.pcollections.TreePMap;

/**
 * An exchange with its bindings. Immutable; any thread.
 *
 * @param exchange the exchange
 * @param table its bindings, to be found by message
 * @param bindings the same by id
 */
record ExchangeState(Exchange exchange, BindingTable table, TreePMap<Long, Binding> bindings) {
    static ExchangeState of(Exchange exchange) {
        return new ExchangeState(exchange, BindingTable.of(exchange.settings()), TreePMap.empty());
    }

    ExchangeState plus(Binding binding) {
        return new ExchangeState(exchange, table.plus(binding), bindings.plus(binding.id(), binding));
    }

    ExchangeState minus(Binding binding) {
        return new ExchangeState(exchange, table.minus(binding), bindings.minus(binding.id()));
    }
}
