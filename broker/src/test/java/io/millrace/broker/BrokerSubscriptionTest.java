package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions in a broker whose process ends between their definition and what comes of it. */
class BrokerSubscriptionTest {
    private static final int PARTITIONS = 4;
    private static final ResourceName NAME = new ResourceName("s");

    private BrokerRig rig;
    private TopicRig topics;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        topics = new TopicRig(rig);
        topics.create("t", PARTITIONS);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private Topic topic() {
        return Objects.requireNonNull(topics.get("t"));
    }

    private Collection<Subscription> subscriptions() {
        return rig.broker.catalog().snapshot().subscriptions().of(topic());
    }

    /** One message in each partition. */
    private void publishToAll(String body) {
        TopicPublish publish = new TopicPublish();
        for (int number = 0; number < topic().partitionCount(); number++) {
            publish.add(
                    number,
                    DeliveryAttributes.NONE,
                    MessageProperties.NONE,
                    Unpooled.copiedBuffer(body + number, StandardCharsets.UTF_8));
        }
        rig.answer(rig.broker.topics().publish(topic(), publish));
    }

    private List<String> receiveFromAll() {
        List<String> bodies = new ArrayList<>();
        for (QueueDefinition each : subscriptions().iterator().next().queues(topic())) {
            rig.receive(each, 9).forEach(message -> bodies.add(message.body()));
        }
        return bodies;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatIsDefinedBeginsInEveryPartition(boolean isFromEarliest) throws IOException {
        publishToAll("before ");
        SubscriptionStart start = isFromEarliest ? SubscriptionStart.EARLIEST : SubscriptionStart.LATEST;
        var unused =
                rig.broker.subscriptions().create(topic(), NAME, SubscriptionKind.SHARED, start, QueueSettings.DEFAULT);
        while (subscriptions().isEmpty()) {
            rig.world.step();
        }

        rig.crash();
        publishToAll("after ");

        List<String> expected = new ArrayList<>();
        for (int number = 0; number < PARTITIONS; number++) {
            if (isFromEarliest) {
                expected.add("before " + number);
            }
            expected.add("after " + number);
        }
        assertThat(receiveFromAll()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itIsInPartitionsThatAreAdded(boolean hasCrash) throws IOException {
        rig.answer(rig.broker
                .subscriptions()
                .create(topic(), NAME, SubscriptionKind.SHARED, SubscriptionStart.LATEST, QueueSettings.DEFAULT));
        var added = rig.broker.topics().change(topic().key(), PARTITIONS + 2, settings -> settings);
        if (hasCrash) {
            while (topic().partitionCount() == PARTITIONS) {
                rig.world.step();
            }
            rig.crash();
        } else {
            rig.answer(added);
        }

        publishToAll("");

        assertThat(receiveFromAll()).containsExactly("0", "1", "2", "3", "4", "5");
    }

    @Test
    void oneThatIsDeletedIsGoneFromEveryPartition() throws IOException {
        rig.answer(rig.broker
                .subscriptions()
                .create(topic(), NAME, SubscriptionKind.SHARED, SubscriptionStart.LATEST, QueueSettings.DEFAULT));
        List<QueueDefinition> queues = subscriptions().iterator().next().queues(topic());
        var unused = rig.broker.subscriptions().delete(topic(), NAME);
        while (!subscriptions().isEmpty()) {
            rig.world.step();
        }

        rig.crash();

        for (QueueDefinition each : queues) {
            assertThat(rig.broker.shard(each).openLogs()).doesNotContain(each.logId());
        }
    }
}
