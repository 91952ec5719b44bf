package io.millrace.storage.bookkeeper;

import io.millrace.base.Agent;
import io.millrace.base.Signal;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The agent that owns the writers of all logs. What the clients of BookKeeper and ZooKeeper answer on their own threads
 * is given to it as tasks.
 */
final class WriterAgent implements Agent, Executor {
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** By shard; complete before the agent is started. */
    private final LogWriter[] writers;

    private final long logBytes;
    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile @Nullable Signal signal;
    private volatile boolean closing;

    WriterAgent(int shards, long logBytes) {
        this.writers = new LogWriter[shards];
        this.logBytes = logBytes;
    }

    /** Gives it the writer of a shard. Before the start. */
    void set(int shard, LogWriter writer) {
        writers[shard] = writer;
    }

    /** Ends the log of {@code shard}. On the agent. */
    void fail(int shard, IOException cause) {
        writers[shard].fail(cause);
    }

    /** Ends all logs. On the agent. */
    void failAll(IOException cause) {
        for (LogWriter each : writers) {
            each.fail(cause);
        }
    }

    /** Where the logs have become too long together, wants the oldest ledgers of the longest trimmed. On the agent. */
    void reviewBudget() {
        long tooMuch = -logBytes;
        for (LogWriter each : writers) {
            tooMuch += each.keptBytes();
        }
        if (tooMuch > 0) {
            LogWriter[] longestFirst = writers.clone();
            Arrays.sort(
                    longestFirst, Comparator.comparingLong(LogWriter::keptBytes).reversed());
            for (int i = 0; i < longestFirst.length && tooMuch > 0; i++) {
                tooMuch -= longestFirst[i].wantOldestTrimmed();
            }
        }
    }

    /** Nothing more will be synced: nobody is to wait for it. Any thread. */
    void died() {
        drained.countDown();
    }

    /** Closes the ledgers that are written to. After the agent has ended. */
    CompletableFuture<Void> closeLedgers() {
        return CompletableFuture.allOf(Stream.of(writers).map(LogWriter::close).toArray(CompletableFuture<?>[]::new));
    }

    /** The agent has begun; {@code wake} makes it look. */
    void started(Signal wake) {
        signal = wake;
        wake.raise();
    }

    /** Runs {@code task} on the agent. Any thread. */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        wake();
    }

    /** Has it look for what was flushed. Any thread. */
    void wake() {
        Signal wake = signal;
        if (wake != null) {
            wake.raise();
        }
    }

    /** Asks for {@link #drained()}. */
    void beginClose() {
        closing = true;
        wake();
    }

    /** Counts down when everything that was flushed before the close is synced, or never will be. */
    CountDownLatch drained() {
        return drained;
    }

    @Override
    public boolean work() {
        boolean worked = false;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            worked = true;
        }
        boolean allDrained = true;
        for (LogWriter each : writers) {
            worked |= each.work();
            allDrained &= each.isDrained();
        }
        if (closing && allDrained) {
            drained.countDown();
        }
        return worked;
    }
}
