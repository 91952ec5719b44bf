package io.millrace.server.client;

import org.jspecify.annotations.Nullable;

/**
 * Ends a command in order: the first request ends what only waits and lets finish what does something, the second one
 * is for the impatient. Any thread requests; one thread waits.
 */
final class Stop {
    private final Runnable atOnce;
    private int requests;
    private @Nullable Thread waiting;

    /** @param atOnce what the second request does; on the thread that makes it */
    Stop(Runnable atOnce) {
        this.atOnce = atOnce;
    }

    void request() {
        synchronized (this) {
            requests++;
            if (requests == 1 && waiting != null) {
                waiting.interrupt();
            }
            if (requests != 2) {
                return;
            }
        }
        atOnce.run();
    }

    synchronized boolean isRequested() {
        return requests > 0;
    }

    /** Something that only waits, so that interrupting it does no harm. */
    interface Wait<T, E extends Exception> {
        T get() throws E, InterruptedException;
    }

    /** The result of {@code wait}; {@code otherwise} where a stop is requested before it is there. */
    <T, E extends Exception> T await(Wait<T, E> wait, T otherwise) throws E, InterruptedException {
        synchronized (this) {
            if (requests > 0) {
                return otherwise;
            }
            waiting = Thread.currentThread();
        }
        try {
            return wait.get();
        } catch (InterruptedException e) {
            if (isRequested()) {
                return otherwise;
            }
            throw e;
        } finally {
            endWait();
        }
    }

    private synchronized void endWait() {
        waiting = null;
        if (requests > 0) {
            // The interrupt may have come too late for the wait; nothing else is to feel it.
            Thread.interrupted();
        }
    }
}
