package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import java.util.ArrayList;
import java.util.List;

/** Messages in front of the log of a shard, which may have to wait there. The loop's. */
interface Arrival {
    /** The bytes that it will take up, without what stands beside bodies. */
    long bodyBytes();

    /** It is its turn: stores it, unless it was stored before. */
    void place(Deduplication deduplication);

    /** It is not stored. */
    void refuse(Refusal reason);

    /** Publishes with the same body, each to another queue, which it knows. */
    record Shared(Shard shard, List<Publish> publishes) implements Arrival {
        @Override
        public long bodyBytes() {
            return publishes.get(0).bodyBytes();
        }

        @Override
        public void place(Deduplication deduplication) {
            List<Publish> left = new ArrayList<>(publishes.size());
            for (Publish each : publishes) {
                Refusal refusal = shard.refusal(each.queue);
                if (refusal == null) {
                    left.add(each);
                } else {
                    each.onRefused(refusal);
                }
            }
            deduplication.place(left);
        }

        @Override
        public void refuse(Refusal reason) {
            publishes.forEach(each -> each.onRefused(reason));
        }
    }

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
