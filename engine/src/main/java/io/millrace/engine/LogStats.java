package io.millrace.engine;

import io.millrace.engine.queue.Queue;

/**
 * The log of a queue, or a retained log, at one moment.
 *
 * @param earliestOffset the offset of the first message that is there, or will be
 * @param endOffset where the messages end that can be read
 * @param waitingReads reads that wait for a message
 * @param bytes bytes of the entries that storage keeps for it, envelopes included, whether they are wanted or not
 */
public record LogStats(long earliestOffset, long endOffset, int waitingReads, long bytes) {
    /** Of {@code queue}, where {@code receives} of those who wait are receives. */
    static LogStats of(Queue queue, int receives) {
        return new LogStats(
                Math.min(queue.subscription().settled().floor(), queue.log().nextOffset()),
                queue.stableOffset(),
                queue.waiters() - receives,
                queue.log().entries().bytes());
    }

    /** This log and {@code other} together: from the first offset of both to the last. */
    LogStats with(LogStats other) {
        return new LogStats(
                Math.min(earliestOffset, other.earliestOffset),
                Math.max(endOffset, other.endOffset),
                waitingReads + other.waitingReads,
                bytes + other.bytes);
    }
}
