package io.millrace.storage.bookkeeper;

import io.millrace.base.Agent;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.tail.LoopNotice;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent that does the segment jobs of all shards: they take turns, a step each, and a step may wait. */
final class SegmentAgent implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentAgent.class);

    private final Queue<Submitted> submitted = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Submitted> running = new ArrayDeque<>();
    private volatile boolean closing;

    private record Submitted(LedgerShardLog log, SegmentStore store, SegmentJob job) {}

    /** Asks for a job. Any thread; the caller raises the signal. */
    void submit(LedgerShardLog log, SegmentStore store, SegmentJob job) {
        submitted.add(new Submitted(log, store, job));
    }

    /** Does no more. */
    void beginClose() {
        closing = true;
    }

    @Override
    public boolean work() {
        take();
        Submitted next = closing ? null : running.poll();
        if (next == null) {
            return false;
        }
        if (next.log.failure() != null) {
            next.job.abandon();
            return true;
        }
        try {
            if (next.job.step(next.store)) {
                LoopNotice.execute(next.log.loop(), next.job::onDone);
            } else {
                running.add(next);
            }
        } catch (IOException e) {
            failed(next, e);
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("a job on the segments of shard {} has a fault", next.log.shard(), e);
            failed(next, new IOException("the job has a fault: " + e, e));
        }
        return true;
    }

    private static void failed(Submitted submitted, IOException reason) {
        submitted.job.abandon();
        if (submitted.log.failure() == null) {
            LoopNotice.execute(submitted.log.loop(), () -> submitted.job.onFailed(reason));
        }
    }

    private void take() {
        for (Submitted each = submitted.poll(); each != null; each = submitted.poll()) {
            running.add(each);
        }
    }

    /** Abandons what is not done. After the agent has ended. */
    void close() {
        take();
        running.forEach(each -> each.job.abandon());
        running.clear();
    }
}
