package io.millrace.storage;

import io.millrace.base.Loop;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A loop on a thread of its own. */
public final class ThreadLoop implements Loop, AutoCloseable {
    private static final long END_SECONDS_MAX = 60;

    private final ScheduledThreadPoolExecutor executor;
    private volatile Thread thread;

    /** Starts the thread. */
    public ThreadLoop(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            thread = new Thread(task, name);
            return thread;
        });
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        ScheduledFuture<?> scheduled = executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Runs {@code task} on the loop; returns what it returned, throws what it threw. */
    public <T> T call(Callable<T> task) throws Exception {
        try {
            return executor.submit(task).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Runs {@code task} on the loop and waits for it. */
    public void run(Runnable task) throws Exception {
        call(() -> {
            task.run();
            return null;
        });
    }

    /** Ends the loop after what waits. */
    @Override
    public void close() throws InterruptedException {
        executor.shutdown();
        if (!executor.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the loop does not end");
        }
    }
}
