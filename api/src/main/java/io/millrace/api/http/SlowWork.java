package io.millrace.api.http;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Runs what takes a tenth of a second of processor time: passwords are checked and set here, not on a loop. Few
 * threads, because as many guesses slip past the brake as run at a time; {@value #WAITING_MAX} pieces of work may wait.
 * Any thread.
 */
public final class SlowWork implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int WAITING_MAX = 64;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX), task -> {
                Thread thread = new Thread(task, "millrace-http-passwords");
                thread.setDaemon(true);
                return thread;
            });

    /** Makes threads when there is work, and ends them when there is none. */
    public SlowWork() {
        threads.allowCoreThreadTimeOut(true);
    }

    /** The result of {@code work}, which runs on another thread; a problem where too much waits. */
    public <T> CompletableFuture<T> run(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, threads);
        } catch (RejectedExecutionException e) {
            throw new ProblemException(
                    Problem.BUSY, "too many passwords wait to be checked; try again", Map.of("retry-after", "1"));
        }
    }

    /** Ends the threads when their work is done. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
