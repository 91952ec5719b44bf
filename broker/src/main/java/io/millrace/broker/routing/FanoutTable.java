package io.millrace.broker.routing;

/** Bindings of which a message takes all. Immutable; any thread. */
record FanoutTable(BindingSet all) implements BindingTable {
    static final FanoutTable EMPTY = new FanoutTable(BindingSet.EMPTY);

    @Override
    public FanoutTable plus(Binding binding) {
        return new FanoutTable(all.plus(binding));
    }

    @Override
    public FanoutTable minus(Binding binding) {
        return new FanoutTable(all.minus(binding));
    }

    @Override
    public void match(RoutedMessage message, Matches matches) {
        all.forEach(matches::offer);
    }
}
