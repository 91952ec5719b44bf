package io.millrace.bench;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs a benchmark on threads of the kind that a broker's loops are, which give buffers back to their pools without
 * garbage. JMH makes it by its name: {@code -Djmh.executor=CUSTOM -Djmh.executor.class=io.millrace.bench.LoopThreads}.
 */
public final class LoopThreads extends ThreadPoolExecutor {
    /** Makes a pool of {@code threads} threads. */
    public LoopThreads(int threads, String prefix) {
        super(
                threads,
                threads,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                new DefaultThreadFactory(prefix, true));
    }
}
