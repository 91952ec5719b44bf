package io.millrace.broker.routing;

import org.jspecify.annotations.Nullable;

/** How many of its arguments a binding of a headers exchange asks for, as RabbitMQ spells it in {@code x-match}. */
enum MatchMode {
    ALL("all", false),
    ANY("any", false),
    ALL_WITH_X("all-with-x", true),
    ANY_WITH_X("any-with-x", true);

    private final String word;
    private final boolean withX;

    MatchMode(String word, boolean withX) {
        this.word = word;
        this.withX = withX;
    }

    static @Nullable MatchMode named(String word) {
        for (MatchMode each : values()) {
            if (each.word.equals(word)) {
                return each;
            }
        }
        return null;
    }

    /** Whether one argument is enough. */
    boolean isAny() {
        return this == ANY || this == ANY_WITH_X;
    }

    /** Whether the argument {@code name} counts: those of protocols begin with {@code x-}. */
    boolean counts(String name) {
        return withX || !name.startsWith("x-");
    }
}
