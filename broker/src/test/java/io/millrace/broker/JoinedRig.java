package io.millrace.broker;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKey;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.engine.Receive;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The subscription {@code t::s} of a topic {@code t} in a {@link BrokerRig}, and receives from all its partitions. */
final class JoinedRig {
    static final ResourceName NAME = new ResourceName("s");
    static final String QUEUE = "t::s";

    final BrokerRig rig;
    private final TopicRig topics;

    JoinedRig(BrokerRig rig, int partitions, SubscriptionKind kind) {
        this.rig = rig;
        this.topics = new TopicRig(rig);
        topics.create("t", partitions);
        QueueSettings settings = QueueSettings.DEFAULT;
        rig.answer(rig.broker
                .subscriptions()
                .create(
                        topic(),
                        NAME,
                        kind,
                        null,
                        SubscriptionStart.EARLIEST,
                        settings.with(settings.consumers().withSingleActive(kind.needsConsumer()))));
    }

    Topic topic() {
        return Objects.requireNonNull(topics.get("t"));
    }

    Subscription subscription() {
        return Objects.requireNonNull(
                rig.broker.catalog().snapshot().subscriptions().get(new SubscriptionKey(topic().id(), NAME)));
    }

    List<QueueDefinition> queues() {
        return subscription().queues(topic());
    }

    ConsumedQueues joined() {
        return rig.broker.access().consumed(BrokerRig.ANYBODY, QUEUE, io.millrace.broker.security.Action.CONSUME);
    }

    /** Begins to publish a message to a partition; it is confirmed later. */
    void beginPublish(int partition, String body) {
        TopicPublish publish = new TopicPublish();
        publish.add(
                partition,
                DeliveryAttributes.NONE,
                MessageProperties.NONE,
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        var unused = rig.broker.topics().publish(topic(), publish);
    }

    void publish(int partition, String... bodies) {
        for (String body : bodies) {
            beginPublish(partition, body);
        }
        rig.pass(0);
    }

    void addPartitions(int count) {
        rig.answer(rig.broker.topics().change(topic().key(), count, settings -> settings));
    }

    Probe receive(int most, long waitSeconds) {
        return begin(new Probe(this, most, waitSeconds));
    }

    Probe begin(Probe probe) {
        probe.begin();
        rig.world.runUntilIdle(1_000_000);
        return probe;
    }

    /** A receive of a test, which keeps what it was answered. */
    static final class Probe extends JoinedReceive {
        final List<Received> received = new ArrayList<>();
        /** The queue of each message. */
        final List<QueueDefinition> queues = new ArrayList<>();

        private final boolean isOfAll;

        int answers;

        @Nullable
        BrokerException refusal;

        Probe(JoinedRig rig, int most, long waitSeconds) {
            this(rig.rig.broker, rig.joined(), most, waitSeconds);
        }

        Probe(Broker broker, ConsumedQueues queues, int most, long waitSeconds) {
            super(broker, queues, most, 1 << 20, TimeUnit.DAYS.toNanos(1), TimeUnit.SECONDS.toNanos(waitSeconds), true);
            isOfAll = queues.isJoined();
        }

        /** Whether it receives from all partitions. */
        boolean isOfAll() {
            return isOfAll;
        }

        Probe by(long consumer) {
            if (consumer != Receive.NOBODY) {
                by(consumer, "ada");
            }
            return this;
        }

        List<String> bodies() {
            return received.stream().map(Received::body).toList();
        }

        @Override
        protected void onDelivered(List<QueueDeliveries> messages) {
            answers++;
            MessageView view = new MessageView();
            for (QueueDeliveries each : messages) {
                for (int i = 0; i < each.messages().size(); i++) {
                    String body = view.show(
                                    each.messages().entry(i), each.messages().indexInEntry(i))
                            .body()
                            .toString(StandardCharsets.UTF_8);
                    queues.add(each.queue());
                    received.add(new Received(
                            body,
                            each.messages().offset(i),
                            each.messages().leaseToken(i),
                            each.messages().deliveryCount(i),
                            view.history(
                                    each.messages().storedIn(), each.messages().offset(i))));
                }
                each.messages().release();
            }
        }

        @Override
        protected void onRefused(BrokerException reason) {
            answers++;
            refusal = reason;
        }
    }
}
