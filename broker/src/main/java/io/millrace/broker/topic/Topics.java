package io.millrace.broker.topic;

import io.millrace.broker.NameRule;
import io.millrace.broker.ResourceName;
import io.millrace.broker.SpaceName;
import java.util.Collection;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/** All topics at one moment. Immutable; any thread. Making a changed one costs the logarithm of its size. */
public final class Topics {
    /** Nothing. */
    public static final Topics EMPTY = new Topics(TreePMap.empty(), HashTreePMap.empty());

    private final TreePMap<TopicKey, Topic> topics;
    private final PMap<Long, Topic> byId;

    private Topics(TreePMap<TopicKey, Topic> topics, PMap<Long, Topic> byId) {
        this.topics = topics;
        this.byId = byId;
    }

    /** The topic of that name. */
    public @Nullable Topic get(TopicKey key) {
        return topics.get(key);
    }

    /** The topic with that id. */
    public @Nullable Topic get(long id) {
        return byId.get(id);
    }

    /** The partition with that log. */
    public @Nullable TopicPartition byLog(long logId) {
        Topic topic = byId.get(TopicPartition.topicId(logId));
        int number = TopicPartition.number(logId);
        return topic == null || number >= topic.partitionCount() ? null : topic.partition(number);
    }

    /** All of them, by name. */
    public Collection<Topic> all() {
        return topics.values();
    }

    /** The topics of {@code space} by name, from {@code from} on, which is any text; others are not looked at. */
    public Stream<Topic> in(SpaceName space, String from) {
        ResourceName first = NameRule.fault(from) == null ? new ResourceName(from) : ResourceName.LEAST;
        return topics.tailMap(new TopicKey(space, first)).values().stream()
                .takeWhile(topic -> topic.key().space().equals(space))
                .dropWhile(topic -> topic.name().compareTo(from) < 0);
    }

    /** This, with {@code topic} in the place of what had its name. */
    public Topics plus(Topic topic) {
        return new Topics(topics.plus(topic.key(), topic), byId.plus(topic.id(), topic));
    }

    /** This, without {@code topic}. */
    public Topics minus(Topic topic) {
        return new Topics(topics.minus(topic.key()), byId.minus(topic.id()));
    }
}
