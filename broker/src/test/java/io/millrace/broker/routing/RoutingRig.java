package io.millrace.broker.routing;

import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Makes exchanges, bindings and messages as tests write them. */
final class RoutingRig {
    private RoutingRig() {}

    static Exchange exchange(long id, String name, ExchangeSettings settings) {
        return new Exchange(new ExchangeKey(SpaceName.ROOT, new ResourceName(name)), id, 0, settings);
    }

    static Exchange exchange(long id, ExchangeType type) {
        return exchange(id, "x" + id, ExchangeSettings.of(type));
    }

    static Destination queue(long log) {
        return new Destination(Destination.Kind.QUEUE, new ResourceName("q" + log), log);
    }

    static Destination to(Exchange exchange) {
        return new Destination(Destination.Kind.EXCHANGE, exchange.key().name(), exchange.id());
    }

    static Binding binding(long id, long source, Destination destination, String key) {
        return new Binding(id, source, destination, key, MatchArguments.NONE, null, 0);
    }

    static Binding binding(long id, long source, Destination destination, String key, String arguments, String filter) {
        return new Binding(
                id,
                source,
                destination,
                key,
                MatchArguments.ofText(arguments),
                filter.isEmpty() ? null : FilterPolicy.ofText(filter),
                0);
    }

    static RoutedMessage message(String key) {
        return new RoutedMessage(key, MessageProperties.NONE);
    }

    static RoutedMessage message(String key, Map<String, Object> headers) {
        List<Header> list = new ArrayList<>();
        headers.forEach((name, value) -> list.add(new Header(name, value)));
        return new RoutedMessage(key, new MessageProperties(null, null, null, null, null, null, null, list));
    }

    /** The ids of the bindings of {@code table} that {@code message} takes, whatever they lead to. */
    static Set<Long> taken(BindingTable table, RoutedMessage message) {
        Set<Long> ids = new TreeSet<>();
        table.match(message, new Matches() {
            @Override
            public boolean accepts(Binding binding) {
                return binding.filter() == null || binding.filter().matches(message);
            }

            @Override
            public void take(Binding binding) {
                ids.add(binding.id());
            }
        });
        return ids;
    }
}
