package io.millrace.broker.topic;

import io.millrace.broker.DefinedLog;
import io.millrace.broker.MoveDestination;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A topic: a named set of partitions, each of which is a log. Partitions are added, never taken away, so that a number
 * always stands for the same log. Immutable; any thread.
 *
 * @param key its name
 * @param id what it is known by; no other definition ever has it
 * @param createdMillis when it was made, epoch milliseconds
 * @param shards the shards that its partitions are in, one for each of these
 * @param settings what was set for it
 */
public record Topic(TopicKey key, long id, long createdMillis, List<Integer> shards, TopicSettings settings)
        implements MoveDestination {
    /** The most partitions of a topic. */
    public static final int PARTITIONS_MAX = 1_024;

    /** Checks that there are partitions, and not too many. */
    public Topic {
        if (shards.isEmpty() || shards.size() > PARTITIONS_MAX) {
            throw new IllegalArgumentException("partitions is 1 to " + PARTITIONS_MAX + ", not " + shards.size());
        }
        shards = List.copyOf(shards);
    }

    /** One with {@code partitions} partitions, spread over the {@code shardCount} shards of a broker. */
    public static Topic of(
            TopicKey key, long id, long createdMillis, int partitions, int shardCount, TopicSettings settings) {
        return new Topic(key, id, createdMillis, spread(id, List.of(), partitions, shardCount), settings);
    }

    private static List<Integer> spread(long id, List<Integer> there, int partitions, int shardCount) {
        List<Integer> shards = new ArrayList<>(there);
        for (int number = there.size(); number < partitions; number++) {
            shards.add((int) ((id + number) % shardCount));
        }
        return shards;
    }

    /** Its name without the space. */
    public String name() {
        return key.name().value();
    }

    /** How many partitions it has. */
    public int partitionCount() {
        return shards.size();
    }

    /** Partition {@code number}, of which there are {@link #partitionCount}. */
    public TopicPartition partition(int number) {
        return new TopicPartition(this, number);
    }

    /** The number of the partition that messages with {@code key} go to. */
    public int partitionOf(String key) {
        return KeyPartitions.of(key, shards.size());
    }

    @Override
    public DefinedLog logFor(@Nullable String messageKey, String origin) {
        return partition(partitionOf(messageKey != null ? messageKey : origin));
    }

    /** All its partitions, in the order of their numbers. */
    public List<TopicPartition> partitions() {
        List<TopicPartition> partitions = new ArrayList<>(shards.size());
        for (int number = 0; number < shards.size(); number++) {
            partitions.add(partition(number));
        }
        return partitions;
    }

    /** The same topic with other settings. */
    public Topic with(TopicSettings newSettings) {
        return new Topic(key, id, createdMillis, shards, newSettings);
    }

    /** The same topic with {@code partitions} partitions, not fewer than it has. */
    public Topic withPartitions(int partitions, int shardCount) {
        if (partitions < shards.size()) {
            throw new IllegalArgumentException("topic " + name() + " has " + shards.size()
                    + " partitions, and partitions are never taken away: messages are in them");
        }
        return new Topic(key, id, createdMillis, spread(id, shards, partitions, shardCount), settings);
    }
}
