package io.millrace.base;

/**
 * One event loop: a single thread of control that runs what is given to it, in order. State that belongs to a loop is
 * touched on it only, and so needs no locks.
 */
public interface Loop {
    /**
     * Runs {@code task} on this loop, after everything given to it before. Any thread. A task given from the loop
     * itself runs after the tasks that already wait, which is how work of one turn is gathered.
     */
    void execute(Runnable task);

    /** Runs {@code task} on this loop once {@code delayNanos} (0 or more) have passed. Any thread. */
    Timer schedule(Runnable task, long delayNanos);

    /** Whether the caller runs on this loop. */
    boolean isCurrent();

    /** A scheduled task. */
    interface Timer {
        /** Keeps the task from running if it has not begun. Called on the loop. */
        void cancel();
    }
}
