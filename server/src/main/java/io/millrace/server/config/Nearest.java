package io.millrace.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Finds the known name that a mistyped one most likely meant: by edit distance (Levenshtein), with names that merely
 * lack their first parts counted as close.
 *
 * <p>Stateless; any thread.
 */
final class Nearest {
    private static final int CHARS_MAX = 100;

    private Nearest() {}

    /** The known name that is closest to {@code name}, if one is close. */
    static Optional<String> to(String name, Collection<String> known) {
        if (name.isEmpty() || name.length() > CHARS_MAX) {
            return Optional.empty();
        }
        int distanceMax = Math.max(2, name.length() / 4);
        return known.stream()
                .filter(candidate -> distance(name, candidate) <= distanceMax)
                .min(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int distance(String name, String candidate) {
        if (candidate.endsWith("." + name) || candidate.endsWith("_" + name)) {
            return 1;
        }
        int[] above = new int[candidate.length() + 1];
        for (int column = 0; column <= candidate.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= name.length(); row++) {
            int[] current = new int[candidate.length() + 1];
            current[0] = row;
            for (int column = 1; column <= candidate.length(); column++) {
                int replaced = above[column - 1] + (name.charAt(row - 1) == candidate.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(above[column], current[column - 1]) + 1);
            }
            above = current;
        }
        return above[candidate.length()];
    }
}
