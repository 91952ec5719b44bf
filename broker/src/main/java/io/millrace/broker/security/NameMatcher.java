package io.millrace.broker.security;

import com.google.re2j.Pattern;

/**
 * A compiled {@link NamePattern}: says whether a name matches, in time linear in the name.
 *
 * <p>Stateless; any thread. Allocates nothing except where {@link #isCostly}.
 */
interface NameMatcher {
    boolean matches(CharSequence name);

    /** Whether a match allocates and takes so long that its result is worth remembering. */
    default boolean isCostly() {
        return false;
    }

    /** Picks the cheapest matcher that says the same as the pattern. */
    static NameMatcher of(NamePattern pattern) {
        return switch (pattern.kind()) {
            case LITERAL -> literal(pattern.text());
            case PREFIX -> prefix(pattern.text());
            case GLOB -> GlobMatcher.of(pattern.text());
            case REGEX -> regex(pattern.text());
        };
    }

    static NameMatcher any() {
        return name -> true;
    }

    static NameMatcher literal(String text) {
        return text::contentEquals;
    }

    static NameMatcher prefix(String start) {
        return name -> {
            if (name.length() < start.length()) {
                return false;
            }
            for (int at = 0; at < start.length(); at++) {
                if (name.charAt(at) != start.charAt(at)) {
                    return false;
                }
            }
            return true;
        };
    }

    private static NameMatcher regex(String text) {
        String body = text.startsWith("^") ? text.substring(1) : text;
        if (body.isEmpty() || body.equals(".*") || body.equals(".*$")) {
            return any();
        }
        return searching(RegexSubset.compile(text));
    }

    private static NameMatcher searching(Pattern pattern) {
        return new NameMatcher() {
            @Override
            public boolean matches(CharSequence name) {
                return pattern.matcher(name).find();
            }

            @Override
            public boolean isCostly() {
                return true;
            }
        };
    }
}
