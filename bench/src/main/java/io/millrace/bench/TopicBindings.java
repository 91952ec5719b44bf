package io.millrace.bench;

import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.MatchArguments;
import java.util.SplittableRandom;

/**
 * Bindings of a topic exchange as many services would make them, each to a queue of its own. Keys have four words, like
 * {@code eu-7.service-12.event-11.47}; of ten patterns five are a key, three have one or two {@code *}, one ends and
 * one begins with {@code #}. One thread.
 */
final class TopicBindings {
    static final Exchange EXCHANGE = new Exchange(
            new ExchangeKey(SpaceName.ROOT, new ResourceName("events")), 1, 0, ExchangeSettings.of(ExchangeType.TOPIC));

    private static final int REGIONS = 10;
    private static final int SERVICES = 50;
    private static final int EVENTS = 20;
    private static final int NUMBERS = 100;

    private final SplittableRandom random = new SplittableRandom(1);
    private long next = 2;

    String key() {
        return region() + "." + service() + "." + event() + "." + number();
    }

    private String pattern() {
        return switch (random.nextInt(10)) {
            case 0 -> "*." + service() + "." + event() + "." + number();
            case 1 -> region() + "." + service() + ".*." + number();
            case 2 -> "*." + service() + ".*." + number();
            case 3 -> region() + "." + service() + "." + event() + ".#";
            case 4 -> "#." + event() + "." + number();
            default -> key();
        };
    }

    Binding next() {
        long id = next++;
        Destination queue = new Destination(Destination.Kind.QUEUE, new ResourceName("queue-" + id), id);
        return new Binding(id, EXCHANGE.id(), queue, pattern(), MatchArguments.NONE, null, 0);
    }

    private String region() {
        return "eu-" + random.nextInt(REGIONS);
    }

    private String service() {
        return "service-" + random.nextInt(SERVICES);
    }

    private String event() {
        return "event-" + random.nextInt(EVENTS);
    }

    private String number() {
        return Integer.toString(random.nextInt(NUMBERS));
    }
}
