package io.millrace.server.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Acts if an orderly end takes too long, on a daemon thread of its own, so that nothing that hangs can keep the process
 * alive. Any thread.
 */
final class ExitDeadline implements AutoCloseable {
    private final Duration time;
    private final Runnable missed;
    private final CountDownLatch met = new CountDownLatch(1);

    /** Will run {@code missed} when {@code time} has passed since {@link #begin}, unless closed before. */
    ExitDeadline(Duration time, Runnable missed) {
        this.time = time;
        this.missed = missed;
    }

    /** Starts the time; called once. */
    void begin() {
        var thread = new Thread(this::watch, "exit-deadline");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            if (!met.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                missed.run();
            }
        } catch (InterruptedException e) {
            // Only this class knows the thread, and it never interrupts it.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        met.countDown();
    }
}
