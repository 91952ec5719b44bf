package io.millrace.broker.selector;

import org.jspecify.annotations.Nullable;

/**
 * A condition over headers and properties of messages, as message selectors of Jakarta Messaging 3.1 (section 3.8.1)
 * are written. The guide (docs/guide/selectors.md) has the rules, and where they leave something open, what holds here.
 * Immutable; any thread.
 */
public final class Selector {
    /** The longest text, in UTF-16 code units. */
    public static final int TEXT_CHARS_MAX = 16_384;

    /** How deep parentheses may nest. */
    public static final int NESTING_MAX = 100;

    private final String text;
    private final Condition condition;
    private final SelectorLayout layout;

    private Selector(String text, Condition condition, SelectorLayout layout) {
        this.text = text;
        this.condition = condition;
        this.layout = layout;
    }

    /**
     * The selector that {@code text} is; one that selects every message where the text is blank.
     *
     * @throws SelectorException where it is none, or is too long or too deep
     */
    public static Selector compile(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            throw new SelectorException(
                    text.codePointCount(0, TEXT_CHARS_MAX) + 1,
                    "the end, for a selector has at most " + TEXT_CHARS_MAX + " characters",
                    text.substring(TEXT_CHARS_MAX));
        }
        SelectorLayout.Builder slots = new SelectorLayout.Builder();
        Condition condition = new SelectorParser(text, slots).parse();
        return new Selector(text, condition, slots.build());
    }

    /** What it was compiled from. */
    public String text() {
        return text;
    }

    /** Something to look at messages with. */
    public SelectorMatcher newMatcher() {
        return new SelectorMatcher(condition, layout);
    }

    /** Whether the other is of the same text: they select the same messages then. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Selector selector && selector.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
