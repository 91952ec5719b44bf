package io.millrace.broker.routing;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of keys and patterns, which a dot separates. An empty key has no words; any other one has one word more
 * than dots, and words may be empty. In a pattern {@code *} is any one word and {@code #} any number of words, also
 * none (AMQP 0-9-1, section 3.1.3.3). Stateless; any thread.
 */
final class TopicWords {
    static final String ONE = "*";
    static final String MANY = "#";

    private TopicWords() {}

    static List<String> of(String key) {
        return key.isEmpty() ? List.of() : List.of(key.split("\\.", -1));
    }

    /**
     * The words of {@code pattern} in the one order in which all patterns that mean the same have them: of wildcards in
     * a row first each {@code *}, then one {@code #} if there is any. So what comes behind a {@code #} is no wildcard.
     */
    static List<String> ofPattern(String pattern) {
        List<String> words = new ArrayList<>();
        boolean isMany = false;
        for (String each : of(pattern)) {
            if (each.equals(MANY)) {
                isMany = true;
                continue;
            }
            if (isMany && !each.equals(ONE)) {
                words.add(MANY);
                isMany = false;
            }
            words.add(each);
        }
        if (isMany) {
            words.add(MANY);
        }
        return words;
    }
}
