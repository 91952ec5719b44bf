package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.file.StorageFile;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * The agent that tells the system what will be read of files and what will not be any more. It is no part of the reader
 * because the system takes its time for it: it finds memory for all the pages before it returns, and frees that of
 * others. Some advice waits; what comes beyond that is not given, for it is about to be too late.
 */
final class FileAdvice implements Agent {
    private static final int WAITING_MAX = 64;

    private final Queue<Advice> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final Runnable wake;

    private record Advice(StorageFile file, long position, long bytes, boolean needed) {}

    /** {@code wake} wakes the agent. */
    FileAdvice(Runnable wake) {
        this.wake = wake;
    }

    /** As {@link StorageFile#adviseWillNeed}, soon. Any thread. */
    void willNeed(StorageFile file, long position, long bytes) {
        give(new Advice(file, position, bytes, true));
    }

    /** As {@link StorageFile#adviseDontNeed}, soon. Any thread. */
    void dontNeed(StorageFile file, long position, long bytes) {
        give(new Advice(file, position, bytes, false));
    }

    private void give(Advice advice) {
        if (waiting.offer(advice)) {
            wake.run();
        }
    }

    @Override
    public boolean work() {
        Advice next = waiting.poll();
        if (next == null) {
            return false;
        }
        // The file may be closed by now, or be used for something else: advice changes nothing that is read.
        if (next.needed) {
            next.file.adviseWillNeed(next.position, next.bytes);
        } else {
            next.file.adviseDontNeed(next.position, next.bytes);
        }
        return true;
    }
}
