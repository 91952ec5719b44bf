package io.millrace.broker.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in the trie of patterns: the patterns that end here, and those that go on with a word, a {@code *} or a
 * {@code #}. Immutable; any thread.
 *
 * @param here the bindings whose pattern ends here
 * @param words where patterns go on by their next word
 * @param one where they go on with {@code *}
 * @param many where they go on with {@code #}
 * @param isBelowMany whether there is a {@code #} on the way to here, which several parts of a key can take
 */
record TopicNode(
        BindingSet here,
        WordMap<TopicNode> words,
        @Nullable TopicNode one,
        @Nullable TopicNode many,
        boolean isBelowMany) {
    static final TopicNode ROOT = empty(false);

    private static TopicNode empty(boolean isBelowMany) {
        return new TopicNode(BindingSet.EMPTY, WordMap.empty(), null, null, isBelowMany);
    }

    private boolean isEmpty() {
        return here.isEmpty() && words.isEmpty() && one == null && many == null;
    }

    /** This with {@code binding}, whose pattern goes on with {@code pattern} from {@code at} on. */
    TopicNode plus(List<String> pattern, int at, Binding binding) {
        if (at == pattern.size()) {
            return with(here.plus(binding));
        }
        String word = pattern.get(at);
        TopicNode there = child(word);
        TopicNode below = there == null ? empty(isBelowMany || word.equals(TopicWords.MANY)) : there;
        return with(word, below.plus(pattern, at + 1, binding));
    }

    /** This without it. */
    TopicNode minus(List<String> pattern, int at, Binding binding) {
        if (at == pattern.size()) {
            return with(here.minus(binding));
        }
        String word = pattern.get(at);
        TopicNode there = child(word);
        if (there == null) {
            return this;
        }
        TopicNode below = there.minus(pattern, at + 1, binding);
        return with(word, below.isEmpty() ? null : below);
    }

    private @Nullable TopicNode child(String word) {
        return switch (word) {
            case TopicWords.ONE -> one;
            case TopicWords.MANY -> many;
            default -> words.get(word);
        };
    }

    private TopicNode with(BindingSet ending) {
        return new TopicNode(ending, words, one, many, isBelowMany);
    }

    private TopicNode with(String word, @Nullable TopicNode below) {
        return switch (word) {
            case TopicWords.ONE -> new TopicNode(here, words, below, many, isBelowMany);
            case TopicWords.MANY -> new TopicNode(here, words, one, below, isBelowMany);
            default ->
                new TopicNode(
                        here, below == null ? words.minus(word) : words.plus(word, below), one, many, isBelowMany);
        };
    }
}
