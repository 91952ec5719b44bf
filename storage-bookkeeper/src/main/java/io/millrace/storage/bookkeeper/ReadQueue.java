package io.millrace.storage.bookkeeper;

import io.millrace.base.Loop;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.tail.LoopNotice;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The reads of all shards: so many batches at once, the others wait, so that memory stays bounded. A batch is completed
 * on the loop that it came from. Any thread.
 */
final class ReadQueue {
    private static final int BATCHES_MAX = 32;

    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private boolean closed;

    /** Reads {@code batch}, now or later. After the end of the loop or of the store nobody is told. */
    void submit(ShardReader reader, ReadBatch batch, Loop loop) {
        BatchRead read = new BatchRead(reader, batch, () -> {
            if (!LoopNotice.execute(loop, batch::onComplete)) {
                release(batch);
            }
            ended();
        });
        boolean now;
        synchronized (this) {
            now = !closed && running < BATCHES_MAX;
            if (now) {
                running++;
            } else if (!closed) {
                waiting.add(read::run);
            }
        }
        if (now) {
            read.run();
        }
    }

    /** Begins no more; waits up to {@code millis} for those that run. */
    synchronized void close(long millis) {
        closed = true;
        waiting.clear();
        long deadlineNanos = System.nanoTime() + millis * 1_000_000;
        try {
            for (long left = millis; running > 0 && left > 0; left = (deadlineNanos - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ended() {
        @Nullable Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                running--;
                notifyAll();
            }
        }
        if (next != null) {
            next.run();
        }
    }

    private static void release(ReadBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            ByteBuf record = batch.take(i);
            if (record != null) {
                record.release();
            }
        }
    }
}
