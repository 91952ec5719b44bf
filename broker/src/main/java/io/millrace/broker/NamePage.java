package io.millrace.broker;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A page of a list that is in the order of names.
 *
 * @param prefix what the names on it begin with; empty for any
 * @param after the name that ended the page before, empty for the first page
 * @param most how many are on it at most
 */
public record NamePage(String prefix, String after, int most) {
    /** No name before this one is on it. */
    String from() {
        return prefix.compareTo(after) > 0 ? prefix : after;
    }

    /** What is on it of {@code byName}, which begins with {@link #from}, if its name is one that {@code isSeen}. */
    <T> List<T> of(Stream<T> byName, Function<T, String> name, Predicate<String> isSeen) {
        return byName.takeWhile(each -> name.apply(each).startsWith(prefix))
                .filter(each -> !name.apply(each).equals(after))
                .filter(each -> isSeen.test(name.apply(each)))
                .limit(most)
                .toList();
    }
}
