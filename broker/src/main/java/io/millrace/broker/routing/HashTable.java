package io.millrace.broker.routing;

import io.millrace.base.Mix64;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bindings of which a message takes one: by weighted rendezvous hashing (Thaler and Ravishankar, 1998; with weights as
 * in Schindelhauer and Schomaker, 2005). Each binding draws a number from the message's text and its own destination,
 * and the greatest wins; so a binding that comes takes its share from all others, one that goes leaves its share to
 * them, and nothing else moves. The weight is the routing key of the binding; of several to one destination the
 * heaviest counts. Immutable; any thread.
 */
final class HashTable implements BindingTable {
    static final int WEIGHT_MAX = 1_000;
    /** Each message looks at each binding. */
    static final int BINDINGS_MAX = 1_024;

    private static final double UNIT = 0x1p-53;

    private final ExchangeSettings settings;
    private final Candidate[] candidates;

    private record Candidate(Binding binding, long seed, int weight) {}

    private HashTable(ExchangeSettings settings, Candidate[] candidates) {
        this.settings = settings;
        this.candidates = candidates;
    }

    static HashTable empty(ExchangeSettings settings) {
        return new HashTable(settings, new Candidate[0]);
    }

    @Override
    public HashTable plus(Binding binding) {
        if (candidates.length == BINDINGS_MAX) {
            throw new IllegalArgumentException(
                    "an exchange of the type consistent-hash has at most " + BINDINGS_MAX + " bindings");
        }
        Destination destination = binding.destination();
        // By name: a queue that is made anew has the messages that the one before had.
        long seed = StableHash.of(
                destination.kind().word() + " " + destination.name().value());
        Candidate[] more = Arrays.copyOf(candidates, candidates.length + 1);
        more[candidates.length] = new Candidate(binding, seed, weight(binding.routingKey()));
        return new HashTable(settings, more);
    }

    private static int weight(String text) {
        try {
            int weight = text.isEmpty() || text.charAt(0) == '+' ? 0 : Integer.parseInt(text);
            if (weight >= 1 && weight <= WEIGHT_MAX) {
                return weight;
            }
        } catch (NumberFormatException e) {
            // The same answer.
        }
        throw new IllegalArgumentException("the routing key of a binding of an exchange of the type consistent-hash is"
                + " its weight, a whole number from 1 to " + WEIGHT_MAX);
    }

    @Override
    public HashTable minus(Binding binding) {
        return new HashTable(
                settings,
                Arrays.stream(candidates)
                        .filter(each -> Binding.ORDER.compare(each.binding, binding) != 0)
                        .toArray(Candidate[]::new));
    }

    @Override
    public void match(RoutedMessage message, Matches matches) {
        long hash = StableHash.of(text(message));
        Candidate best = null;
        double bestDraw = Double.NEGATIVE_INFINITY;
        for (Candidate each : candidates) {
            double draw = draw(each, hash);
            if (isBetter(each, draw, best, bestDraw) && matches.accepts(each.binding)) {
                best = each;
                bestDraw = draw;
            }
        }
        if (best != null) {
            matches.take(best.binding);
        }
    }

    /** Evenly drawn from 0 to 1, its logarithm by the weight: the greatest is each one's with its share of chance. */
    private static double draw(Candidate candidate, long hash) {
        double even = ((Mix64.of(hash ^ candidate.seed) >>> 11) + 0.5) * UNIT;
        return StrictMath.log(even) / candidate.weight;
    }

    /** Equal draws, which are next to impossible, are decided in the same way in whatever order bindings came. */
    private static boolean isBetter(Candidate candidate, double draw, @Nullable Candidate best, double bestDraw) {
        return best == null
                || draw > bestDraw
                || (draw == bestDraw
                        && candidate.binding.destination().id()
                                < best.binding.destination().id());
    }

    private String text(RoutedMessage message) {
        Object value = message.routingKey();
        if (settings.hashHeader() != null) {
            value = message.header(settings.hashHeader());
        } else if (settings.hashProperty() != null) {
            value = settings.hashProperty().of(message.properties());
        }
        if (value == null) {
            return ""; // those that do not say go together
        }
        return value instanceof String text ? text : HeaderKey.value("", value);
    }
}
