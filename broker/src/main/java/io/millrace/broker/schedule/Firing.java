package io.millrace.broker.schedule;

import java.util.concurrent.CompletableFuture;

/** How a {@link Scheduler} has a schedule fire. */
public interface Firing {
    /**
     * Publishes the message of {@code schedule} and notes that it has fired for {@code dueMillis}: both, or neither,
     * also across a crash. Completes on the scheduler's loop, or with the reason why neither was done; may throw that,
     * too.
     */
    CompletableFuture<?> fire(Schedule schedule, long dueMillis);
}
