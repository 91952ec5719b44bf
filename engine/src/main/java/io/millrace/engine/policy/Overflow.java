package io.millrace.engine.policy;

import org.jspecify.annotations.Nullable;

/** What a queue does that is longer than it may be. */
public enum Overflow {
    /** It takes no more messages until some were consumed; what it has taken stays. */
    REJECT("reject"),
    /** Its oldest messages are gone. */
    DROP_OLDEST("drop-oldest"),
    /** Its oldest messages go to where its dead letters go. */
    DEAD_LETTER("dead-letter");

    private final String word;

    Overflow(String word) {
        this.word = word;
    }

    /** How definitions and requests spell it. */
    public String word() {
        return word;
    }

    /** That of the word; null where there is none. */
    public static @Nullable Overflow named(String word) {
        for (Overflow each : values()) {
            if (each.word.equals(word)) {
                return each;
            }
        }
        return null;
    }
}
