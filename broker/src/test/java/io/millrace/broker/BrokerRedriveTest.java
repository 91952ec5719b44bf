package io.millrace.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.catalog.DeadLetterSettings;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageView;
import io.millrace.broker.redrive.Redrive;
import io.millrace.broker.redrive.RedriveProgress;
import io.millrace.broker.redrive.RedriveProgress.State;
import io.millrace.broker.redrive.RedriveRequest;
import io.millrace.broker.selector.Selector;
import io.millrace.engine.Peek;
import io.millrace.engine.Refusal;
import io.millrace.engine.Settlement;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Messages moved out of a queue again, in a simulated world; the queues are on different shards. */
class BrokerRedriveTest {
    private static final long STEPS_MAX = 1_000_000;
    private static final QueueSettings REJECTED_TO_DEAD =
            QueueSettings.DEFAULT.with(new DeadLetterSettings(MoveTarget.queue("dead"), 0, true));

    private BrokerRig rig;
    private QueueDefinition dead;
    private QueueDefinition mails;
    private QueueDefinition orders;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
        dead = create("dead", QueueSettings.DEFAULT);
        mails = create("mails", REJECTED_TO_DEAD);
        orders = create("orders", REJECTED_TO_DEAD);
        assertThat(List.of(dead.shard(), mails.shard(), orders.shard())).doesNotHaveDuplicates();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private QueueDefinition create(String name, QueueSettings settings) {
        QueueKey key = new QueueKey(SpaceName.ROOT, new ResourceName(name));
        return rig.answer(rig.broker.catalog().createQueue(key, settings)).queue();
    }

    /** Publishes messages to {@code queue} and has them die there; their ids. */
    private List<String> kill(QueueDefinition queue, String... bodies) {
        List<String> ids = rig.publish(queue, bodies);
        reject(queue);
        rig.world.runUntilIdle(STEPS_MAX);
        return ids;
    }

    private void reject(QueueDefinition queue) {
        rig.settle(queue, rig.receive(queue, 1000), Settlement.REJECT, "no such customer");
    }

    private Redrive begin(String to, String filter, String message, int rate) {
        return rig.broker
                .redrives()
                .begin(new RedriveRequest(
                        BrokerRig.ANYBODY,
                        dead,
                        to == null ? null : MoveTarget.queue(to),
                        filter == null ? null : Selector.compile(filter),
                        message == null ? null : MessageId.parse(message),
                        rate));
    }

    private Redrive beginAll() {
        return begin(null, null, null, RedriveRequest.UNBOUNDED);
    }

    /** Lets it run, and time pass where it waits. */
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

    /** Id and body of every message, and how many deaths it has. */
    private List<String> look(QueueDefinition queue) {
        CompletableFuture<List<String>> done = new CompletableFuture<>();
        rig.broker.peek(queue, new Peek(0, 10_000, 64 << 20, null) {
            @Override
            protected void onPeeked() {
                List<String> found = new ArrayList<>();
                MessageView view = new MessageView();
                for (int i = 0; i < size(); i++) {
                    view.show(entry(i), indexInEntry(i));
                    found.add(view.id(storedIn(), offset(i)) + " " + view.body().toString(UTF_8) + " "
                            + view.history(storedIn(), offset(i)).deaths().size());
                }
                release();
                done.complete(found);
            }

            @Override
            protected void onRefused(Refusal reason) {
                done.completeExceptionally(new AssertionError(reason));
            }
        });
        return rig.answer(done);
    }

    private static List<String> shown(List<String> ids, String... bodies) {
        return IntStream.range(0, bodies.length)
                .mapToObj(i -> ids.get(i) + " " + bodies[i] + " 1")
                .toList();
    }

    private static String[] numbers(int count) {
        return IntStream.range(0, count).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    @Test
    void deadLettersGoBackToWhereTheyDiedInTheirOrderWithIdAndHistory() {
        List<String> ofMails = kill(mails, "a", "b");
        List<String> ofOrders = kill(orders, "c");
        List<String> more = kill(mails, "d");
        String stranger = rig.publish(dead, "never died").get(0);

        RedriveProgress progress = end(beginAll());

        assertThat(progress.state()).isEqualTo(State.DONE);
        assertThat(progress.total()).isEqualTo(5);
        assertThat(progress.moved()).isEqualTo(4);
        assertThat(progress.passedOver()).isEqualTo(1);
        assertThat(progress.error()).isEmpty();
        assertThat(look(mails))
                .isEqualTo(shown(Stream.concat(ofMails.stream(), more.stream()).toList(), "a", "b", "d"));
        assertThat(look(orders)).isEqualTo(shown(ofOrders, "c"));
        assertThat(look(dead)).containsExactly(stranger + " never died 0");
        assertThat(rig.receive(mails, 10)).extracting(Received::deliveryCount).containsOnly(1);
    }

    @Test
    void theyGoElsewhereIfThatIsAskedForAlsoThoseThatNeverDied() {
        QueueDefinition later = create("later", new QueueSettings(30_000, 1, 60_000, 0, 7, 1));
        List<String> ids = kill(mails, numbers(600));
        String stranger = rig.publish(dead, "never died").get(0);

        RedriveProgress progress = end(begin("later", null, null, RedriveRequest.UNBOUNDED));

        assertThat(progress.moved()).isEqualTo(601);
        // Neither the size nor the delay that its new queue says for what is published there is in their way.
        assertThat(rig.stats(later).ready()).isEqualTo(601);
        assertThat(look(later))
                .startsWith(shown(ids, numbers(600)).toArray(String[]::new))
                .endsWith(stranger + " never died 0");
        assertThat(rig.stats(dead).ready()).isZero();
    }

    @Test
    void aFilterOrAnIdSelects() {
        List<String> ids = kill(mails, "a", "b", "c");
        MessageProperties red = new MessageProperties("red", null, null, null, null, null, null, List.of());
        String later =
                rig.publish(dead, DeliveryAttributes.NONE, red, "red").ids().get(0);

        assertThat(end(begin("orders", "millrace.key = 'red'", null, 0)).moved())
                .isEqualTo(1);
        assertThat(look(orders)).containsExactly(later + " red 0");
        RedriveProgress progress = end(begin(null, null, ids.get(1), 0));
        assertThat(progress.moved()).isEqualTo(1);
        assertThat(progress.passedOver()).isZero();
        assertThat(look(mails)).isEqualTo(shown(ids.subList(1, 2), "b"));
        assertThat(rig.stats(dead).ready()).isEqualTo(2);
    }

    @Test
    void whatConsumersHoldIsPassedOverAndWhatIsDelayedIsNot() {
        kill(mails, "a", "b");
        rig.publish(dead, new DeliveryAttributes(-1, 3_600_000, -1, -1, -1), MessageProperties.NONE, "delayed");
        List<Received> held = rig.receive(dead, 1);

        RedriveProgress progress = end(begin("orders", null, null, 0));

        assertThat(progress.moved()).isEqualTo(2);
        assertThat(progress.passedOver()).isEqualTo(1);
        assertThat(rig.acknowledge(dead, held)).isEqualTo(1);
        assertThat(rig.receive(orders, 10)).extracting(Received::body).containsExactly("b", "delayed");
    }

    @ParameterizedTest
    @SeedSource(runs = 30)
    void whatAConsumerTakesMeanwhileIsItsOwn(long seed) {
        kill(mails, numbers(20));
        Redrive redrive = beginAll();
        // Before, after, or between the look and the end of the transaction, which waits for another shard.
        rig.world.runUntil(() -> false, new Random(seed).nextInt(60));
        List<Received> held = rig.receive(dead, 5);

        RedriveProgress progress = end(redrive);

        assertThat(progress.state()).isEqualTo(State.DONE);
        assertThat(progress.moved() + held.size()).isEqualTo(20);
        assertThat(rig.stats(mails).ready()).isEqualTo(20 - held.size());
        assertThat(rig.acknowledge(dead, held)).isEqualTo(held.size());
    }

    @Test
    void atARateTheyAreMovedEvenly() {
        kill(mails, numbers(25));
        Redrive redrive = begin(null, null, null, 2);
        rig.world.runUntilIdle(STEPS_MAX);

        assertThat(rig.stats(mails).ready()).isEqualTo(1);
        List<Long> moved = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rig.world.clock().advance(500_000_000);
            rig.world.runUntilIdle(STEPS_MAX);
            moved.add(redrive.progress().moved());
        }
        assertThat(moved).containsExactly(2L, 3L, 4L, 5L, 6L);
        assertThat(redrive.progress().isRunning()).isTrue();
        assertThat(end(redrive).moved()).isEqualTo(25);
    }

    @Test
    void aCancelledOneEndsAtOnceAndLeavesWhatItHasMoved() {
        kill(mails, numbers(10));
        Redrive redrive = begin(null, null, null, 1);
        rig.world.runUntilIdle(STEPS_MAX);
        assertThatThrownBy(this::beginAll).isInstanceOfSatisfying(BrokerException.class, e -> assertThat(e.error())
                .isEqualTo(BrokerError.REDRIVE_RUNNING));

        redrive.cancel();
        rig.world.runUntilIdle(STEPS_MAX);

        assertThat(redrive.progress().state()).isEqualTo(State.CANCELLED);
        assertThat(redrive.progress().moved()).isEqualTo(1);
        assertThat(rig.stats(mails).ready()).isEqualTo(1);
        assertThat(end(beginAll()).moved()).isEqualTo(9);
    }

    @Test
    void whatDiesAgainMeanwhileIsNotTakenAgain() {
        kill(mails, "a", "b", "c");
        Redrive redrive = begin(null, null, null, 1);
        rig.world.runUntilIdle(STEPS_MAX);
        reject(mails);
        rig.world.runUntilIdle(STEPS_MAX);

        assertThat(end(redrive).moved()).isEqualTo(3);
        assertThat(look(mails)).hasSize(2);
        assertThat(look(dead)).hasSize(1);
    }

    @Test
    void whereItsOriginIsGoneAMessageStaysAndWhereTheTargetIsItEnds() {
        kill(mails, "a");
        kill(orders, "b");
        rig.answer(rig.broker.deleteQueue(orders));

        RedriveProgress toOrigin = end(beginAll());
        assertThat(toOrigin.state()).isEqualTo(State.DONE);
        assertThat(toOrigin.moved()).isEqualTo(1);
        assertThat(toOrigin.passedOver()).isEqualTo(1);

        assertThatThrownBy(() -> begin("orders", null, null, 0))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.QUEUE_NOT_FOUND));
        assertThatThrownBy(() -> begin("dead", null, null, 0)).isInstanceOf(IllegalArgumentException.class);
        kill(mails, "c");
        QueueDefinition later = create("later", QueueSettings.DEFAULT);
        Redrive redrive = begin("later", null, null, 1);
        rig.world.runUntilIdle(STEPS_MAX);
        rig.answer(rig.broker.deleteQueue(later));
        RedriveProgress progress = end(redrive);
        assertThat(progress.state()).isEqualTo(State.FAILED);
        assertThat(progress.error()).isEqualTo("there is no queue later");
        assertThat(progress.moved()).isEqualTo(1);
        assertThat(rig.stats(dead).ready()).isEqualTo(2);
    }

    @Test
    void itEndsWithItsQueue() {
        kill(mails, "a", "b");
        Redrive redrive = begin(null, null, null, 1);
        rig.world.runUntilIdle(STEPS_MAX);
        rig.answer(rig.broker.configureQueue(mails.queue(), before -> QueueSettings.DEFAULT));
        rig.answer(rig.broker.configureQueue(orders.queue(), before -> QueueSettings.DEFAULT));
        rig.answer(rig.broker.deleteQueue(dead));

        assertThat(end(redrive).state()).isEqualTo(State.FAILED);
        assertThat(redrive.progress().error()).isEqualTo("there is no queue dead");
    }

    @Test
    void theLastTenOfAQueueAreKnown() {
        for (int i = 0; i < 12; i++) {
            end(beginAll());
        }

        assertThat(rig.broker.redrives().of(dead))
                .extracting(Redrive::id)
                .containsExactly(12L, 11L, 10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L);
        assertThat(rig.broker.redrives().of(mails)).isEmpty();
    }

    @ParameterizedTest
    @SeedSource(runs = 20)
    void overACrashEachMessageIsInOneOfBothQueues(long seed) throws IOException {
        Random random = new Random(seed);
        int count = 1 + random.nextInt(300);
        List<String> ids = kill(mails, numbers(count));
        Redrive redrive = beginAll();
        for (int i = 0; i < 3; i++) {
            rig.world.runUntil(() -> false, random.nextInt(120));
            rig.failAndCrash();
            assertThat(Stream.concat(look(mails).stream(), look(dead).stream()))
                    .as("after %s", redrive.progress())
                    .containsExactlyInAnyOrderElementsOf(shown(ids, numbers(count)));
            redrive = beginAll();
        }
        assertThat(end(redrive).state()).isEqualTo(State.DONE);
        assertThat(look(mails)).isEqualTo(shown(ids, numbers(count)));
    }
}
