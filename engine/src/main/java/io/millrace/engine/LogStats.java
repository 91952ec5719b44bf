package io.millrace.engine;

import io.millrace.engine.queue.Queue;

/**
 * The log of a queue, or a retained log, at one moment.
 *
 * @param earliestOffset the offset of the first message that is there, or will be
 * @param endOffset where the messages end that can be read
 * @param bytes bytes of the entries that storage keeps for it, envelopes included, whether they are wanted or not
 */
public record LogStats(long earliestOffset, long endOffset, long bytes) {
    static LogStats of(Queue queue) {
        return new LogStats(
                Math.min(queue.subscription().settled().floor(), queue.log().nextOffset()),
                queue.stableOffset(),
                queue.log().entries().bytes());
    }
}
