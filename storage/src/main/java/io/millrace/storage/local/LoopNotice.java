package io.millrace.storage.local;

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
    private final List<LocalShardLog> logs;
    private final AtomicBoolean posted = new AtomicBoolean();

    LoopNotice(Loop loop, List<LocalShardLog> logs) {
        this.loop = loop;
        this.logs = List.copyOf(logs);
    }

    /** Has the loop look at its logs. Any thread. */
    void post() {
        if (!posted.get() && !posted.getAndSet(true)) {
            try {
                loop.execute(this);
            } catch (RejectedExecutionException e) {
                // The loop has ended, and with it the owners of its logs: there is nobody to tell.
            }
        }
    }

    @Override
    public void run() {
        posted.set(false);
        for (int i = 0; i < logs.size(); i++) {
            logs.get(i).tell();
        }
    }
}
