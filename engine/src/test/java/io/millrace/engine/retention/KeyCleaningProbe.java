package io.millrace.engine.retention;

import io.millrace.engine.context.ShardContext;
import io.millrace.engine.policy.LatestPerKey;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.queue.ShardQueues;
import io.millrace.engine.record.RecordWriter;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLog;

/** The cleaning of keys of a shard, with another bound for the keys of a pass, begun by hand. */
public final class KeyCleaningProbe {
    private final KeyCleaning cleaning;

    public KeyCleaningProbe(ShardContext context, ShardQueues queues, ShardLog log, RecordWriter writer, int keysMax) {
        cleaning = new KeyCleaning(context, queues, log, writer, keysMax);
    }

    /** Whether {@code job} looks for keys. */
    public static boolean isScan(SegmentJob job) {
        return job instanceof KeyScan;
    }

    public void consider(Queue queue, LatestPerKey policy) {
        cleaning.consider(queue, policy);
    }

    public long cleanTo(Queue queue) {
        return cleaning.cleanTo(queue);
    }
}
