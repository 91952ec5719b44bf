package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.TopicRig.Read;
import io.millrace.broker.catalog.DeadLetterSettings;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.Death;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.redrive.Redrive;
import io.millrace.broker.redrive.RedriveProgress;
import io.millrace.broker.redrive.RedriveProgress.State;
import io.millrace.broker.redrive.RedriveRequest;
import io.millrace.broker.topic.Subscription;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.broker.topic.Topic;
import io.millrace.broker.topic.TopicPartition;
import io.millrace.engine.Fetch;
import io.millrace.engine.Settlement;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Dead letters that go to a topic, and messages that are redriven to one. */
class BrokerMoveToTopicTest {
    private static final int PARTITIONS = 4;
    private static final long STEPS_MAX = 1_000_000;

    private BrokerRig rig;
    private TopicRig topics;
    private Topic letters;
    private QueueDefinition queue;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        topics = new TopicRig(rig);
        letters = topics.create("letters", PARTITIONS);
        queue = create("q", to(MoveTarget.topic("letters")));
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private static QueueSettings to(MoveTarget target) {
        return QueueSettings.DEFAULT.with(new DeadLetterSettings(target, 0, true));
    }

    private static QueueKey key(String name) {
        return new QueueKey(SpaceName.ROOT, new ResourceName(name));
    }

    private QueueDefinition create(String name, QueueSettings settings) {
        return rig.answer(rig.broker.catalog().createQueue(key(name), settings)).queue();
    }

    private Subscription subscribe(Topic topic, String name, QueueSettings settings) {
        return rig.answer(rig.broker
                        .subscriptions()
                        .create(
                                topic,
                                new ResourceName(name),
                                SubscriptionKind.SHARED,
                                null,
                                SubscriptionStart.EARLIEST,
                                settings))
                .subscription();
    }

    private String publish(QueueDefinition to, String key, String body) {
        return rig.publish(to, DeliveryAttributes.NONE, TopicRig.keyed(key), body)
                .ids()
                .get(0);
    }

    private int reject(QueueDefinition from) {
        int rejected = rig.settle(from, rig.receive(from, 1_000), Settlement.REJECT, "no such customer");
        rig.world.runUntilIdle(STEPS_MAX);
        return rejected;
    }

    /** What is in each partition of the topic for dead letters. */
    private List<List<String>> read() {
        return letters.partitions().stream()
                .map(each -> topics.read(each, Fetch.EARLIEST).bodies())
                .toList();
    }

    private List<String> readAll() {
        return read().stream().flatMap(List::stream).toList();
    }

    private RedriveRequest redrive(QueueDefinition from, MoveTarget to, int rate) {
        return new RedriveRequest(BrokerRig.ANYBODY, from, to, null, null, rate);
    }

    private RedriveProgress end(Redrive redrive) {
        for (int i = 0; i < 100_000 && redrive.progress().isRunning(); i++) {
            rig.world.runUntilIdle(STEPS_MAX);
            if (redrive.progress().isRunning()) {
                rig.world.advanceToNextTimer();
            }
        }
        rig.world.runUntilIdle(STEPS_MAX);
        assertThat(redrive.progress().isRunning()).isFalse();
        return redrive.progress();
    }

    @Test
    void aDeadLetterGoesToThePartitionOfItsKeyWithIdAndHistory() throws IOException {
        Subscription look = subscribe(letters, "look", QueueSettings.DEFAULT);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            ids.add(publish(queue, "k" + i % 10, "m" + i));
        }
        assertThat(reject(queue)).isEqualTo(20);

        rig.crash();

        List<String> found = new ArrayList<>();
        for (TopicPartition partition : letters.partitions()) {
            List<Read> messages = topics.read(partition, 0).messages();
            List<Received> received = rig.receive(look.queue(letters, partition.number()), 100);
            assertThat(received)
                    .extracting(Received::body)
                    .isEqualTo(topics.read(partition, 0).bodies());
            for (int i = 0; i < messages.size(); i++) {
                int number = Integer.parseInt(messages.get(i).body().substring(1));
                assertThat(partition.number()).isEqualTo(letters.partitionOf("k" + number % 10));
                assertThat(received.get(i).history().id()).hasToString(ids.get(number));
                assertThat(received.get(i).history().deaths())
                        .extracting(Death::queue, Death::error)
                        .containsExactly(tuple("q", "no such customer"));
                found.add(messages.get(i).body());
            }
            // Those of one key are in their order.
            assertThat(messages.stream().filter(each -> "k1".equals(each.key())).map(Read::body))
                    .isIn(List.of(), List.of("m1", "m11"));
        }
        assertThat(found).hasSize(20).doesNotHaveDuplicates();
        assertThat(rig.stats(queue).dead()).isZero();
    }

    @Test
    void thoseOfAQueueThatHaveNoKeyStayInTheirOrder() {
        QueueDefinition other = create("other", to(MoveTarget.topic("letters")));
        assertThat(letters.partitionOf("q")).isNotEqualTo(letters.partitionOf("other"));
        for (String each : List.of("a", "b")) {
            rig.publish(queue, each + " 1", each + " 2");
            rig.publish(other, each + " 3");
            reject(queue);
            reject(other);
        }

        assertThat(read().get(letters.partitionOf("q"))).containsExactly("a 1", "a 2", "b 1", "b 2");
        assertThat(read().get(letters.partitionOf("other"))).containsExactly("a 3", "b 3");
    }

    @Test
    void whatAMessageSaysOfItsDeliveryCountsNoMore() {
        MessageProperties said = new MessageProperties("k", null, null, null, null, "g", "same", List.of());
        rig.publish(queue, new DeliveryAttributes(9, -1, -1, 10_000, -1), said, "a");
        reject(queue);
        rig.publish(queue, new DeliveryAttributes(3, -1, -1, 10_000, -1), TopicRig.keyed("k"), "b");
        rig.pass(3_600);

        assertThat(readAll()).containsExactly("a", "b");
        Subscription look = subscribe(letters, "look", QueueSettings.DEFAULT);
        QueueDefinition looked = look.queue(letters, letters.partitionOf("k"));
        assertThat(rig.receive(looked, 9))
                .extracting(
                        Received::body,
                        each -> each.history().deaths().get(0).reason().name())
                .containsExactly(tuple("a", "REJECTED"), tuple("b", "EXPIRED"));
    }

    @Test
    void thoseOfASubscriptionGoThereToo() {
        Topic sales = topics.create("sales", 1);
        Subscription mail = subscribe(sales, "mail", to(MoveTarget.topic("letters")));
        topics.publish(sales, null, "order 7", "order 8");

        assertThat(reject(mail.queue(sales, 0))).isEqualTo(2);

        assertThat(read().get(letters.partitionOf("sales::mail"))).containsExactly("order 7", "order 8");
        assertThat(topics.read(sales.partition(0), 0).bodies()).containsExactly("order 7", "order 8");
    }

    @Test
    void thereIsAlwaysATopicForThem() {
        assertThatThrownBy(() -> create("r", to(MoveTarget.topic("nothing"))))
                .hasMessage("there is no topic nothing for dead letters; make it first");
        // A queue has that name, and no topic.
        assertThatThrownBy(() -> create("r", to(MoveTarget.topic("q")))).hasMessageContaining("no topic q");
        assertThatThrownBy(() -> rig.answer(rig.broker.topics().delete(letters.key())))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.TOPIC_REFERENCED))
                .hasMessage("the dead letters of queue q go to topic letters; set another deadLetterTopic there, or"
                        + " none, first");
        Topic sales = topics.create("sales", 1);
        subscribe(sales, "mail", to(MoveTarget.topic("letters")));
        rig.answer(rig.broker.deleteQueue(queue));
        assertThatThrownBy(() -> rig.answer(rig.broker.topics().delete(letters.key())))
                .hasMessageContaining("of subscription mail of topic sales go to topic letters");

        rig.answer(rig.broker.topics().delete(sales.key()));
        rig.answer(rig.broker.topics().delete(letters.key()));
    }

    @Test
    void theyNeverGoRoundInCircles() {
        assertThatThrownBy(() -> subscribe(letters, "s", to(MoveTarget.topic("letters"))))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.INVALID))
                .hasMessage(
                        "deadLetterTopic letters leads back to topic letters: dead letters would go round for ever");
        assertThatThrownBy(() -> subscribe(letters, "s", to(MoveTarget.queue("q"))))
                .hasMessageContaining("deadLetterQueue q leads back to topic letters");
        QueueDefinition last = create("last", QueueSettings.DEFAULT);
        subscribe(letters, "first", QueueSettings.DEFAULT);
        subscribe(letters, "second", to(MoveTarget.queue("last")));
        assertThatThrownBy(
                        () -> rig.answer(rig.broker.configureQueue(last.queue(), before -> to(MoveTarget.queue("q")))))
                .hasMessageContaining("deadLetterQueue q leads back to queue last");
        // Two ways to one place are none that leads back.
        subscribe(letters, "third", to(MoveTarget.queue("last")));
        create("r", to(MoveTarget.topic("letters")));
    }

    /** Whatever is cut short, each message is alive, or a dead letter, and that once. */
    @ParameterizedTest
    @SeedSource(runs = 20)
    void eachIsMovedOnceOverCrashes(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> all = new ArrayList<>();
        List<String> rejected = new ArrayList<>();
        for (int life = 0; life < 4; life++) {
            for (int i = random.nextInt(9); i >= 0; i--) {
                String body = "m" + all.size();
                publish(queue, random.nextBoolean() ? null : "k" + random.nextInt(5), body);
                all.add(body);
            }
            List<Received> some = rig.receive(queue, 1 + random.nextInt(8));
            var settled = rig.beginSettle(queue, some, Settlement.REJECT, "life " + life);
            rig.world.runUntil(() -> false, random.nextInt(400));
            if (settled.isDone()) {
                some.forEach(each -> rejected.add(each.body()));
            }
            rig.failAndCrash();
            rig.pass(31);
        }
        rig.pass(100);

        List<String> dead = readAll();
        assertThat(dead).doesNotHaveDuplicates().containsAll(rejected);
        assertThat(Stream.concat(dead.stream(), rig.receive(queue, 100).stream().map(Received::body)))
                .containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void aRedriveGoesToThePartitionsOfKeysAndOfWhereTheyDied() {
        QueueDefinition dead = create("dead", QueueSettings.DEFAULT);
        QueueDefinition mails = create("mails", to(MoveTarget.queue("dead")));
        Topic later = topics.create("later", PARTITIONS);
        publish(mails, "ann", "a");
        publish(mails, null, "b");
        publish(mails, "ann", "c");
        publish(mails, null, "d");
        reject(mails);
        publish(dead, null, "never died");

        RedriveProgress progress = end(rig.broker.redrives().begin(redrive(dead, MoveTarget.topic("later"), 0)));

        assertThat(progress.state()).isEqualTo(State.DONE);
        assertThat(progress.moved()).isEqualTo(5);
        assertThat(List.of("ann", "mails", "dead").stream().map(later::partitionOf))
                .doesNotHaveDuplicates();
        assertThat(topics.read(later.partition(later.partitionOf("ann")), 0).bodies())
                .containsExactly("a", "c");
        assertThat(topics.read(later.partition(later.partitionOf("mails")), 0).bodies())
                .containsExactly("b", "d");
        assertThat(topics.read(later.partition(later.partitionOf("dead")), 0).bodies())
                .containsExactly("never died");
        assertThat(rig.stats(dead).ready()).isZero();
    }

    @Test
    void aRedriveToATopicEndsWhenThatIsGone() {
        Topic later = topics.create("later", PARTITIONS);
        rig.publish(queue, "a", "b", "c");
        assertThatThrownBy(() -> rig.broker.redrives().begin(redrive(queue, MoveTarget.topic("none"), 0)))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.TOPIC_NOT_FOUND));
        Redrive redrive = rig.broker.redrives().begin(redrive(queue, MoveTarget.topic("later"), 1));
        rig.world.runUntilIdle(STEPS_MAX);
        rig.answer(rig.broker.topics().delete(later.key()));

        RedriveProgress progress = end(redrive);

        assertThat(progress.state()).isEqualTo(State.FAILED);
        assertThat(progress.error()).isEqualTo("there is no topic later");
        assertThat(progress.moved()).isEqualTo(1);
        assertThat(rig.stats(queue).ready()).isEqualTo(2);
    }

    @Test
    void fromATopicDeadLettersGoBackByWayOfASubscription() {
        Subscription fix = subscribe(letters, "fix", QueueSettings.DEFAULT);
        Subscription look = subscribe(letters, "look", QueueSettings.DEFAULT);
        String id = publish(queue, "k", "a");
        reject(queue);
        int number = letters.partitionOf("k");

        RedriveProgress progress = end(rig.broker.redrives().begin(redrive(fix.queue(letters, number), null, 0)));

        assertThat(progress.moved()).isEqualTo(1);
        Received back = rig.receive(queue, 9).get(0);
        assertThat(back.history().id()).hasToString(id);
        assertThat(back.history().deaths()).hasSize(1);
        assertThat(rig.stats(fix.queue(letters, number)).ready()).isZero();
        // The topic has it, and others get it.
        assertThat(readAll()).containsExactly("a");
        assertThat(rig.receive(look.queue(letters, number), 9))
                .extracting(Received::body)
                .containsExactly("a");
    }

    @Test
    void whatDiedInASubscriptionStaysUnlessItIsToldWhereTo() {
        Topic sales = topics.create("sales", 1);
        QueueDefinition dead = create("dead", QueueSettings.DEFAULT);
        Subscription mail = subscribe(sales, "mail", to(MoveTarget.queue("dead")));
        topics.publish(sales, null, "order 7");
        reject(mail.queue(sales, 0));

        RedriveProgress back = end(rig.broker.redrives().begin(redrive(dead, null, 0)));
        assertThat(back.state()).isEqualTo(State.DONE);
        assertThat(back.passedOver()).isEqualTo(1);

        assertThat(end(rig.broker.redrives().begin(redrive(dead, MoveTarget.queue("q"), 0)))
                        .moved())
                .isEqualTo(1);
        assertThat(rig.receive(queue, 9)).extracting(Received::body).containsExactly("order 7");
    }

    @ParameterizedTest
    @SeedSource(runs = 15)
    void overACrashEachRedrivenMessageIsInOneOfBothPlaces(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> all = IntStream.range(0, 1 + random.nextInt(100))
                .mapToObj(i -> "m" + i)
                .toList();
        all.forEach(each -> publish(queue, random.nextBoolean() ? null : "k" + random.nextInt(9), each));
        Redrive redrive = rig.broker.redrives().begin(redrive(queue, MoveTarget.topic("letters"), 0));
        for (int i = 0; i < 3; i++) {
            rig.world.runUntil(() -> false, random.nextInt(150));
            rig.failAndCrash();
            letters = Objects.requireNonNull(topics.get("letters"));
            assertThat(readAll().size() + rig.stats(queue).ready())
                    .as("after %s", redrive.progress())
                    .isEqualTo(all.size());
            redrive = rig.broker.redrives().begin(redrive(queue, MoveTarget.topic("letters"), 0));
        }
        assertThat(end(redrive).state()).isEqualTo(State.DONE);
        assertThat(readAll()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(rig.stats(queue).ready()).isZero();
    }
}
