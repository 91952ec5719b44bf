package io.millrace.broker;

import io.millrace.broker.catalog.Routes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.NativeBatch;
import io.millrace.broker.message.SharedMessage;
import io.millrace.broker.topic.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Messages spread over logs: for each log one publish, or several where its messages are to be delivered differently,
 * and for each message where it is. Filled by one thread; what became of the messages is read when all publishes are
 * answered.
 */
public final class SpreadPublish {
    private final BrokerTopics topics;
    /** What each log is given. */
    private final Map<Long, Share> shares = new LinkedHashMap<>();
    /** For each message where it is. */
    private final List<List<Place>> places = new ArrayList<>();
    /** The partition of each topic for messages of which nothing says one. */
    private final Map<Long, Integer> turns = new HashMap<>(0);

    /** Message {@code index} of a batch of a share. */
    private record Place(Share share, int batch, int index) {
        NotedPublish publish() {
            return share.publishes.get(batch);
        }
    }

    SpreadPublish(BrokerTopics topics) {
        this.topics = topics;
    }

    /** Adds a message, once for each of {@code logs}, and shares its body. */
    void add(List<? extends DefinedLog> logs, SharedMessage message) {
        List<Place> here = new ArrayList<>(logs.size());
        for (DefinedLog log : logs) {
            here.add(shares.computeIfAbsent(log.logId(), id -> new Share(log)).add(message));
        }
        places.add(here);
    }

    /** The logs that {@code routes} say for a message with {@code properties}. */
    List<DefinedLog> logs(Routes routes, MessageProperties properties) {
        List<DefinedLog> logs = new ArrayList<>(routes.queues());
        for (Topic topic : routes.topics()) {
            logs.add(topic.partition(partition(topic, TopicPublish.ANY_PARTITION, properties)));
        }
        return logs;
    }

    /**
     * The partition of {@code topic} for a message with {@code properties}: the one that was {@code asked} for; else
     * that of its key; else that of its deduplication id, so that the same partition sees it again; else one that takes
     * its turn, the same for all messages of this publish.
     */
    int partition(Topic topic, int asked, MessageProperties properties) {
        if (asked >= topic.partitionCount()) {
            throw new BrokerException(
                    BrokerError.PARTITION_NOT_FOUND,
                    "topic " + topic.name() + " has no partition " + asked + ", only 0 to "
                            + (topic.partitionCount() - 1));
        }
        if (asked != TopicPublish.ANY_PARTITION) {
            return asked;
        }
        String key = properties.key() != null ? properties.key() : properties.deduplicationId();
        return key != null ? topic.partitionOf(key) : turns.computeIfAbsent(topic.id(), id -> topics.turn(topic));
    }

    /** No more messages come; {@code make} makes the publish for each batch. */
    void finish(Function<NativeBatch, NotedPublish> make) {
        shares.values().forEach(share -> share.batches.forEach(batch -> share.publishes.add(make.apply(batch))));
    }

    /** What is published to each log. */
    Collection<Share> shares() {
        return shares.values();
    }

    /** Adds all of it to {@code transaction}; a {@link BrokerException} says what is too large. */
    public void addTo(BrokerTransaction transaction) {
        finish(NotedPublish::new);
        shares.values().forEach(share -> share.publishes.forEach(each -> transaction.publish(share.log, each)));
    }

    /** The number of messages. */
    public int count() {
        return places.size();
    }

    /** Where message {@code index} is stored; without the logs that have refused it. */
    public List<RoutedPublish.Stored> stored(int index) {
        List<RoutedPublish.Stored> stored = new ArrayList<>(places.get(index).size());
        for (Place each : places.get(index)) {
            NotedPublish publish = each.publish();
            if (publish.refusal() == null) {
                stored.add(new RoutedPublish.Stored(
                        each.share.log, publish.firstOffset() + each.index, publish.isDuplicate()));
            }
        }
        return stored;
    }

    /** Lets go of the bodies, where they are not published after all. */
    public void release() {
        shares.values().forEach(share -> share.batches.forEach(NativeBatch::release));
    }

    /** What one log is given. */
    static final class Share {
        private final DefinedLog log;
        private final List<SharedMessage> messages = new ArrayList<>(1);
        private final List<NativeBatch> batches = new ArrayList<>(1);
        private final List<NotedPublish> publishes = new ArrayList<>(1);

        Share(DefinedLog log) {
            this.log = log;
        }

        DefinedLog log() {
            return log;
        }

        /** Its messages, in their order: those with equal ones have the same batches. */
        List<SharedMessage> messages() {
            return messages;
        }

        List<NotedPublish> publishes() {
            return publishes;
        }

        private Place add(SharedMessage message) {
            int last = batches.size() - 1;
            if (last < 0 || !batches.get(last).takes(message.attributes(), message.properties())) {
                batches.add(new NativeBatch(message.attributes()));
                last++;
            }
            NativeBatch batch = batches.get(last);
            batch.add(message);
            messages.add(message);
            return new Place(this, last, batch.count() - 1);
        }
    }
}
