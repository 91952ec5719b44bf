package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.broker.topic.UnsettledRetention;
import io.millrace.engine.Fetch;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics: made, changed and removed for good; where messages go, and for how long they are kept. */
class BrokerTopicTest {
    private static final QueueKey SAME = new QueueKey(SpaceName.ROOT, new ResourceName("t"));

    private BrokerRig rig;
    private TopicRig topics;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        topics = new TopicRig(rig);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private QueueDefinition queue(String name) {
        QueueKey key = new QueueKey(SpaceName.ROOT, new ResourceName(name));
        return rig.answer(rig.broker.catalog().createQueue(key, QueueSettings.DEFAULT))
                .queue();
    }

    private void refused(BrokerError error, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.error())
                .as(e.getMessage())
                .isEqualTo(error));
    }

    private static TopicSettings kept(long millis, long bytes, boolean isCompacted) {
        TopicSettings usual = TopicSettings.DEFAULT;
        return new TopicSettings(
                millis,
                bytes,
                isCompacted,
                1_000,
                usual.messageBytesMax(),
                usual.deduplicationMillis(),
                UnsettledRetention.NONE);
    }

    // Definitions.

    @Test
    void itsPartitionsAreSpreadOverTheShardsAndHaveLogsOfTheirOwn() {
        Topic topic = topics.create("t", 8);
        Topic other = topics.create("u", 8);

        assertThat(topic.shards()).containsExactlyInAnyOrder(0, 1, 2, 3, 0, 1, 2, 3);
        List<Long> logs = new ArrayList<>();
        topic.partitions().forEach(each -> logs.add(each.logId()));
        other.partitions().forEach(each -> logs.add(each.logId()));
        assertThat(logs).doesNotHaveDuplicates();
        for (TopicPartition each : topic.partitions()) {
            assertThat(rig.broker.catalog().snapshot().log(each.logId())).isEqualTo(each);
        }
    }

    @Test
    void makingItAgainIsFineAndWithOtherSettingsChangesNothing() {
        Topic topic = topics.create("t", 2);

        assertThat(topics.create("t", 2)).isEqualTo(topic);
        refused(BrokerError.TOPIC_EXISTS, () -> topics.create("t", 3));
        refused(BrokerError.TOPIC_EXISTS, () -> topics.create("t", 2, kept(1, 1, false)));
        assertThat(topics.get("t")).isEqualTo(topic);
    }

    @Test
    void aNameIsThatOfAQueueOrOfATopic() {
        topics.create("t", 1);
        queue("q");

        refused(BrokerError.NAME_TAKEN, () -> queue("t"));
        refused(BrokerError.NAME_TAKEN, () -> topics.create("q", 1));
        rig.answer(rig.broker.topics().delete(TopicRig.key("t")));
        assertThat(queue("t").queue()).isEqualTo(SAME);
        refused(BrokerError.NAME_TAKEN, () -> topics.create("t", 1));
        // It would be the name of a subscription.
        refused(BrokerError.INVALID, () -> queue("a::b"));
        refused(BrokerError.INVALID, () -> topics.create("a::b", 1));
    }

    @Test
    void partitionsAreAddedAndNeverTakenAway() throws IOException {
        Topic topic = topics.create("t", 2);
        topics.publish(topic, "k", "before");

        Topic larger = rig.answer(rig.broker.topics().change(topic.key(), 6, settings -> settings));

        assertThat(larger.partitionCount()).isEqualTo(6);
        assertThat(larger.shards()).startsWith(topic.shards().toArray(new Integer[0]));
        rig.crash();
        assertThat(topics.get("t")).isEqualTo(larger);
        assertThat(topics.read(larger.partition(topic.partitionOf("k")), 0).bodies())
                .containsExactly("before");
        topics.publish(larger, null, "a");
        refused(BrokerError.INVALID, () -> rig.answer(rig.broker.topics().change(topic.key(), 5, same -> same)));
        refused(BrokerError.INVALID, () -> topics.create("u", Topic.PARTITIONS_MAX + 1));
        refused(
                BrokerError.TOPIC_NOT_FOUND,
                () -> rig.answer(rig.broker.topics().change(TopicRig.key("u"), 5, same -> same)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDeletedTopicIsGoneForGoodAndItsSuccessorIsAnother(boolean hasCrash) throws IOException {
        Topic topic = topics.create("t", 4);
        topics.publish(topic, null, "a");
        CompletableFuture<Topic> deleted = rig.broker.topics().delete(topic.key());
        if (hasCrash) {
            // Between the removal of the definition and that of the logs.
            while (topics.get("t") != null) {
                rig.world.step();
            }
            rig.crash();
        } else {
            rig.answer(deleted);
        }

        assertThat(topics.get("t")).isNull();
        refused(BrokerError.TOPIC_NOT_FOUND, () -> topics.publish(topic, null, "b"));
        Topic anew = topics.create("t", 4);
        assertThat(anew.partition(0).logId()).isNotEqualTo(topic.partition(0).logId());
        for (TopicPartition each : anew.partitions()) {
            assertThat(topics.stats(each).endOffset()).isZero();
        }
        assertThat(rig.answer(rig.broker.stats(topic.partitions()))).isEmpty();
    }

    // Publishing.

    @Test
    void messagesOfAKeyGoToOnePartitionAndOthersInTurn() {
        Topic topic = topics.create("t", 3);

        for (String key : List.of("a", "b", "c", "d", "e")) {
            int partition = topic.partitionOf(key);
            assertThat(topics.publish(topic, key, "1", "2"))
                    .extracting(Stored::log)
                    .containsOnly(topic.partition(partition));
        }
        for (int round = 0; round < 6; round++) {
            List<Stored> stored = topics.publish(topic, null, "1", "2");
            assertThat(stored).extracting(Stored::log).containsOnly(topic.partition(round % 3));
            assertThat(stored.get(1).offset()).isEqualTo(stored.get(0).offset() + 1);
        }
    }

    @Test
    void aPartitionCanBeSaidIfItIsThere() {
        Topic topic = topics.create("t", 3);
        TopicPublish publish = new TopicPublish();
        publish.add(2, DeliveryAttributes.NONE, TopicRig.keyed("k"), Unpooled.copiedBuffer(new byte[] {'x'}));
        assertThat(rig.answer(rig.broker.topics().publish(topic, publish)))
                .containsExactly(new Stored(topic.partition(2), 0, false));

        TopicPublish beyond = new TopicPublish();
        TopicRig.add(beyond, "k", "not stored");
        beyond.add(3, DeliveryAttributes.NONE, MessageProperties.NONE, Unpooled.copiedBuffer(new byte[] {'y'}));
        refused(
                BrokerError.PARTITION_NOT_FOUND,
                () -> rig.answer(rig.broker.topics().publish(topic, beyond)));
        for (TopicPartition each : topic.partitions()) {
            assertThat(topics.stats(each).endOffset()).isEqualTo(each.number() == 2 ? 1 : 0);
        }
    }

    @Test
    void whatItDoesNotGoByIsRefused() {
        TopicPublish publish = new TopicPublish();
        DeliveryAttributes urgent = DeliveryAttributes.ofPriority(1);
        assertThatThrownBy(() -> publish.add(-1, urgent, MessageProperties.NONE, Unpooled.EMPTY_BUFFER))
                .isInstanceOf(IllegalArgumentException.class);
        MessageProperties grouped = new MessageProperties(null, null, null, null, null, "g", null, List.of());
        assertThatThrownBy(() -> publish.add(-1, DeliveryAttributes.NONE, grouped, Unpooled.EMPTY_BUFFER))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(publish.count()).isZero();
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeAnythingIsStored() {
        TopicSettings usual = TopicSettings.DEFAULT;
        Topic topic = topics.create(
                "t", 2, new TopicSettings(0, 0, false, 0, 10, usual.deduplicationMillis(), UnsettledRetention.NONE));

        refused(BrokerError.MESSAGE_TOO_LARGE, () -> topics.publish(topic, null, "small", "x".repeat(11)));
        assertThat(topics.stats(topic.partition(0)).endOffset()).isZero();
    }

    @Test
    void whatIsPublishedTwiceIsStoredOnceWithoutAKeyToo() throws IOException {
        Topic topic = topics.create("t", 4);
        MessageProperties named = new MessageProperties(null, null, null, null, null, null, "once", List.of());
        Stored first = null;
        for (int round = 0; round < 6; round++) {
            TopicPublish publish = new TopicPublish();
            publish.add(-1, DeliveryAttributes.NONE, named, Unpooled.copiedBuffer(new byte[] {'x'}));
            Stored stored =
                    rig.answer(rig.broker.topics().publish(topic, publish)).get(0);
            first = first == null ? stored : first;
            assertThat(stored).isEqualTo(new Stored(first.log(), first.offset(), round > 0));
            if (round == 3) {
                rig.crash();
            }
        }
    }

    // Other ways into it.

    @Test
    void anExchangeLeadsToItWhateverMessagesSayOfTheirDelivery() {
        Topic topic = topics.create("t", 2);
        QueueDefinition queue = queue("q");
        ExchangeKey key = new ExchangeKey(SpaceName.ROOT, new ResourceName("x"));
        Exchange exchange = rig.answer(
                        rig.broker.catalog().exchanges().create(key, ExchangeSettings.of(ExchangeType.FANOUT)))
                .exchange();
        bind(key, Destination.Kind.TOPIC, "t");
        bind(key, Destination.Kind.QUEUE, "q");
        DeliveryAttributes late = new DeliveryAttributes(7, 60_000, -1, -1, -1);
        MessageProperties grouped = new MessageProperties("k", null, null, null, null, "g", null, List.of());

        List<Stored> stored = rig.publish(exchange, "", late, grouped, "m");

        TopicPartition partition = topic.partition(topic.partitionOf("k"));
        assertThat(stored).containsExactlyInAnyOrder(new Stored(partition, 0, false), new Stored(queue, 0, false));
        assertThat(topics.read(partition, 0).bodies()).containsExactly("m");
        assertThat(rig.receive(queue, 1)).isEmpty();
        // Its bindings are gone with it.
        rig.answer(rig.broker.topics().delete(topic.key()));
        topics.create("t", 2);
        assertThat(rig.publish(exchange, "", "m")).containsExactly("q");
    }

    private void bind(ExchangeKey source, Destination.Kind kind, String name) {
        rig.answer(rig.broker
                .catalog()
                .exchanges()
                .bind(new BindingRequest(source, kind, new ResourceName(name), "", MatchArguments.NONE, null)));
    }

    @Test
    void aTransactionPublishesToItEntirelyOrNotAtAll() {
        Topic topic = topics.create("t", 4);
        QueueDefinition queue = queue("q");
        rig.publish(queue, "source");
        for (boolean isDone : new boolean[] {false, true}) {
            TopicPublish publish = new TopicPublish();
            for (String key : List.of("a", "b", "c", "d", "e", "f")) {
                TopicRig.add(publish, key, key);
            }
            SpreadPublish spread = rig.broker.topics().spread(topic, publish);
            BrokerTransaction transaction = rig.broker.begin();
            spread.addTo(transaction);
            transaction.remove(queue, isDone ? 0 : 17);
            if (isDone) {
                rig.answer(transaction.commit());
                assertThat(spread.stored(2))
                        .extracting(Stored::log)
                        .containsExactly(topic.partition(topic.partitionOf("c")));
            } else {
                refused(BrokerError.LEASE_ENDED, () -> rig.answer(transaction.commit()));
            }
        }
        List<String> bodies = new ArrayList<>();
        topic.partitions()
                .forEach(each -> bodies.addAll(topics.read(each, Fetch.EARLIEST).bodies()));
        assertThat(bodies).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "f");
    }

    // What is kept.

    @Test
    void theOldestGoWhereThereIsMoreThanItKeeps() {
        Topic topic = topics.create("t", 1, kept(0, 100_000, false));
        TopicPartition partition = topic.partition(0);
        for (int i = 0; i < 60; i++) {
            topics.publish(topic, null, "x".repeat(20_000));
        }
        rig.pass(30);

        long earliest = topics.stats(partition).earliestOffset();
        assertThat(earliest).isPositive();
        assertThat(topics.read(partition, 0).isOutOfRange()).isTrue();
        assertThat(topics.read(partition, 0).earliestOffset()).isEqualTo(earliest);
        assertThat(topics.read(partition, Fetch.EARLIEST).messages().get(0).offset())
                .isEqualTo(earliest);

        // What is changed counts for what is there, too.
        rig.answer(rig.broker.topics().change(topic.key(), null, settings -> kept(1_000, 0, false)));
        rig.pass(30);
        assertThat(topics.stats(partition).earliestOffset()).isEqualTo(60);
        assertThat(topics.stats(partition).endOffset()).isEqualTo(60);
    }

    @Test
    void ofEachKeyTheLatestStaysAndATombstoneForAWhile() {
        Topic topic = topics.create("t", 1, kept(0, 0, true));
        TopicPartition partition = topic.partition(0);
        for (int round = 0; round < 3; round++) {
            topics.publish(topic, "a", "a" + round);
            topics.publish(topic, "b", round < 2 ? "b" + round : "");
            topics.publish(topic, null, "n" + round);
        }
        giveUpJournal();
        assertThat(topics.read(partition, Fetch.EARLIEST).bodies()).containsExactly("n0", "n1", "a2", "", "n2");

        // It goes when the log is looked at again, for enough of it is new.
        String large = "x".repeat(4_000);
        topics.publish(topic, "c", large);
        giveUpJournal();
        assertThat(topics.read(partition, Fetch.EARLIEST).bodies()).containsExactly("n0", "n1", "a2", "n2", large);
    }

    /** Has what is in the journal moved, and looked at. */
    private void giveUpJournal() {
        QueueDefinition filler = queue("filler");
        for (int round = 0; round < 6; round++) {
            for (int i = 0; i < 30; i++) {
                rig.publish(filler, "x".repeat(10_000));
            }
            rig.purge(filler);
            rig.pass(30);
        }
    }

    // Reading.

    @Test
    void aReaderWaitsForWhatComes() {
        Topic topic = topics.create("t", 1);
        topics.publish(topic, null, "before");
        CompletableFuture<TopicRig.Answer> waiting = topics.beginRead(topic.partition(0), Fetch.LATEST, 1_000_000_000);

        topics.publish(topic, "k", "after");

        TopicRig.Answer answer = rig.answer(waiting);
        assertThat(answer.messages()).containsExactly(new TopicRig.Read(1, "after", "k"));
        assertThat(answer.nextOffset()).isEqualTo(2);
    }
}
