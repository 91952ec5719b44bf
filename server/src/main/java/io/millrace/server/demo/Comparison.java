package io.millrace.server.demo;

import java.util.List;
import java.util.function.Supplier;

/** How the results of a file compare with what the demo computes itself. */
enum Comparison {
    /** Every result is the checksum. */
    EQUAL,
    /** Neither the workers nor the demo could read the file. */
    UNREADABLE,
    /** The file changed, came or went between two readings, so that the results cannot be judged. */
    CHANGED,
    /** A result is wrong. */
    WRONG;

    /** Compares {@code results} with what {@code direct} computes, which may be asked several times. */
    static Comparison of(List<Checksum> results, Supplier<Checksum> direct) {
        Checksum expected = direct.get();
        Comparison worst = EQUAL;
        for (Checksum each : results) {
            Comparison found = compare(each, expected, direct);
            worst = found.compareTo(worst) > 0 ? found : worst;
        }
        return worst;
    }

    private static Comparison compare(Checksum result, Checksum expected, Supplier<Checksum> direct) {
        if (!result.error().isEmpty() && !expected.error().isEmpty()) {
            return UNREADABLE;
        }
        if (result.error().isEmpty()
                && expected.error().isEmpty()
                && result.sha256().equals(expected.sha256())) {
            return EQUAL;
        }
        boolean isOneFile = !result.stamp().isEmpty() && result.stamp().equals(expected.stamp());
        // What is written through a memory map keeps its time of change for a while, but not its checksum.
        return isOneFile && direct.get().sha256().equals(expected.sha256()) ? WRONG : CHANGED;
    }
}
