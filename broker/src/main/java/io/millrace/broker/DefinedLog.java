package io.millrace.broker;

import io.millrace.broker.catalog.QueueSettings;
import org.jspecify.annotations.Nullable;

/**
 * A log of messages that the catalog defines: that of a queue, or that of one partition of a topic. Immutable; any
 * thread.
 */
public interface DefinedLog {
    /** The log; its id is never used for another. */
    long logId();

    /** The shard that it is in. */
    int shard();

    /** The name of the queue or the topic in its space. */
    String name();

    /** What it is, in words for people: {@code queue orders}. */
    String title();

    /** The largest message that it accepts, body and properties, in bytes. */
    int messageBytesMax();

    /** For how long it remembers deduplication ids. */
    long deduplicationMillis();

    /**
     * What holds for the delivery of messages that do not say it; null where messages are not delivered but read, in
     * the order of their offsets, and whatever they say of a delivery is not gone by.
     */
    @Nullable
    QueueSettings delivery();
}
