package io.millrace.broker.security;

import java.util.Locale;

/** What a statement does: a matching {@link #DENY} wins over every {@link #ALLOW}; where nothing matches, it is no. */
public enum Effect {
    ALLOW,
    DENY;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** How definitions spell it. */
    public String word() {
        return word;
    }
}
