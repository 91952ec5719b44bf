package io.millrace.server.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Ends and removes what the demo has made, last things first, once: at its end, on failure, and when the process is
 * told to end. Any thread.
 */
final class Cleanup implements AutoCloseable {
    private final Deque<AutoCloseable> things = new ArrayDeque<>();
    private final Thread hook = new Thread(this::close, "demo-cleanup");
    private boolean closed;

    static Cleanup withHook() {
        var cleanup = new Cleanup();
        Runtime.getRuntime().addShutdownHook(cleanup.hook);
        return cleanup;
    }

    synchronized <T extends AutoCloseable> T add(T thing) {
        if (closed) {
            closeQuietly(thing);
        } else {
            things.push(thing);
        }
        return thing;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!things.isEmpty()) {
            closeQuietly(things.pop());
        }
    }

    private static void closeQuietly(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception e) {
            System.err.println("millrace demo: could not clean up: " + e);
        }
    }
}
