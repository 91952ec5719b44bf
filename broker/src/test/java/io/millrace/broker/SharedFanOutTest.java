package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.RoutedPublish.Stored;
import io.millrace.broker.catalog.DeadLetterSettings;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination.Kind;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.engine.Settlement;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A publish to many queues is stored once for those of a shard; ids and all else are those of each queue. */
class SharedFanOutTest {
    private static final int QUEUES = 20;
    private static final int BODY_BYTES = 4_000;

    private final List<QueueDefinition> queues = new ArrayList<>();
    private BrokerRig rig;
    private QueueDefinition dead;
    private Exchange exchange;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        dead = queue("dead", QueueSettings.DEFAULT);
        exchange = rig.answer(
                        rig.broker.catalog().exchanges().create(key("all"), ExchangeSettings.of(ExchangeType.TOPIC)))
                .exchange();
        for (int i = 0; i < QUEUES; i++) {
            queues.add(queue(
                    "q" + i, QueueSettings.DEFAULT.with(new DeadLetterSettings(MoveTarget.queue("dead"), 3, true))));
            bind("q" + i, "#");
        }
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private static ExchangeKey key(String name) {
        return new ExchangeKey(SpaceName.ROOT, new ResourceName(name));
    }

    private QueueDefinition queue(String name, QueueSettings settings) {
        QueueKey key = new QueueKey(SpaceName.ROOT, new ResourceName(name));
        return rig.answer(rig.broker.catalog().createQueue(key, settings)).queue();
    }

    private void bind(String queue, String routingKey) {
        BindingRequest request = new BindingRequest(
                key("all"), Kind.QUEUE, new ResourceName(queue), routingKey, MatchArguments.NONE, null);
        rig.answer(rig.broker.catalog().exchanges().bind(request));
    }

    private List<Stored> publish(String body) {
        return rig.publish(exchange, "a", DeliveryAttributes.NONE, MessageProperties.NONE, body);
    }

    private static List<String> ids(List<Received> received) {
        return received.stream().map(each -> each.history().id().toString()).toList();
    }

    private static List<String> idsIn(QueueDefinition queue, List<Stored> stored) {
        return stored.stream()
                .filter(each -> each.log().logId() == queue.logId())
                .map(each -> new MessageId(queue.logId(), each.offset()).toString())
                .toList();
    }

    @Test
    void theBodyIsWrittenOnceForTheQueuesOfAShard() {
        publish("warm");
        long before = rig.broker.store().figures().writtenBytes();
        publish("x".repeat(BODY_BYTES));
        long written = rig.broker.store().figures().writtenBytes() - before;

        // Each of the shards has some of the queues.
        assertThat(written).isLessThan(2L * 4 * BODY_BYTES);
    }

    @Test
    void whatIsReceivedHasTheIdThatThePublishWasAnsweredWith() throws IOException {
        rig.publish(queues.get(3), "before");
        List<Stored> first = publish("one");
        List<Stored> second = publish("two");
        rig.crash();

        for (QueueDefinition each : queues) {
            List<Stored> both = new ArrayList<>(first);
            both.addAll(second);
            List<String> expected = idsIn(each, both);
            assertThat(expected).hasSize(2);
            assertThat(ids(rig.receive(each, 10))).endsWith(expected.toArray(String[]::new));
        }
    }

    @Test
    void aDeadLetterKeepsTheIdThatItHadInItsQueue() {
        List<Stored> stored = publish("one");
        for (QueueDefinition each : queues.subList(0, 5)) {
            rig.settle(each, rig.receive(each, 1), Settlement.REJECT, "no");
            rig.pass(0);
        }

        List<String> expected = new ArrayList<>();
        queues.subList(0, 5).forEach(each -> expected.addAll(idsIn(each, stored)));
        assertThat(expected).doesNotHaveDuplicates();
        assertThat(ids(rig.receive(dead, 10))).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void messagesWithRoutesOfTheirOwnAreWhereTheseLead() {
        queue("odd", QueueSettings.DEFAULT);
        bind("odd", "odd");
        QueueDefinition odd =
                rig.broker.catalog().snapshot().queue(new QueueKey(SpaceName.ROOT, new ResourceName("odd")));
        RoutedPublish publish = new RoutedPublish();
        for (int i = 0; i < 6; i++) {
            publish.add(
                    i % 2 == 0 ? "even" : "odd",
                    DeliveryAttributes.NONE,
                    MessageProperties.NONE,
                    Unpooled.copiedBuffer("m" + i, StandardCharsets.UTF_8));
        }
        rig.answer(rig.broker.publish(exchange, publish));

        assertThat(rig.receive(odd, 10)).extracting(Received::body).containsExactly("m1", "m3", "m5");
        for (QueueDefinition each : queues) {
            assertThat(rig.receive(each, 10))
                    .extracting(Received::body)
                    .hasSize(6)
                    .startsWith("m0", "m1");
        }
    }

    @Test
    void whatAQueueSaysOfDeliveryHoldsForItAlone() {
        QueueDefinition late = queue("late", new QueueSettings(1_000, 1_000, 5_000, QueueSettings.FOR_EVER, 7, 1_000));
        bind("late", "#");
        List<Stored> stored = publish("one");

        assertThat(stored).hasSize(QUEUES + 1);
        assertThat(rig.receive(late, 1)).isEmpty();
        assertThat(rig.receive(queues.get(0), 1)).hasSize(1);
        rig.pass(6);
        assertThat(ids(rig.receive(late, 1))).isEqualTo(idsIn(late, stored));
    }
}
