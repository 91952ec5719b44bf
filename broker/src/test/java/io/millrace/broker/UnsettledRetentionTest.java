package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicSettings;
import io.millrace.broker.topic.UnsettledRetention;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics that keep what some subscription has not settled yet. */
class UnsettledRetentionTest {
    private static final UnsettledRetention KEPT =
            new UnsettledRetention(true, TopicSettings.UNLIMITED, TopicSettings.UNLIMITED);

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

    /** One that keeps nothing for longer than a second but what {@code unsettled} says. */
    private void create(UnsettledRetention unsettled) {
        TopicSettings usual = TopicSettings.DEFAULT;
        topics.create(
                "t",
                1,
                new TopicSettings(
                        1_000,
                        TopicSettings.UNLIMITED,
                        false,
                        0,
                        usual.messageBytesMax(),
                        usual.deduplicationMillis(),
                        unsettled));
    }

    private Topic topic() {
        return Objects.requireNonNull(topics.get("t"));
    }

    private QueueDefinition subscribe(String name, SubscriptionKind kind) {
        return rig.answer(rig.broker
                        .subscriptions()
                        .create(
                                topic(),
                                new ResourceName(name),
                                kind,
                                null,
                                SubscriptionStart.LATEST,
                                QueueSettings.DEFAULT))
                .subscription()
                .queue(topic(), 0);
    }

    private long earliest() {
        return topics.stats(topic().partition(0)).earliestOffset();
    }

    private List<Received> receive(QueueDefinition queue, int most) {
        return rig.receive(queue, most);
    }

    @Test
    void aMessageStaysUntilEverySubscriptionHasSettledItAlsoOverRestarts() throws IOException {
        create(KEPT);
        QueueDefinition fast = subscribe("fast", SubscriptionKind.SHARED);
        QueueDefinition slow = subscribe("slow", SubscriptionKind.SHARED);
        topics.publish(topic(), null, "1", "2", "3");
        rig.acknowledge(fast, receive(fast, 9));
        rig.pass(60);
        assertThat(earliest()).isZero();

        rig.restart();
        rig.pass(60);
        rig.crash();
        rig.pass(60);
        assertThat(earliest()).isZero();
        rig.acknowledge(slow, receive(slow, 2));
        rig.pass(60);
        assertThat(earliest()).isEqualTo(2);
        assertThat(topics.read(topic().partition(0), 2).bodies()).containsExactly("3");

        rig.acknowledge(slow, receive(slow, 9));
        rig.pass(60);
        assertThat(earliest()).isEqualTo(3);
    }

    @Test
    void aCumulativeSubscriptionHoldsWhatIsNotBehindItsPosition() throws IOException {
        create(KEPT);
        QueueDefinition reader = subscribe("reader", SubscriptionKind.CUMULATIVE);
        topics.publish(topic(), null, "1", "2", "3");
        rig.pass(60);
        assertThat(earliest()).isZero();

        rig.answer(rig.broker.subscriptions().seek(reader, topic().partition(0), SubscriptionStart.at(2)));
        rig.pass(60);
        assertThat(earliest()).isEqualTo(2);
        rig.crash();
        rig.pass(60);
        assertThat(earliest()).isEqualTo(2);
    }

    @Test
    void withoutASubscriptionAndAfterItsEndMessagesGoAsTheRetentionSays() {
        create(KEPT);
        topics.publish(topic(), null, "1");
        rig.pass(60);
        assertThat(earliest()).isEqualTo(1);

        subscribe("s", SubscriptionKind.SHARED);
        topics.publish(topic(), null, "2");
        rig.pass(60);
        assertThat(earliest()).isEqualTo(1);
        rig.answer(rig.broker.subscriptions().delete(topic(), new ResourceName("s")));
        rig.pass(60);
        assertThat(earliest()).isEqualTo(2);
    }

    @Test
    void whatIsTooOldGoesAlthoughItIsNotSettled() {
        create(new UnsettledRetention(true, 100_000, TopicSettings.UNLIMITED));
        QueueDefinition queue = subscribe("s", SubscriptionKind.SHARED);
        topics.publish(topic(), null, "1");
        rig.pass(60);
        assertThat(earliest()).isZero();
        rig.pass(60);
        assertThat(earliest()).isEqualTo(1);
        assertThat(receive(queue, 9)).isEmpty();
    }

    @Test
    void whatIsKeptCanBeChanged() {
        create(UnsettledRetention.NONE);
        QueueDefinition queue = subscribe("s", SubscriptionKind.SHARED);
        rig.answer(rig.broker.topics().change(topic().key(), null, settings -> settings.with(KEPT)));
        topics.publish(topic(), null, "1");
        rig.pass(60);
        assertThat(earliest()).isZero();

        rig.answer(rig.broker.topics().change(topic().key(), null, settings -> settings.with(UnsettledRetention.NONE)));
        rig.pass(60);
        assertThat(earliest()).isEqualTo(1);
        assertThat(receive(queue, 9)).isEmpty();
    }
}
