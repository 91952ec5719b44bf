package io.millrace.engine;

import io.millrace.engine.queue.Queue;

/** Messages in front of the log of a shard, which may have to wait there. The loop's. */
interface Arrival {
    /** The bytes that it will take up, without what stands beside bodies. */
    long bodyBytes();

    /** It is its turn: stores it, unless it was stored before. */
    void place(Deduplication deduplication);

    /** It is not stored. */
    void refuse(Refusal reason);

    /** One publish to {@code queue}. */
    record Single(Shard shard, Queue queue, Publish publish) implements Arrival {
        @Override
        public long bodyBytes() {
            return publish.bodyBytes();
        }

        @Override
        public void place(Deduplication deduplication) {
            Refusal refusal = shard.refusal(queue);
            if (refusal == null) {
                deduplication.place(queue, publish);
            } else {
                refuse(refusal);
            }
        }

        @Override
        public void refuse(Refusal reason) {
            publish.onRefused(reason);
        }
    }
}
