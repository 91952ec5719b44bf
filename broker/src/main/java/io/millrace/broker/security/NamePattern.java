package io.millrace.broker.security;

import io.millrace.broker.NameRule;

/**
 * Which names a statement is about. Case counts. Texts are at most {@value NameRule#NAME_BYTES_MAX} bytes (literal,
 * prefix) or {@value #WILD_CHARS_MAX} characters (glob, regular expression); whatever the text, matching a name takes
 * time linear in the name.
 *
 * <p>Immutable; any thread. Matching is done by its {@link NameMatcher}, compiled once.
 */
public record NamePattern(PatternKind kind, String text) {
    public static final int WILD_CHARS_MAX = 512;

    /** @throws IllegalArgumentException if the text is not a pattern of its kind; says what and where */
    public NamePattern {
        switch (kind) {
            case LITERAL -> NameRule.check("literal pattern", text);
            case PREFIX -> checkPrefix(text);
            case GLOB -> checkLength(text);
            case REGEX -> {
                checkLength(text);
                RegexSubset.compile(text);
            }
        }
    }

    /** Every name. */
    public static NamePattern any() {
        return new NamePattern(PatternKind.GLOB, "*");
    }

    public static NamePattern literal(String name) {
        return new NamePattern(PatternKind.LITERAL, name);
    }

    public static NamePattern prefix(String start) {
        return new NamePattern(PatternKind.PREFIX, start);
    }

    public static NamePattern glob(String text) {
        return new NamePattern(PatternKind.GLOB, text);
    }

    public static NamePattern regex(String text) {
        return new NamePattern(PatternKind.REGEX, text);
    }

    private static void checkPrefix(String start) {
        boolean dotsOnly = start.equals(".") || start.equals("..");
        if (!dotsOnly) {
            NameRule.check("prefix pattern", start);
        }
    }

    private static void checkLength(String text) {
        if (text.isEmpty() || text.length() > WILD_CHARS_MAX) {
            throw new IllegalArgumentException("a pattern has 1 to " + WILD_CHARS_MAX + " characters");
        }
    }
}
