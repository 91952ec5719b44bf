package io.millrace.api.rest;

import io.millrace.api.http.Problem;
import io.millrace.api.http.ProblemException;
import io.millrace.engine.Fetch;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

/**
 * Where a read of a log begins. Immutable; any thread.
 *
 * @param offset an offset, {@link Fetch#EARLIEST} or {@link Fetch#LATEST}; with a time, what to begin with where no
 *     message is as late
 * @param millis the time to begin with, epoch milliseconds; {@link #NO_TIME} where it is an offset
 */
record ReadFrom(long offset, long millis) {
    static final long NO_TIME = Long.MIN_VALUE;

    /** Reads the query parameter {@code from}; the earliest where it is empty. */
    static ReadFrom parse(String text) {
        if (text.isEmpty() || text.equals("earliest")) {
            return new ReadFrom(Fetch.EARLIEST, NO_TIME);
        }
        if (text.equals("latest")) {
            return new ReadFrom(Fetch.LATEST, NO_TIME);
        }
        if (text.matches("\\d{1,18}")) {
            return new ReadFrom(Long.parseLong(text), NO_TIME);
        }
        try {
            return new ReadFrom(
                    Fetch.LATEST, OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            throw new ProblemException(
                    Problem.INVALID_VALUE,
                    "query parameter from is earliest, latest, an offset, or a date with its time and offset"
                            + " such as 2027-01-31T18:00:00Z");
        }
    }

    boolean isTime() {
        return millis != NO_TIME;
    }

    /** Whether it is an offset that somebody has been told: then it matters whether messages there are gone. */
    boolean isOffset() {
        return !isTime() && offset >= 0;
    }
}
