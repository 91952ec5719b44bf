package io.millrace.broker.selector;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Selectors by their text, for those who are told the same text again and again: {@value #SELECTORS_MAX} of them, each
 * of {@value #TEXT_CHARS_MAX} characters at most. Longer ones are compiled each time. Any thread; takes no lock to find
 * one.
 */
public final class SelectorCache {
    static final int SELECTORS_MAX = 256;
    static final int TEXT_CHARS_MAX = 1_024;

    private final ConcurrentHashMap<String, Selector> selectors = new ConcurrentHashMap<>();

    /**
     * The selector that {@code text} is.
     *
     * @throws SelectorException where it is none
     */
    public Selector compiled(String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            return Selector.compile(text);
        }
        Selector known = selectors.get(text);
        if (known == null) {
            known = Selector.compile(text);
            if (selectors.size() >= SELECTORS_MAX) {
                selectors.clear(); // whatever is in use comes back
            }
            selectors.put(text, known);
        }
        return known;
    }

    int size() {
        return selectors.size();
    }
}
