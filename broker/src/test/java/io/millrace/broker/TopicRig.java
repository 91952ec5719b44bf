package io.millrace.broker;

import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicKey;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.engine.Fetch;
import io.millrace.engine.LogStats;
import io.millrace.engine.Refusal;
import io.millrace.storage.EntryEnvelope;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Topics of a {@link BrokerRig}: makes them, publishes to them and reads them, and waits for the answers. */
record TopicRig(BrokerRig rig) {
    /** A message that was read. */
    record Read(long offset, String body, @Nullable String key) {}

    /** What a read was answered, or that its offset was out of range. */
    record Answer(List<Read> messages, long nextOffset, long earliestOffset, long endOffset, boolean isOutOfRange) {
        List<String> bodies() {
            return messages.stream().map(Read::body).toList();
        }
    }

    static TopicKey key(String name) {
        return new TopicKey(SpaceName.ROOT, new ResourceName(name));
    }

    Topic create(String name, int partitions) {
        return create(name, partitions, TopicSettings.DEFAULT);
    }

    Topic create(String name, int partitions, TopicSettings settings) {
        return rig.answer(rig.broker.topics().create(key(name), partitions, settings))
                .topic();
    }

    /** The topic as it is defined now. */
    @Nullable
    Topic get(String name) {
        return rig.broker.catalog().snapshot().topics().get(key(name));
    }

    static MessageProperties keyed(@Nullable String key) {
        return new MessageProperties(key, null, null, null, null, null, null, List.of());
    }

    static void add(TopicPublish publish, @Nullable String key, String body) {
        publish.add(
                TopicPublish.ANY_PARTITION,
                DeliveryAttributes.NONE,
                keyed(key),
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
    }

    List<Stored> publish(Topic topic, @Nullable String key, String... bodies) {
        TopicPublish publish = new TopicPublish();
        for (String body : bodies) {
            add(publish, key, body);
        }
        return rig.answer(rig.broker.topics().publish(topic, publish));
    }

    LogStats stats(TopicPartition partition) {
        return rig.answer(rig.broker.topics().stats(partition.topic()))
                .get(partition.logId())
                .log();
    }

    /** Everything from {@code from} on that can be read now. */
    Answer read(TopicPartition partition, long from) {
        return rig.answer(beginRead(partition, from, 0));
    }

    CompletableFuture<Answer> beginRead(TopicPartition partition, long from, long waitNanos) {
        CompletableFuture<Answer> done = new CompletableFuture<>();
        rig.broker.fetch(partition, new Reading(from, waitNanos, done));
        return done;
    }

    private static final class Reading extends Fetch {
        private final CompletableFuture<Answer> done;

        Reading(long from, long waitNanos, CompletableFuture<Answer> done) {
            super(from, 10_000, Integer.MAX_VALUE, waitNanos);
            this.done = done;
        }

        @Override
        protected void onFetched() {
            List<Read> read = new ArrayList<>();
            EntryEnvelope envelope = new EntryEnvelope();
            MessageView view = new MessageView();
            for (int i = 0; i < size(); i++) {
                readEnvelope(i, envelope);
                for (int index = 0; index < envelope.count; index++) {
                    long offset = envelope.firstOffset + index;
                    if (offset >= fromOffset() && !isGone(offset)) {
                        view.show(entry(i), index);
                        read.add(new Read(
                                offset,
                                view.body().toString(StandardCharsets.UTF_8),
                                view.properties().key()));
                    }
                }
            }
            release();
            done.complete(new Answer(read, nextOffset(), earliestOffset(), endOffset(), false));
        }

        @Override
        protected void onOutOfRange(long floor, long end) {
            done.complete(new Answer(List.of(), floor, floor, end, true));
        }

        @Override
        protected void onRefused(Refusal reason) {
            done.completeExceptionally(BrokerException.refused(reason, "of the topic"));
        }
    }
}
