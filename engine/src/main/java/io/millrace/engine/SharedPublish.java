package io.millrace.engine;

import io.millrace.engine.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.LongHashSet;

/**
 * The same messages for several logs of a shard: a publish to each, all with the same body. They are stored once for
 * as many logs as that goes for, and each publish has an outcome of its own, as if it had been published alone. Filled
 * by one thread, then published once, on the loop of the shard.
 */
public final class SharedPublish {
    private final List<Publish> publishes = new ArrayList<>();
    private final List<Long> logs = new ArrayList<>();
    private final LongHashSet known = new LongHashSet();

    /**
     * Adds a publish to log {@code logId}, which is not the catalog. Its body is that of the first, byte for byte; of
     * what can be told without writing it, {@link IllegalArgumentException} says that it is not, and so it says of a
     * log that is there already.
     */
    public void add(long logId, Publish publish) {
        Publish first = publishes.isEmpty() ? publish : publishes.get(0);
        if (first.bodyBytes() != publish.bodyBytes() || first.count() != publish.count()) {
            throw new IllegalArgumentException("what is shared has the same body");
        }
        if (logId == Shard.CATALOG_LOG || !known.add(logId)) {
            throw new IllegalArgumentException("log " + logId + " cannot share a body, or shares it already");
        }
        logs.add(logId);
        publishes.add(publish);
    }

    /** Stores the messages in the logs of {@code shard} that were added. */
    public void publishTo(Shard shard) {
        List<Publish> open = new ArrayList<>(publishes.size());
        for (int i = 0; i < publishes.size(); i++) {
            Publish publish = publishes.get(i);
            Queue queue = shard.openOr(logs.get(i), publish::onRefused);
            if (queue != null) {
                publish.queue = queue;
                open.add(publish);
            }
        }
        if (!open.isEmpty()) {
            shard.parts().intake().offer(open);
        }
    }
}
