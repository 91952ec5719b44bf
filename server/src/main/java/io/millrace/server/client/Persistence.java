package io.millrace.server.client;

import io.millrace.server.client.ApiException.Outcome;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/**
 * Asks again while a broker is busy, restarts or cannot be reached, once it has answered for the first time: a consumer
 * outlives its broker. Only for what may be asked twice. Any thread.
 */
final class Persistence {
    private static final long PAUSE_MILLIS_MIN = 100;
    private static final long PAUSE_MILLIS_MAX = 5_000;

    private final PrintWriter errors;
    private volatile boolean answered;
    private String told = "";

    Persistence(PrintWriter errors) {
        this.errors = errors;
    }

    /** A request that may be made twice. */
    interface Question<T> {
        T ask() throws ApiException, InterruptedException;
    }

    <T> T ask(Question<T> question) throws ApiException, InterruptedException {
        for (long pauseMillis = PAUSE_MILLIS_MIN; ; pauseMillis = Math.min(PAUSE_MILLIS_MAX, 2 * pauseMillis)) {
            try {
                T answer = question.ask();
                answered = true;
                tell("");
                return answer;
            } catch (ApiException e) {
                if (!answered || !(e.isPassing() || e.outcome() == Outcome.UNKNOWN)) {
                    throw e;
                }
                tell(String.valueOf(e.getMessage()));
                TimeUnit.MILLISECONDS.sleep(Math.max(pauseMillis, e.retryAfter().toMillis()));
            }
        }
    }

    private synchronized void tell(String problem) {
        if (!problem.equals(told)) {
            errors.println(problem.isEmpty() ? "going on" : "trying again: " + problem);
            errors.flush();
            told = problem;
        }
    }
}
