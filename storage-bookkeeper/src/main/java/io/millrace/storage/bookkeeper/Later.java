package io.millrace.storage.bookkeeper;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs what is to be tried again, after a pause; nothing that takes long. Any thread. */
final class Later implements Executor {
    private static final int PAUSE_MILLIS = 250;

    private final ScheduledThreadPoolExecutor executor;

    Later() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "millrace-ledger-retry");
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs {@code task} soon; not at all where the store is closed before. */
    @Override
    public void execute(Runnable task) {
        execute(task, PAUSE_MILLIS);
    }

    /** Runs {@code task} in {@code millis}; not at all where the store is closed before. */
    void execute(Runnable task, int millis) {
        try {
            var unused = executor.schedule(task, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed: who waits for the task is ended by the close itself.
        }
    }

    void close() {
        executor.shutdownNow();
    }
}
