package io.millrace.engine.checkpoint;

import io.millrace.engine.queue.Queue;
import io.netty.buffer.ByteBuf;

/** Is told what a snapshot says, by the replay of the shard, which goes on from there. On the opening thread. */
public interface RestoreListener {
    /** The shard has had this epoch. */
    void onEpoch(long epoch);

    /** What was said so far of log {@code logId} does not hold any more. */
    void onForget(long logId);

    /** The state of {@code queue} follows, in which are all records below {@code asOfPosition}. */
    void onQueue(Queue queue, long asOfPosition);

    /** The queue has this lease, as {@link LogState} wrote it; reads to its end. */
    void onStoredLease(Queue queue, ByteBuf lease);
}
