package io.millrace.broker.routing;

/** Bindings by their key. Immutable; any thread. */
record DirectTable(WordMap<BindingSet> byKey) implements BindingTable {
    static final DirectTable EMPTY = new DirectTable(WordMap.empty());

    @Override
    public DirectTable plus(Binding binding) {
        return new DirectTable(plus(byKey, binding.routingKey(), binding));
    }

    @Override
    public DirectTable minus(Binding binding) {
        return new DirectTable(minus(byKey, binding.routingKey(), binding));
    }

    @Override
    public void match(RoutedMessage message, Matches matches) {
        BindingSet found = byKey.get(message.routingKey());
        if (found != null) {
            found.forEach(matches::offer);
        }
    }

    static WordMap<BindingSet> plus(WordMap<BindingSet> sets, String key, Binding binding) {
        BindingSet there = sets.get(key);
        return sets.plus(key, (there == null ? BindingSet.EMPTY : there).plus(binding));
    }

    static WordMap<BindingSet> minus(WordMap<BindingSet> sets, String key, Binding binding) {
        BindingSet there = sets.get(key);
        if (there == null) {
            return sets;
        }
        BindingSet less = there.minus(binding);
        return less.isEmpty() ? sets.minus(key) : sets.plus(key, less);
    }
}
