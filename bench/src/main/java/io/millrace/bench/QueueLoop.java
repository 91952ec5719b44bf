package io.millrace.bench;

import io.millrace.base.Loop;
import java.util.concurrent.LinkedBlockingQueue;

/** A loop that is the benchmark's own thread: it runs what other threads gave it when the benchmark says so. */
final class QueueLoop implements Loop {
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.currentThread();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        throw new UnsupportedOperationException("nothing that is measured on this loop has timers");
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Runs what is there. */
    void runWaiting() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Waits for a task and runs it. */
    void runNext() throws InterruptedException {
        tasks.take().run();
    }
}
