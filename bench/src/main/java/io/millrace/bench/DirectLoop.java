package io.millrace.bench;

import io.millrace.base.Loop;
import java.util.ArrayDeque;

/** A loop without a thread: the benchmark's own thread runs what was given to it. */
final class DirectLoop implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
        return () -> {};
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    /** Runs everything, also what is given meanwhile. */
    void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
