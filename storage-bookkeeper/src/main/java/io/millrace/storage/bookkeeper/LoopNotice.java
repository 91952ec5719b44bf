package io.millrace.storage.bookkeeper;

import io.millrace.base.Loop;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One notice board per loop: however many logs of a loop have news, and however often, one task at a time waits in
 * the loop's queue.
 */
final class LoopNotice implements Runnable {
    private final Loop loop;
    private final List<LedgerShardLog> logs;
    private final AtomicBoolean posted = new AtomicBoolean();

    LoopNotice(Loop loop, List<LedgerShardLog> logs) {
        this.loop = loop;
        this.logs = List.copyOf(logs);
    }

    /** Has the loop look at its logs. Any thread. */
    void post() {
        if (!posted.get() && !posted.getAndSet(true)) {
            execute(loop, this);
        }
    }

    /**
     * Gives {@code task} to {@code loop}; where that has ended, there is nobody to tell. Returns whether it was given.
     */
    static boolean execute(Loop loop, Runnable task) {
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
            while (next < logs.size()) {
                logs.get(next++).tell();
            }
        } finally {
            if (next < logs.size()) {
                tellFrom(next);
            }
        }
    }
}
