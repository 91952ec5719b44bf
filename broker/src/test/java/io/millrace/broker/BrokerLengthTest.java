package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.catalog.DeadLetterSettings;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.redrive.Redrive;
import io.millrace.broker.redrive.RedriveRequest;
import io.millrace.broker.routing.BindingRequest;
import io.millrace.broker.routing.Destination.Kind;
import io.millrace.broker.routing.Exchange;
import io.millrace.broker.routing.ExchangeKey;
import io.millrace.broker.routing.ExchangeSettings;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.MatchArguments;
import io.millrace.engine.Settlement;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues are held to their lengths, also by what arrives by way of other queues and of exchanges. */
class BrokerLengthTest {
    private BrokerRig rig;
    private QueueDefinition dead;
    private QueueDefinition queue;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        dead = create("dead", QueueSettings.DEFAULT);
        queue = create("q", withDeadLetters().with(new LengthPolicy(2, 0, Overflow.DEAD_LETTER)));
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private static QueueSettings withDeadLetters() {
        MoveTarget target = MoveTarget.queue("dead");
        return QueueSettings.DEFAULT.with(new DeadLetterSettings(target, DeadLetterPolicy.UNLIMITED, true));
    }

    private static QueueKey key(String name) {
        return new QueueKey(SpaceName.ROOT, new ResourceName(name));
    }

    private QueueDefinition create(String name, QueueSettings settings) {
        return rig.answer(rig.broker.catalog().createQueue(key(name), settings)).queue();
    }

    private QueueDefinition limit(QueueDefinition which, LengthPolicy length) {
        QueueDefinition changed =
                rig.answer(rig.broker.configureQueue(which.queue(), settings -> settings.with(length)));
        rig.pass(0);
        return changed;
    }

    private List<String> bodies(QueueDefinition of) {
        return rig.receive(of, 100).stream().map(Received::body).toList();
    }

    @Test
    void theOldestAreFoundWhereDeadLettersGo() throws IOException {
        String id = rig.publish(queue, "a").get(0);
        rig.publish(queue, "b", "c");
        rig.pass(0);

        rig.crash();

        Received letter = rig.receive(dead, 10).get(0);
        assertThat(letter.body()).isEqualTo("a");
        assertThat(letter.history().id()).hasToString(id);
        assertThat(letter.history().deaths().get(0).reason()).isEqualTo(DeathReason.OVERFLOW);
        assertThat(letter.deliveryCount()).isEqualTo(1);
        assertThat(bodies(queue)).containsExactly("b", "c");
    }

    @Test
    void aFullQueueForDeadLettersTakesThemAllTheSame() {
        limit(dead, new LengthPolicy(1, 0, Overflow.REJECT));
        rig.publish(queue, "a", "b", "c", "d");
        rig.pass(0);

        assertThat(rig.stats(queue).dead()).isZero();
        assertThatThrownBy(() -> rig.publish(dead, "e")).hasMessageContaining("has no room for so many messages");
        assertThat(bodies(dead)).containsExactly("a", "b");
    }

    @Test
    void ofDeadLettersTheOldestGoToo() {
        limit(dead, new LengthPolicy(1, 0, Overflow.DROP_OLDEST));

        rig.publish(queue, "a", "b", "c", "d");
        rig.pass(0);

        assertThat(bodies(dead)).containsExactly("b");
    }

    @Test
    void whatIsSentBackFindsRoomInAFullQueue() {
        rig.publish(queue, "a", "b");
        rig.settle(queue, rig.receive(queue, 1), Settlement.REJECT, "no");
        rig.pass(0);
        queue = limit(queue, new LengthPolicy(1, 0, Overflow.REJECT));

        Redrive redrive = rig.broker
                .redrives()
                .begin(new RedriveRequest(BrokerRig.ANYBODY, dead, null, null, null, RedriveRequest.UNBOUNDED));
        rig.pass(1);
        assertThat(redrive.progress().moved()).isOne();

        assertThat(bodies(queue)).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whoPublishesToAnExchangeHearsThatAQueueIsFull() {
        QueueDefinition full = create("full", QueueSettings.DEFAULT.with(new LengthPolicy(1, 0, Overflow.REJECT)));
        QueueDefinition other = create("other", QueueSettings.DEFAULT);
        ExchangeKey name = new ExchangeKey(SpaceName.ROOT, new ResourceName("events"));
        Exchange exchange = rig.answer(
                        rig.broker.catalog().exchanges().create(name, ExchangeSettings.of(ExchangeType.FANOUT)))
                .exchange();
        for (QueueDefinition each : List.of(full, other)) {
            BindingRequest binding =
                    new BindingRequest(name, Kind.QUEUE, each.queue().name(), "", MatchArguments.NONE, null);
            assertThat(rig.answer(rig.broker.catalog().exchanges().bind(binding))
                            .isNew())
                    .isTrue();
        }
        rig.publish(exchange, "", "a");

        assertThatThrownBy(() -> rig.publish(exchange, "", "b"))
                .hasMessageContaining("queue full: queue full has no room")
                .hasMessageContaining("1 other queues or partitions have taken the messages");

        assertThat(bodies(full)).containsExactly("a");
        assertThat(bodies(other)).containsExactly("a", "b");
    }

    @Test
    void itIsNotDeadLetteredWithoutAPlaceForIt() {
        LengthPolicy length = new LengthPolicy(1, 0, Overflow.DEAD_LETTER);

        assertThatThrownBy(() -> QueueSettings.DEFAULT.with(length)).hasMessageContaining("needs a deadLetterQueue");
        assertThatThrownBy(() -> queue.settings().with(DeadLetterSettings.NONE))
                .hasMessageContaining("needs a deadLetterQueue");
    }
}
