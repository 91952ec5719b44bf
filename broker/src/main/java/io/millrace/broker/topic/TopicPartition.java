package io.millrace.broker.topic;

import io.millrace.base.Check;
import io.millrace.broker.DefinedLog;
import io.millrace.broker.catalog.QueueSettings;
import org.jspecify.annotations.Nullable;

/**
 * One partition of a topic. Its log is known by the id of the topic and the number of the partition: as ids of topics
 * are never used twice and partitions are never taken away, no log ever is. Immutable; any thread.
 *
 * @param topic the topic
 * @param number which one it is, from 0
 */
public record TopicPartition(Topic topic, int number) implements DefinedLog {
    /** Where the logs of partitions begin; the ids of all that the catalog defines are far below. */
    static final long LOGS_FROM = 1_000_000_000_000L;

    /** The logs that are set aside for each topic. */
    static final long LOGS_PER_TOPIC = 10_000;

    /** Checks that there is such a partition. */
    public TopicPartition {
        int count = topic.partitionCount();
        Check.that(number >= 0 && number < count, "partition %d of %d", number, count);
    }

    @Override
    public long logId() {
        return logId(topic.id(), number);
    }

    /** The log of partition {@code number} of what is known by {@code id}: a topic, or a subscription. */
    static long logId(long id, int number) {
        return LOGS_FROM + id * LOGS_PER_TOPIC + number;
    }

    /** The id of the topic whose log {@code logId} is; one that no topic has where it is the log of no partition. */
    static long topicId(long logId) {
        return logId < LOGS_FROM ? 0 : (logId - LOGS_FROM) / LOGS_PER_TOPIC;
    }

    /** Which partition of its topic has the log {@code logId}. */
    static int number(long logId) {
        return (int) ((logId - LOGS_FROM) % LOGS_PER_TOPIC);
    }

    @Override
    public int shard() {
        return topic.shards().get(number);
    }

    @Override
    public String name() {
        return topic.name();
    }

    @Override
    public String title() {
        return "partition " + number + " of topic " + topic.name();
    }

    @Override
    public int messageBytesMax() {
        return topic.settings().messageBytesMax();
    }

    @Override
    public long deduplicationMillis() {
        return topic.settings().deduplicationMillis();
    }

    @Override
    public @Nullable QueueSettings delivery() {
        return null;
    }
}
