package io.millrace.broker.selector;

/** Looks at messages with one selector, one after the other. One thread; a look allocates nothing. */
public final class SelectorMatcher {
    private final Condition condition;
    private final SelectorValues values;

    SelectorMatcher(Condition condition, SelectorLayout layout) {
        this.condition = condition;
        this.values = new SelectorValues(layout);
    }

    /** Whether the selector is true for {@code message}; where it is false or unknown, the message is not selected. */
    public boolean matches(SelectorMessage message) {
        values.take(message);
        return condition.test(values) == Truth.TRUE;
    }

    /**
     * How many bytes of texts the conditions have read so far, a text once for each that looks into it: what a selector
     * costs where texts are long and conditions many, for whoever bounds that.
     */
    public long bytesRead() {
        return values.bytesRead();
    }
}
