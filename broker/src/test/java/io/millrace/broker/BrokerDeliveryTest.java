package io.millrace.broker;

import static io.millrace.broker.message.DeliveryAttributes.UNSAID;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerRig.Published;
import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a delivery holds over a crash, and over a clock that is set, as far as it should. */
class BrokerDeliveryTest {
    private static final long HOUR_MILLIS = TimeUnit.HOURS.toMillis(1);

    private BrokerRig rig;
    private QueueDefinition queue;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        queue = create("q", QueueSettings.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private QueueDefinition create(String name, QueueSettings settings) {
        QueueKey key = new QueueKey(SpaceName.ROOT, new ResourceName(name));
        return rig.answer(rig.broker.catalog().createQueue(key, settings)).queue();
    }

    private Published publish(DeliveryAttributes attributes, String... bodies) {
        return rig.publish(queue, attributes, MessageProperties.NONE, bodies);
    }

    private Published publish(MessageProperties properties, String... bodies) {
        return rig.publish(queue, DeliveryAttributes.NONE, properties, bodies);
    }

    private static MessageProperties named(String group, String deduplicationId) {
        return new MessageProperties(null, null, null, null, null, group, deduplicationId, List.of());
    }

    private List<String> received() {
        return rig.receive(queue, 100).stream().map(Received::body).toList();
    }

    @ParameterizedTest
    @CsvSource({"0", "3600000", "-3600000"})
    void aDelayIsAsLongWhateverIsDoneToTheClock(long jumpMillis) throws IOException {
        publish(new DeliveryAttributes(UNSAID, 60_000, UNSAID, UNSAID, UNSAID), "a", "b");

        rig.world.clock().jumpWall(jumpMillis);
        rig.pass(58);
        assertThat(received()).isEmpty();
        rig.pass(3);

        assertThat(received()).containsExactly("a", "b");
    }

    @Test
    void aDelayGoesOnOverACrash() throws IOException {
        publish(new DeliveryAttributes(UNSAID, 60_000, UNSAID, UNSAID, UNSAID), "a");
        rig.pass(30);

        rig.crash();

        rig.pass(28);
        assertThat(received()).isEmpty();
        rig.pass(3);
        assertThat(received()).containsExactly("a");
    }

    @Test
    void aDateIsThatOfTheWallClock() throws IOException {
        long dueMillis = rig.world.clock().epochMillis() + HOUR_MILLIS;
        publish(new DeliveryAttributes(UNSAID, UNSAID, dueMillis, UNSAID, UNSAID), "a");
        rig.crash();
        rig.pass(5);
        assertThat(received()).isEmpty();

        rig.world.clock().jumpWall(HOUR_MILLIS);
        rig.pass(2);

        assertThat(received()).containsExactly("a");
    }

    @Test
    void anExpiryIsThatOfTheWallClock() throws IOException {
        publish(new DeliveryAttributes(UNSAID, UNSAID, UNSAID, HOUR_MILLIS, UNSAID), "a");
        rig.crash();
        rig.pass(5);
        assertThat(rig.stats(queue).ready()).isEqualTo(1);

        rig.world.clock().jumpWall(HOUR_MILLIS);
        rig.pass(2);

        assertThat(rig.stats(queue).ready()).isZero();
        assertThat(rig.stats(queue).counters().messagesExpired()).isEqualTo(1);
    }

    @Test
    void theOrderByPriorityIsUnsignedAndSurvivesACrash() throws IOException {
        publish(new DeliveryAttributes(0xFFFF_FFFFL, UNSAID, UNSAID, UNSAID, UNSAID), "last");
        publish(DeliveryAttributes.NONE, "normal");
        publish(new DeliveryAttributes(0x7FFF_FFFFL, UNSAID, UNSAID, UNSAID, UNSAID), "before normal");
        publish(new DeliveryAttributes(0, UNSAID, UNSAID, UNSAID, UNSAID), "first");

        rig.crash();

        assertThat(received()).containsExactly("first", "before normal", "normal", "last");
    }

    @Test
    void ofAGroupOneIsOutAtATimeOverACrash() throws IOException {
        publish(named("a", null), "a1", "a2");
        publish(named("b", null), "b1");
        List<Received> held = rig.receive(queue, 10);
        assertThat(held).extracting(Received::body).containsExactly("a1", "b1");

        rig.crash();

        assertThat(received()).isEmpty();
        assertThat(rig.acknowledge(queue, held.subList(0, 1))).isEqualTo(1);
        assertThat(received()).containsExactly("a2");
    }

    @Test
    void aSecondPublishIsStoredOnceOverACrashAndUntilTheWindowEnds() throws IOException {
        Published first = publish(named(null, "order-7"), "a");
        assertThat(first.isDuplicate()).isFalse();

        rig.crash();

        assertThat(publish(named(null, "order-7"), "b")).isEqualTo(new Published(first.ids(), true));
        assertThat(publish(named(null, "order-8"), "c").isDuplicate()).isFalse();
        assertThat(received()).containsExactly("a", "c");
        rig.world.clock().jumpWall(HOUR_MILLIS);
        assertThat(publish(named(null, "order-7"), "d").isDuplicate())
                .as("the wall clock was set")
                .isTrue();
        rig.pass(301);
        assertThat(publish(named(null, "order-7"), "e").isDuplicate()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // what the queue says, what the message says: time to live, expiry in seconds from now; when it ends
        "0, -1, -1, 0",
        "0, 10, -1, 10",
        "0, -1, 20, 20",
        "30, -1, -1, 30",
        "30, 10, -1, 10",
        "30, 40, -1, 30",
        "30, -1, 20, 20",
        "30, -1, 40, 30"
    })
    void theEarlierEndCounts(long queueSeconds, long ownSeconds, long expirySeconds, long endSeconds) {
        queue = create("other", new QueueSettings(1000, 500, 0, queueSeconds * 1000, 5, 1000));
        long expiryMillis = expirySeconds < 0 ? UNSAID : rig.world.clock().epochMillis() + expirySeconds * 1000;
        long ownMillis = ownSeconds < 0 ? UNSAID : ownSeconds * 1000;
        publish(new DeliveryAttributes(UNSAID, UNSAID, UNSAID, ownMillis, expiryMillis), "a");

        rig.pass(endSeconds == 0 ? 100_000 : endSeconds - 1);
        assertThat(rig.stats(queue).ready()).isEqualTo(1);
        rig.pass(2);

        assertThat(rig.stats(queue).ready()).isEqualTo(endSeconds == 0 ? 1 : 0);
    }
}
