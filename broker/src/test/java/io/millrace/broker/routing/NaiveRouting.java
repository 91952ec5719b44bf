package io.millrace.broker.routing;

import io.millrace.broker.message.MessageProperties.Header;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Routing as its description says it, without a thought for speed: what the real one is compared with. */
final class NaiveRouting {
    final Map<Long, Exchange> exchanges = new LinkedHashMap<>();
    final List<Binding> bindings = new ArrayList<>();
    final Set<Long> queues = new TreeSet<>();

    /** The queues for {@code message}. */
    Set<Long> route(Exchange first, RoutedMessage message) {
        Set<Long> found = new TreeSet<>();
        Set<Long> entered = new TreeSet<>();
        List<Exchange> ahead = new ArrayList<>();
        ahead.add(first);
        while (!ahead.isEmpty()) {
            Exchange exchange = ahead.remove(ahead.size() - 1);
            if (!exchanges.containsKey(exchange.id()) || !entered.add(exchange.id())) {
                continue;
            }
            List<Binding> taken = bindings.stream()
                    .filter(each -> each.source() == exchange.id()
                            && isThere(each.destination())
                            && fits(exchange, each, message)
                            && (each.filter() == null || each.filter().matches(message)))
                    .toList();
            for (Binding each : taken) {
                if (each.destination().isStore()) {
                    found.add(each.destination().id());
                } else {
                    ahead.add(exchanges.get(each.destination().id()));
                }
            }
            if (taken.isEmpty() && exchange.settings().alternate() != null) {
                exchanges.values().stream()
                        .filter(each ->
                                each.key().name().equals(exchange.settings().alternate()))
                        .forEach(ahead::add);
            }
        }
        return found;
    }

    private boolean isThere(Destination destination) {
        return destination.isStore() ? queues.contains(destination.id()) : exchanges.containsKey(destination.id());
    }

    private static boolean fits(Exchange exchange, Binding binding, RoutedMessage message) {
        return switch (exchange.settings().type()) {
            case DIRECT -> binding.routingKey().equals(message.routingKey());
            case FANOUT -> true;
            case TOPIC -> fitsTopic(binding.routingKey(), message.routingKey());
            case HEADERS -> fitsHeaders(binding.arguments(), message);
            case CONSISTENT_HASH -> throw new AssertionError("one of them, which depends on the others");
        };
    }

    static boolean fitsTopic(String pattern, String key) {
        return fitsTopic(words(pattern), words(key));
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split("\\.", -1));
    }

    private static boolean fitsTopic(List<String> pattern, List<String> key) {
        if (pattern.isEmpty()) {
            return key.isEmpty();
        }
        String first = pattern.get(0);
        List<String> rest = pattern.subList(1, pattern.size());
        if (first.equals("#")) {
            return fitsTopic(rest, key) || (!key.isEmpty() && fitsTopic(pattern, key.subList(1, key.size())));
        }
        return !key.isEmpty()
                && (first.equals("*") || first.equals(key.get(0)))
                && fitsTopic(rest, key.subList(1, key.size()));
    }

    /** Reads the arguments' text again, in its own way. */
    private static boolean fitsHeaders(MatchArguments arguments, RoutedMessage message) {
        String text = arguments.text();
        boolean isAny = text.contains("\"x-match\":\"any");
        boolean withX = text.contains("-with-x");
        int wanted = 0;
        int there = 0;
        for (String part : text.substring(1, text.length() - 1).split(",", -1)) {
            if (part.isEmpty() || part.startsWith("\"x-match\"") || (part.startsWith("\"x-") && !withX)) {
                continue;
            }
            wanted++;
            String name = part.substring(1, part.indexOf(':') - 1);
            String value = part.substring(part.indexOf(':') + 1);
            there += message.properties().headers().stream().anyMatch(each -> fitsHeader(each, name, value)) ? 1 : 0;
        }
        return isAny ? there > 0 : there == wanted;
    }

    private static boolean fitsHeader(Header header, String name, String json) {
        Object value = header.value();
        String spelled = value instanceof String text ? "\"" + text + "\"" : value.toString();
        return header.name().equals(name) && (json.equals("null") || json.equals(spelled));
    }
}
