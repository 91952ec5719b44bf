package io.millrace.broker;

import static io.millrace.broker.message.DeliveryAttributes.UNSAID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.catalog.DeadLetterSettings;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.Death;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.engine.Settlement;
import io.millrace.engine.policy.DeathReason;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What a queue does not deliver any more goes to that for its dead letters, once, and says what it went through. */
class BrokerDeadLetterTest {
    private static final int DELIVERIES_MAX = 3;

    private BrokerRig rig;
    private QueueDefinition dead;
    private QueueDefinition queue;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        dead = create("dead", QueueSettings.DEFAULT);
        queue = create("q", withDeadLetters("dead"));
        assertThat(queue.shard()).isNotEqualTo(dead.shard());
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private static QueueSettings withDeadLetters(String target) {
        return QueueSettings.DEFAULT.with(new DeadLetterSettings(MoveTarget.queue(target), DELIVERIES_MAX, true));
    }

    private static QueueKey key(String name) {
        return new QueueKey(SpaceName.ROOT, new ResourceName(name));
    }

    private QueueDefinition create(String name, QueueSettings settings) {
        return rig.answer(rig.broker.catalog().createQueue(key(name), settings)).queue();
    }

    private void reject(QueueDefinition from, String error) {
        assertThat(rig.settle(from, rig.receive(from, 100), Settlement.REJECT, error))
                .isPositive();
        rig.pass(0);
    }

    private List<String> bodies(QueueDefinition of) {
        return rig.receive(of, 100).stream().map(Received::body).toList();
    }

    @Test
    void aRejectedMessageGoesThereAndKeepsItsId() throws IOException {
        String id = rig.publish(queue, "a").get(0);
        rig.pass(5);
        long deliveredMillis = rig.world.clock().epochMillis();
        List<Received> received = rig.receive(queue, 1);
        rig.pass(2);
        rig.settle(queue, received, Settlement.REJECT, "no such customer");
        rig.pass(0);

        rig.crash();

        assertThat(rig.stats(queue).dead()).isZero();
        assertThat(rig.stats(queue).ready()).isZero();
        Received letter = rig.receive(dead, 10).get(0);
        assertThat(letter.body()).isEqualTo("a");
        assertThat(letter.deliveryCount()).isEqualTo(1);
        assertThat(letter.history().id()).hasToString(id);
        assertThat(letter.history().publishedMillis()).isEqualTo(deliveredMillis - 5_000);
        Death death = letter.history().deaths().get(0);
        assertThat(death.queue()).isEqualTo("q");
        assertThat(death.reason()).isEqualTo(DeathReason.REJECTED);
        assertThat(death.error()).isEqualTo("no such customer");
        assertThat(death.deliveryCount()).isEqualTo(1);
        assertThat(death.firstDeliveryMillis()).isBetween(deliveredMillis - 1, deliveredMillis + 1);
        assertThat(death.lastDeliveryMillis()).isEqualTo(death.firstDeliveryMillis());
        assertThat(death.firstMillis()).isBetween(deliveredMillis + 1_999, deliveredMillis + 2_001);
    }

    @Test
    void aMessageIsDeliveredAsOftenAsItsQueueAllows() {
        rig.publish(queue, "a");
        long startMillis = rig.world.clock().epochMillis();
        for (int delivery = 1; delivery <= DELIVERIES_MAX; delivery++) {
            List<Received> received = rig.receive(queue, 1);
            assertThat(received.get(0).deliveryCount()).isEqualTo(delivery);
            if (delivery == 2) {
                rig.pass(31); // its consumer dies
            } else {
                rig.pass(1);
                rig.settle(queue, received, Settlement.RELEASE, "attempt " + delivery);
            }
        }
        rig.pass(0);

        assertThat(bodies(queue)).isEmpty();
        Death death = rig.receive(dead, 1).get(0).history().deaths().get(0);
        assertThat(death.reason()).isEqualTo(DeathReason.DELIVERIES);
        assertThat(death.deliveryCount()).isEqualTo(DELIVERIES_MAX);
        assertThat(death.error()).isEqualTo("attempt 3");
        assertThat(death.firstDeliveryMillis()).isBetween(startMillis - 1, startMillis + 1);
        assertThat(death.lastDeliveryMillis()).isBetween(startMillis + 31_999, startMillis + 33_001);
        assertThat(rig.stats(queue).counters().dead()).isEqualTo(1);
    }

    @Test
    void whoseLastConsumerDiesGoesThereToo() {
        rig.publish(queue, "a");
        for (int delivery = 1; delivery <= DELIVERIES_MAX; delivery++) {
            assertThat(rig.receive(queue, 1)).hasSize(1);
            rig.pass(31);
        }

        Death death = rig.receive(dead, 1).get(0).history().deaths().get(0);
        assertThat(death.reason()).isEqualTo(DeathReason.DELIVERIES);
        assertThat(death.error()).isNull();
    }

    @Test
    void anExpiredMessageGoesThereAndLivesOnWithoutItsExpiry() {
        rig.publish(queue, new DeliveryAttributes(7, UNSAID, UNSAID, 10_000, UNSAID), MessageProperties.NONE, "a", "b");
        List<Received> leased = rig.receive(queue, 1);
        rig.pass(11);
        assertThat(bodies(dead)).containsExactly("b");

        rig.settle(queue, leased, Settlement.RELEASE, null);
        rig.pass(3_600);

        assertThat(rig.receive(dead, 10))
                .extracting(
                        Received::body, each -> each.history().deaths().get(0).reason())
                .containsExactly(tuple("b", DeathReason.EXPIRED), tuple("a", DeathReason.EXPIRED));
        assertThat(rig.stats(queue).counters().messagesExpired()).isEqualTo(2);
    }

    @Test
    void whereNoneAreKeptWhatIsRejectedOrExpiresIsGone() {
        rig.answer(rig.broker.configureQueue(key("q"), before -> before.with(DeadLetterSettings.NONE)));
        rig.publish(queue, new DeliveryAttributes(UNSAID, UNSAID, UNSAID, 10_000, UNSAID), MessageProperties.NONE, "a");
        rig.publish(queue, "b");
        rig.pass(11);

        reject(queue, "text");

        assertThat(bodies(queue)).isEmpty();
        assertThat(bodies(dead)).isEmpty();
        assertThat(rig.stats(queue).counters().rejected()).isEqualTo(1);
    }

    @Test
    void expiredMessagesCanBeLeftOut() {
        rig.answer(rig.broker.configureQueue(
                key("q"),
                before -> before.with(new DeadLetterSettings(MoveTarget.queue("dead"), DELIVERIES_MAX, false))));
        rig.publish(queue, new DeliveryAttributes(UNSAID, UNSAID, UNSAID, 10_000, UNSAID), MessageProperties.NONE, "a");

        rig.pass(11);

        assertThat(bodies(dead)).isEmpty();
        assertThat(rig.stats(queue).ready()).isZero();
    }

    @Test
    void aDeadLetterMayDieAgain() {
        QueueDefinition last = create("last", QueueSettings.DEFAULT);
        rig.answer(rig.broker.configureQueue(key("dead"), before -> withDeadLetters("last")));
        String id = rig.publish(queue, "a").get(0);
        reject(queue, "one");

        reject(dead, "two");

        Received letter = rig.receive(last, 1).get(0);
        assertThat(letter.history().id()).hasToString(id);
        assertThat(letter.history().deaths())
                .extracting(Death::queue, Death::error)
                .containsExactly(tuple("dead", "two"), tuple("q", "one"));
    }

    @Test
    void itKeepsItsPlaceByPriorityAndGroupAndIsNoDuplicate() {
        MessageProperties first = new MessageProperties("k", "text/a", "c", "r", "m", "g", "same", List.of());
        rig.publish(queue, new DeliveryAttributes(9, UNSAID, UNSAID, UNSAID, UNSAID), first, "a");
        rig.publish(dead, new DeliveryAttributes(9, UNSAID, UNSAID, UNSAID, UNSAID), first, "here before");
        reject(queue, "x");

        // One of a group at a time.
        List<Received> before = rig.receive(dead, 10);
        assertThat(before).extracting(Received::body).containsExactly("here before");
        rig.acknowledge(dead, before);
        assertThat(bodies(dead)).containsExactly("a");
    }

    @Test
    void itIsMovedWhateverItsNewQueueSaysOfWhatIsPublishedThere() {
        rig.answer(
                rig.broker.configureQueue(key("dead"), before -> new QueueSettings(1000, 3, 60_000, 7_200_000, 5, 1)));
        rig.publish(queue, "larger than three bytes");

        reject(queue, "x");

        assertThat(bodies(dead)).containsExactly("larger than three bytes");
        rig.pass(7_201);
        assertThat(bodies(dead)).isEmpty();
    }

    @Test
    void thereIsAlwaysAQueueForThem() {
        create("unused", QueueSettings.DEFAULT);
        assertThatThrownBy(() -> create("r", withDeadLetters("nobody")))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> create("r", withDeadLetters("r"))).hasMessageContaining("leads back");
        assertThatThrownBy(() -> rig.answer(rig.broker.configureQueue(key("dead"), before -> withDeadLetters("q"))))
                .hasMessageContaining("leads back to queue dead");
        assertThatThrownBy(() -> rig.answer(rig.broker.deleteQueue(dead)))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.QUEUE_REFERENCED))
                .hasMessageContaining("queue q go to queue dead");

        rig.answer(rig.broker.configureQueue(key("q"), before -> withDeadLetters("unused")));
        rig.answer(rig.broker.deleteQueue(dead));
    }

    @Test
    void whatHasNowhereToGoWaitsAndIsMovedWhenItHas() {
        rig.publish(queue, "a");
        rig.publish(queue, "b");
        List<Received> received = rig.receive(queue, 2);
        rig.settle(queue, received.subList(0, 1), Settlement.REJECT, "x");
        // Before it is moved: the loops have not run since.
        rig.answer(rig.broker.configureQueue(key("q"), before -> before.with(DeadLetterSettings.NONE)));
        rig.pass(100);

        long waiting = rig.stats(queue).dead();
        rig.answer(rig.broker.configureQueue(key("q"), before -> withDeadLetters("dead")));
        rig.pass(0);

        assertThat(waiting + rig.stats(dead).counters().published()).isBetween(1L, 2L);
        assertThat(rig.stats(queue).dead()).isZero();
        assertThat(bodies(dead)).containsExactly("a");
    }

    /** Whatever is cut short, each message is alive, or a dead letter, and that once. */
    @ParameterizedTest
    @SeedSource(runs = 40)
    void eachIsMovedOnceOverCrashes(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> all = new ArrayList<>();
        List<String> rejected = new ArrayList<>();
        for (int life = 0; life < 5; life++) {
            for (String each : IntStream.range(0, 1 + random.nextInt(9))
                    .mapToObj(n -> "m" + n)
                    .toList()) {
                String body = each + " of life " + all.size();
                rig.publish(queue, body);
                all.add(body);
            }
            List<Received> some = rig.receive(queue, 1 + random.nextInt(6));
            var settled = rig.beginSettle(queue, some, Settlement.REJECT, "life " + life);
            for (int step = random.nextInt(400); step > 0 && rig.world.step(); step--) {
                // Until the process ends.
            }
            if (settled.isDone()) {
                some.forEach(each -> rejected.add(each.body()));
            }
            rig.failAndCrash();
            rig.pass(31);
        }
        rig.pass(100);

        List<String> letters = bodies(dead);
        List<String> alive = bodies(queue);
        assertThat(letters).doesNotHaveDuplicates().containsAll(rejected);
        List<String> found = new ArrayList<>(letters);
        found.addAll(alive);
        assertThat(found).containsExactlyInAnyOrderElementsOf(all);
    }
}
