package io.millrace.broker.catalog;

import io.millrace.base.Clock;
import io.millrace.broker.BrokerError;
import io.millrace.broker.BrokerException;
import io.millrace.broker.MoveTarget;
import io.millrace.broker.NameRule;
import io.millrace.broker.catalog.Definition.TopicDefinition;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicSettings;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** The part of the catalog that keeps topics; see {@link Catalog}. Changes may be asked for on any thread. */
public final class TopicCatalog {
    private final Clock clock;
    private final int shards;
    private final CatalogLog log;

    TopicCatalog(Clock clock, int shards, CatalogLog log) {
        this.clock = clock;
        this.shards = shards;
        this.log = log;
    }

    /**
     * Makes a topic with {@code partitions} partitions and {@code settings}; where it is there with the same ones, that
     * is the answer; with others, the answer is {@link BrokerError#TOPIC_EXISTS}.
     */
    public CompletableFuture<TopicCreation> create(TopicKey key, int partitions, TopicSettings settings) {
        return log.change(done -> {
            if (!log.working().hasSpace(key.space())) {
                throw new BrokerException(BrokerError.SPACE_NOT_FOUND, "there is no space " + key.space());
            }
            Topic there = log.working().topics().get(key);
            if (there != null && (!there.settings().equals(settings) || there.partitionCount() != partitions)) {
                throw new BrokerException(
                        BrokerError.TOPIC_EXISTS,
                        "topic " + key.name() + " exists with other settings, or another number of partitions");
            }
            if (there != null) {
                log.answerWhenSynced(new TopicCreation(there, false), done);
                return;
            }
            NameRule.checkStore("topic name", key.name().value());
            if (log.working().queue(new QueueKey(key.space(), key.name())) != null) {
                throw new BrokerException(
                        BrokerError.NAME_TAKEN,
                        key.name() + " is the name of a queue; a name is that of a queue or of a topic, never both");
            }
            Topic made = Topic.of(key, log.nextId(), clock.epochMillis(), partitions, shards, settings);
            log.append(new TopicDefinition(made), () -> done.complete(new TopicCreation(made, true)), done);
        });
    }

    /** Changes a topic: {@code change} is given it as it is, and may add partitions ({@link #withPartitions}). */
    public CompletableFuture<Topic> change(TopicKey key, UnaryOperator<Topic> change) {
        CompletableFuture<TopicDefinition> changed =
                log.change(done -> log.append(new TopicDefinition(change.apply(require(key))), done));
        return changed.thenApply(TopicDefinition::topic);
    }

    /** {@code topic} with {@code partitions} partitions, not fewer than it has, spread over the shards. */
    public Topic withPartitions(Topic topic, int partitions) {
        return topic.withPartitions(partitions, shards);
    }

    /**
     * Removes a topic with the bindings to it, unless dead letters go there; the messages of its partitions are the
     * caller's to drop.
     */
    public CompletableFuture<Topic> delete(TopicKey key) {
        CompletableFuture<TopicDefinition> deleted = log.change(done -> {
            Topic there = require(key);
            DeadLetterRoutes.checkUnused(log.working(), key.space(), MoveTarget.topic(there.name()));
            log.remove(new TopicDefinition(there), done);
        });
        return deleted.thenApply(TopicDefinition::topic);
    }

    private Topic require(TopicKey key) {
        Topic there = log.working().topics().get(key);
        if (there == null) {
            throw new BrokerException(BrokerError.TOPIC_NOT_FOUND, "there is no topic " + key.name());
        }
        return there;
    }
}
