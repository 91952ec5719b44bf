package io.millrace.server.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request to a broker was not done, or nobody knows whether it was. The message tells the user what is wrong and what
 * to do. Immutable; any thread.
 */
public final class ApiException extends Exception {
    private static final long serialVersionUID = 1;

    /** What is known of the request. */
    public enum Outcome {
        /** It never reached a broker. */
        NOT_SENT,
        /** The broker refused it and changed nothing. */
        REFUSED,
        /** It may have been done: the connection was lost before the answer, or the broker does not know itself. */
        UNKNOWN
    }

    private final Outcome outcome;
    private final int status;
    private final String problem;
    private final Duration retryAfter;

    private ApiException(
            Outcome outcome,
            int status,
            String problem,
            Duration retryAfter,
            String message,
            @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
        this.status = status;
        this.problem = problem;
        this.retryAfter = retryAfter;
    }

    /** No answer came. */
    static ApiException unanswered(Outcome outcome, String message, @Nullable Throwable cause) {
        return new ApiException(outcome, 0, "", Duration.ZERO, message, cause);
    }

    /** The broker answered with a problem. */
    static ApiException answered(Outcome outcome, int status, String problem, Duration retryAfter, String message) {
        return new ApiException(outcome, status, problem, retryAfter, message, null);
    }

    /** Whether the request may have been done all the same. */
    public Outcome outcome() {
        return outcome;
    }

    /** The status of the answer; 0 where none came. */
    public int status() {
        return status;
    }

    /** The name of the problem that the broker answered with, such as {@code queue-not-found}; empty where none. */
    public String problem() {
        return problem;
    }

    /** How long to wait before asking again; zero where asking again does not help. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** Whether the same request may succeed a little later: the broker is busy, starting, ending or away. */
    public boolean isPassing() {
        return !retryAfter.isZero() || status == 0;
    }
}
