package io.millrace.broker.security;

import java.util.Locale;

/** How the text of a {@link NamePattern} is read. */
public enum PatternKind {
    /** The name itself. */
    LITERAL,
    /** What the name begins with. */
    PREFIX,
    /** {@code *} stands for any run of characters, {@code ?} for one; there is no escape. */
    GLOB,
    /** A regular expression that is searched for anywhere in the name, as RabbitMQ does: see {@link RegexSubset}. */
    REGEX;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** How definitions spell it. */
    public String word() {
        return word;
    }
}
