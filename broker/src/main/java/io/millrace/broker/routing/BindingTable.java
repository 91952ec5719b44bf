package io.millrace.broker.routing;

/** The bindings of one exchange, arranged so that those for a message are found fast. Immutable; any thread. */
interface BindingTable {
    /** An empty one for an exchange with {@code settings}. */
    static BindingTable of(ExchangeSettings settings) {
        return switch (settings.type()) {
            case DIRECT -> DirectTable.EMPTY;
            case FANOUT -> FanoutTable.EMPTY;
            case TOPIC -> TopicTable.EMPTY;
            case HEADERS -> HeadersTable.EMPTY;
            case CONSISTENT_HASH -> HashTable.empty(settings);
        };
    }

    /** This with {@code binding}; an {@link IllegalArgumentException} says why it cannot be taken. */
    BindingTable plus(Binding binding);

    /** This without {@code binding}. */
    BindingTable minus(Binding binding);

    /** Offers those that {@code message} fits to {@code matches}. */
    void match(RoutedMessage message, Matches matches);
}
