package io.millrace.storage.tail;

import io.millrace.base.Loop;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One notice board per loop: however many logs of a loop have news, and however often, one task at a time waits in
 * the loop's queue.
 */
public final class LoopNotice implements Runnable {
    private final Loop loop;
    private final List<Runnable> tells;
    private final AtomicBoolean posted = new AtomicBoolean();

    /** For the logs on {@code loop}, each of which passes on its news when it is run there. */
    public LoopNotice(Loop loop, List<Runnable> tells) {
        this.loop = loop;
        this.tells = List.copyOf(tells);
    }

    /** Has the loop look at its logs. Any thread. */
    public void post() {
        if (!posted.get() && !posted.getAndSet(true)) {
            execute(loop, this);
        }
    }

    /**
     * Gives {@code task} to {@code loop}; where that has ended, there is nobody to tell. Returns whether it was given.
     * Any thread.
     */
    public static boolean execute(Loop loop, Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Tells every log, also where the owner of one throws: the others would wait for ever. */
    @Override
    public void run() {
        posted.set(false);
        tellFrom(0);
    }

    private void tellFrom(int first) {
        int next = first;
        try {
            while (next < tells.size()) {
                tells.get(next++).run();
            }
        } finally {
            if (next < tells.size()) {
                tellFrom(next);
            }
        }
    }
}
