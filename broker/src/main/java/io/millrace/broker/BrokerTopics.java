package io.millrace.broker;

import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.catalog.TopicCatalog;
import io.millrace.broker.catalog.TopicCreation;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.engine.QueueStats;
import io.millrace.engine.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Topics: made, changed, removed, and published to. What is in a partition is read by {@link Broker#fetch}. Any thread;
 * outcomes come on the loops of shards.
 */
public final class BrokerTopics {
    private final Broker broker;
    /** Whose turn it is, by the id of a topic: of those that were published to without a key. */
    private final Map<Long, AtomicInteger> turns = new ConcurrentHashMap<>();

    BrokerTopics(Broker broker) {
        this.broker = broker;
    }

    private TopicCatalog catalog() {
        return broker.catalog().topics();
    }

    /** Makes a topic; see {@link TopicCatalog#create}. */
    public CompletableFuture<TopicCreation> create(TopicKey key, int partitions, TopicSettings settings) {
        return catalog().create(key, partitions, settings);
    }

    /**
     * Changes a topic: its settings and, where {@code partitions} is given, how many partitions it has, not fewer than
     * before. Answered when that is durable and each of its shards goes by it.
     */
    public CompletableFuture<Topic> change(
            TopicKey key, @Nullable Integer partitions, UnaryOperator<TopicSettings> change) {
        return catalog()
                .change(key, topic -> {
                    Topic changed = topic.with(change.apply(topic.settings()));
                    return partitions == null ? changed : catalog().withPartitions(changed, partitions);
                })
                .thenCompose(changed -> onShards(changed, (shard, partition) -> shard.keepPolicyChanged()))
                .thenCompose(broker.subscriptions()::onPartitionsAdded);
    }

    /** Removes a topic and everything in it; answered when that is durable. */
    public CompletableFuture<Topic> delete(TopicKey key) {
        return catalog().delete(key).thenApply(deleted -> {
            turns.remove(deleted.id());
            var unused = onShards(deleted, (shard, partition) -> shard.drop(partition.logId()));
            return deleted;
        });
    }

    private interface OnShard {
        void run(Shard shard, TopicPartition partition);
    }

    /** Does something for each partition, on the loop of its shard; completes when all of it is done. */
    private CompletableFuture<Topic> onShards(Topic topic, OnShard task) {
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        for (TopicPartition partition : topic.partitions()) {
            CompletableFuture<Void> part = new CompletableFuture<>();
            parts.add(part);
            broker.onLoopOf(partition, () -> {
                task.run(broker.shard(partition), partition);
                part.complete(null);
            });
        }
        return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> topic);
    }

    /** Each of its partitions at one moment, by log; those that are gone are left out. */
    public CompletableFuture<Map<Long, QueueStats>> stats(Topic topic) {
        return broker.stats(topic.partitions());
    }

    /**
     * Stores messages, each in the partition that it says, or that follows from its key, or whose turn it is. Answered
     * when all of them are on stable storage: where each one is. What goes to one partition is stored there together;
     * where a partition refuses, the answer is its refusal, and others may have stored messages; so may a crash before
     * the answer leave it. What is too large, or for a partition that is not there, is refused before anything is
     * stored, by a {@link BrokerException} that is thrown. Releases {@code publish} in any case.
     */
    public CompletableFuture<List<Stored>> publish(Topic topic, TopicPublish publish) {
        return FanOut.begin(broker, topic, publish)
                .thenApply(
                        stored -> stored.stream().map(each -> only(topic, each)).toList());
    }

    private static Stored only(Topic topic, List<Stored> stored) {
        if (stored.isEmpty()) {
            throw new BrokerException(BrokerError.TOPIC_NOT_FOUND, "there is no topic " + topic.name() + " any more");
        }
        return stored.get(0);
    }

    /**
     * The same messages for a transaction, which whoever asked adds them to, or releases them. Releases {@code publish}
     * in any case.
     */
    public SpreadPublish spread(Topic topic, TopicPublish publish) {
        SpreadPublish spread = new SpreadPublish(this);
        try {
            for (TopicPublish.Part each : publish.parts()) {
                int number =
                        spread.partition(topic, each.partition(), each.message().properties());
                TopicPartition partition = topic.partition(number);
                broker.checkSize(partition, each.message().bytes());
                spread.add(List.of(partition), each.message());
            }
            return spread;
        } catch (IllegalArgumentException e) {
            spread.release();
            throw new BrokerException(BrokerError.INVALID, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            spread.release();
            throw e;
        } finally {
            publish.release();
        }
    }

    /** The partition of {@code topic} whose turn it is. */
    int turn(Topic topic) {
        int turn = turns.computeIfAbsent(topic.id(), id -> new AtomicInteger()).getAndIncrement();
        return Integer.remainderUnsigned(turn, topic.partitionCount());
    }
}
