package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.BrokerRig.Received;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.catalog.QueueKey;
import io.millrace.broker.catalog.QueueSettings;
import io.millrace.broker.security.HashingCost;
import io.millrace.broker.security.PasswordVerifiers;
import io.millrace.broker.security.Principal;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The broker as a whole, in a simulated world: what was answered is there after every crash. */
class BrokerTest {
    private static final QueueSettings SHORT = new QueueSettings(1000, 500);

    private BrokerRig rig;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private static QueueKey key(String name) {
        return new QueueKey(SpaceName.ROOT, new ResourceName(name));
    }

    private QueueDefinition create(String name) {
        return rig.answer(rig.broker.catalog().createQueue(key(name), QueueSettings.DEFAULT))
                .queue();
    }

    private static String[] numbers(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    @Test
    void whatIsPublishedIsReceivedInOrderAndGoneOnceAcknowledged() {
        QueueDefinition queue = create("orders");
        List<String> ids = rig.publish(queue, numbers("m", 10));

        List<Received> received = rig.receive(queue, 100);

        assertThat(ids).hasSize(10).doesNotHaveDuplicates();
        assertThat(received).extracting(Received::body).containsExactly(numbers("m", 10));
        assertThat(rig.stats(queue).leased()).isEqualTo(10);
        assertThat(rig.acknowledge(queue, received)).isEqualTo(10);
        assertThat(rig.stats(queue).ready()).isZero();
        assertThat(rig.receive(queue, 1)).isEmpty();
    }

    @Test
    void aQueueKeepsItsDefinitionAndMessagesOverACrash() throws IOException {
        QueueDefinition queue = create("orders");
        rig.publish(queue, "a", "b", "c");
        rig.acknowledge(queue, rig.receive(queue, 1));

        rig.crash();

        QueueDefinition again = rig.broker.catalog().snapshot().queue(key("orders"));
        assertThat(again).isEqualTo(queue);
        assertThat(rig.receive(again, 10)).extracting(Received::body).containsExactly("b", "c");
    }

    @Test
    void aLeaseOutlivesACrashAndItsTokenStillCounts() throws IOException {
        QueueDefinition queue = create("orders");
        rig.publish(queue, "a");
        List<Received> held = rig.receive(queue, 1);

        rig.crash();

        assertThat(rig.receive(queue, 1)).isEmpty();
        assertThat(rig.acknowledge(queue, held)).isEqualTo(1);
    }

    @Test
    void creatingAgainWithTheSameSettingsIsFineAndWithOthersChangesNothing() {
        QueueDefinition queue = create("orders");

        assertThat(create("orders")).isEqualTo(queue);
        assertThatThrownBy(() -> rig.answer(rig.broker.catalog().createQueue(key("orders"), SHORT)))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.QUEUE_EXISTS));
        assertThat(rig.broker.catalog().snapshot().queue(key("orders"))).isEqualTo(queue);
    }

    @Test
    void aDeletedQueueIsGoneForGoodAndItsSuccessorIsAnother() throws IOException {
        QueueDefinition queue = create("orders");
        rig.publish(queue, "a", "b");

        rig.answer(rig.broker.deleteQueue(queue));

        assertThatThrownBy(() -> rig.publish(queue, "c"))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.QUEUE_NOT_FOUND));
        QueueDefinition next = create("orders");
        assertThat(next.logId()).isNotEqualTo(queue.logId());
        rig.crash();
        assertThat(rig.receive(next, 10)).isEmpty();
        rig.answer(rig.broker.deleteQueue(next));
        rig.restart();
        assertThat(create("orders").logId()).isGreaterThan(next.logId());
    }

    @Test
    void settingsChangeAndStayChanged() throws IOException {
        QueueDefinition queue = create("orders");

        rig.answer(rig.broker.catalog().configureQueue(key("orders"), settings -> SHORT));
        rig.crash();

        QueueDefinition changed = rig.broker.catalog().snapshot().queue(key("orders"));
        assertThat(changed).isEqualTo(queue.with(SHORT));
        assertThatThrownBy(() -> rig.publish(changed, "x".repeat(501)))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.MESSAGE_TOO_LARGE));
    }

    @Test
    void aChangeThatThrowsIsAnsweredAndChangesNothing() {
        QueueDefinition queue = create("orders");

        var change = rig.broker.catalog().configureQueue(key("orders"), settings -> {
            throw new IllegalStateException("a fault of the door");
        });

        assertThatThrownBy(() -> rig.answer(change)).hasRootCauseMessage("a fault of the door");
        assertThat(rig.broker.catalog().snapshot().queue(key("orders"))).isEqualTo(queue);
    }

    @Test
    void usersAndSpacesAreKept() throws IOException {
        PasswordVerifiers password =
                PasswordVerifiers.create("secret", new HashingCost(4096, 4096, 4096), new Random(1));
        SpaceName space = new SpaceName("tenant");
        rig.answer(rig.broker.catalog().createSpace(space));
        rig.answer(rig.broker.catalog().putUser("ann", user -> user.withPassword(password)
                .withSpace(space)));

        rig.crash();

        assertThat(rig.broker.catalog().byName("ann")).satisfies(ann -> {
            assertThat(ann.space()).isEqualTo(space);
            assertThat(ann.password().verify("secret")).isTrue();
        });
        assertThatThrownBy(() -> rig.answer(rig.broker.catalog().deleteSpace(space)))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.SPACE_NOT_EMPTY));
        rig.answer(rig.broker.catalog().deleteUser("ann"));
        rig.answer(rig.broker.catalog().deleteSpace(space));
        rig.restart();
        assertThat(rig.broker.catalog().isEmpty()).isTrue();
        assertThat(rig.broker.catalog().snapshot().hasSpace(space)).isFalse();
    }

    @Test
    void aQueueInASpaceThatIsNotThereIsRefused() {
        QueueKey stray = new QueueKey(new SpaceName("nowhere"), new ResourceName("q"));

        assertThatThrownBy(() -> rig.answer(rig.broker.catalog().createQueue(stray, QueueSettings.DEFAULT)))
                .isInstanceOfSatisfying(
                        BrokerException.class, e -> assertThat(e.error()).isEqualTo(BrokerError.SPACE_NOT_FOUND));
    }

    @Test
    void purgeLeavesWhatIsLeased() {
        QueueDefinition queue = create("orders");
        rig.publish(queue, numbers("m", 10));
        List<Received> held = rig.receive(queue, 3);

        assertThat(rig.purge(queue)).isEqualTo(7);

        assertThat(rig.stats(queue).ready()).isZero();
        assertThat(rig.acknowledge(queue, held)).isEqualTo(3);
    }

    @Test
    void theJournalDoesNotGrowWhileEverythingIsConsumed() throws IOException {
        QueueDefinition queue = create("orders");
        QueueDefinition idle = create("idle");
        rig.publish(idle, "once");
        rig.acknowledge(idle, rig.receive(idle, 1));
        String body = "x".repeat(10_000);

        for (int i = 0; i < 200; i++) {
            rig.publish(queue, body, body);
            rig.acknowledge(queue, rig.receive(queue, 10));
        }

        rig.world.runUntilIdle(1_000_000);
        assertThat(rig.broker.store().figures().logBytes()).isLessThanOrEqualTo(4L * (256 << 10));
        rig.crash();
        assertThat(rig.broker.catalog().snapshot().queue(key("idle"))).isEqualTo(idle);
        assertThat(rig.publish(idle, "twice")).containsExactly(new MessageId(idle.logId(), 1).toString());
    }

    @ParameterizedTest
    @SeedSource(runs = 30)
    void definitionsSurviveRandomChangesAndCrashes(long seed) throws IOException {
        Random random = new Random(seed);
        Map<String, QueueDefinition> model = new HashMap<>();
        for (int step = 0; step < 120; step++) {
            String name = "q" + random.nextInt(12);
            QueueDefinition there = model.get(name);
            if (there == null) {
                model.put(name, create(name));
            } else {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        rig.answer(rig.broker.deleteQueue(there));
                        model.remove(name);
                    }
                    case 1 -> {
                        QueueSettings settings = new QueueSettings(1 + random.nextInt(1000), 1 + random.nextInt(1000));
                        model.put(name, rig.answer(rig.broker.catalog().configureQueue(key(name), before -> settings)));
                    }
                    default -> rig.publish(create("filler"), "x".repeat(8000));
                }
            }
            if (random.nextInt(20) == 0) {
                rig.purge(create("filler"));
            }
            if (random.nextInt(15) == 0) {
                rig.crash();
            }
            QueueDefinition filler = rig.broker.catalog().snapshot().queue(key("filler"));
            List<QueueDefinition> expected = new ArrayList<>(model.values());
            if (filler != null) {
                expected.add(filler);
            }
            assertThat(rig.broker.access().queues(Principal.ANONYMOUS, new NamePage("", "", 100)))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
