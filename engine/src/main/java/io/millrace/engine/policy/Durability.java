package io.millrace.engine.policy;

import org.jspecify.annotations.Nullable;

/**
 * What a publish to a queue, and a settlement of its messages, waits for before it is answered. In any case messages
 * are delivered only once they are on stable storage, so nobody ever sees one that a crash could take back.
 */
public enum Durability {
    /** Stable storage: what was answered survives the loss of power. */
    SYNCED("synced"),
    /** The operating system: what was answered survives the end of the process, and not that of the machine. */
    OS("os"),
    /** Nothing: what was answered within the last moments is lost with the process. */
    MEMORY("memory");

    private final String word;

    Durability(String word) {
        this.word = word;
    }

    /** How definitions and requests spell it. */
    public String word() {
        return word;
    }

    /** That of the word; null where there is none. */
    public static @Nullable Durability named(String word) {
        for (Durability each : values()) {
            if (each.word.equals(word)) {
                return each;
            }
        }
        return null;
    }
}
