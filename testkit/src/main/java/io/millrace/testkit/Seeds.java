package io.millrace.testkit;

import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.LongStream;

/** The seeds of one test, from the settings of the build. Immutable. */
final class Seeds {
    static final String SEED = "seed";
    static final String BASE = "seeds.base";
    static final String RUNS = "seeds.runs";

    private final Function<String, Optional<String>> settings;

    /** Seeds for these settings, by name. */
    Seeds(Function<String, Optional<String>> settings) {
        this.settings = settings;
    }

    /** The seeds for the test of this name, {@code runs} of them unless the settings say otherwise. */
    LongStream of(String test, int runs) {
        if (runs < 1) {
            throw new IllegalArgumentException("runs " + runs + " is below 1");
        }
        Optional<Long> replayed = setting(SEED);
        if (replayed.isPresent()) {
            return LongStream.of(replayed.get());
        }
        long factor = setting(RUNS).orElse(1L);
        if (factor < 1) {
            throw new IllegalArgumentException(RUNS + " " + factor + " is below 1");
        }
        // A different stream per test, so that tests of one shape do not all walk the same path.
        long start = new SplittableRandom(setting(BASE).orElse(0L)).nextLong() + test.hashCode();
        return new SplittableRandom(start).longs(Math.multiplyExact(runs, factor));
    }

    private Optional<Long> setting(String name) {
        return settings.apply(name).map(text -> {
            try {
                return Long.decode(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(name + " is not a whole number: " + text, e);
            }
        });
    }
}
