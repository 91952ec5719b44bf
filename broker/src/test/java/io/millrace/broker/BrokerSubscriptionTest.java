package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.catalog.SubscriptionCreation;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.engine.QueueStats;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
        var unused = rig.broker
                .subscriptions()
                .create(topic(), NAME, SubscriptionKind.SHARED, null, start, QueueSettings.DEFAULT);
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
                .create(topic(), NAME, SubscriptionKind.SHARED, null, SubscriptionStart.LATEST, QueueSettings.DEFAULT));
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
                .create(topic(), NAME, SubscriptionKind.SHARED, null, SubscriptionStart.LATEST, QueueSettings.DEFAULT));
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

    // One with a filter.

    /** Messages of each region in each partition. */
    private void publishRegions(String body, String... regions) {
        TopicPublish publish = new TopicPublish();
        for (int number = 0; number < topic().partitionCount(); number++) {
            for (String region : regions) {
                publish.add(
                        number,
                        DeliveryAttributes.NONE,
                        TopicRig.keyed(region),
                        Unpooled.copiedBuffer(body + region + number, StandardCharsets.UTF_8));
            }
        }
        rig.answer(rig.broker.topics().publish(topic(), publish));
    }

    private static List<String> ofEachPartition(String... bodies) {
        List<String> all = new ArrayList<>();
        for (int number = 0; number < PARTITIONS; number++) {
            for (String each : bodies) {
                all.add(each + number);
            }
        }
        return all;
    }

    private long ready() {
        return rig
                .answer(rig.broker
                        .subscriptions()
                        .stats(topic(), subscriptions().iterator().next()))
                .values()
                .stream()
                .mapToLong(QueueStats::ready)
                .sum();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CUMULATIVE")
    void oneWithAFilterGetsTheSameMessagesAfterACrash(SubscriptionKind kind) throws IOException {
        publishRegions("before ", "eu", "us");
        var unused = rig.broker
                .subscriptions()
                .create(
                        topic(),
                        NAME,
                        kind,
                        Selector.compile("millrace.key = 'eu'"),
                        SubscriptionStart.EARLIEST,
                        QueueSettings.DEFAULT);
        while (subscriptions().isEmpty()) {
            rig.world.step();
        }
        rig.crash();
        publishRegions("after ", "us", "eu");
        rig.crash();
        publishRegions("last ", "us");

        assertThat(ready()).isEqualTo(2 * PARTITIONS);
        if (kind == SubscriptionKind.BY_KEY) {
            assertThat(receiveFromAll()).isEqualTo(ofEachPartition("before eu"));
        } else {
            assertThat(receiveFromAll()).isEqualTo(ofEachPartition("before eu", "after eu"));
        }
    }

    @Test
    void aSubscriptionIsThereWithOneFilterAndACumulativeOneHasNone() {
        Selector selector = Selector.compile("a = 'b'");
        SubscriptionCreation made = rig.answer(create(SubscriptionKind.SHARED, selector));
        assertThat(made.isNew()).isTrue();
        assertThat(rig.answer(create(SubscriptionKind.SHARED, Selector.compile("a = 'b'")))
                        .isNew())
                .isFalse();
        assertThat(error(SubscriptionKind.SHARED, null)).isEqualTo(BrokerError.SUBSCRIPTION_EXISTS);
        assertThat(error(SubscriptionKind.SHARED, Selector.compile("a = 'c'")))
                .isEqualTo(BrokerError.SUBSCRIPTION_EXISTS);
        rig.answer(rig.broker.subscriptions().delete(topic(), NAME));
        assertThat(error(SubscriptionKind.CUMULATIVE, selector)).isEqualTo(BrokerError.INVALID);
        assertThat(subscriptions()).isEmpty();
    }

    private BrokerError error(SubscriptionKind kind, @Nullable Selector filter) {
        return assertThrows(BrokerException.class, () -> rig.answer(create(kind, filter)))
                .error();
    }

    private CompletableFuture<SubscriptionCreation> create(SubscriptionKind kind, @Nullable Selector filter) {
        return rig.broker
                .subscriptions()
                .create(topic(), NAME, kind, filter, SubscriptionStart.LATEST, QueueSettings.DEFAULT);
    }
}
