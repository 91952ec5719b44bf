package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.JoinedRig.Probe;
import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.broker.security.Action;
import io.millrace.broker.selector.Selector;
import io.millrace.broker.selector.SelectorFilter;
import io.millrace.broker.topic.SubscriptionKind;
import io.millrace.engine.ConsumerState;
import io.millrace.engine.ConsumerTerms;
import io.millrace.engine.Settlement;
import io.millrace.engine.policy.ConsumerPolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Receives from all partitions of a subscription at once. */
class JoinedReceiveTest {
    private static final int PARTITIONS = 6;

    private BrokerRig rig;
    private JoinedRig joined;

    @BeforeEach
    void open() throws IOException {
        rig = BrokerRig.small();
    }

    private void subscribe(SubscriptionKind kind) {
        joined = new JoinedRig(rig, PARTITIONS, kind);
    }

    @AfterEach
    void close() throws IOException {
        assertThat(rig.broker.receives().waits()).isZero();
        rig.close();
    }

    private ConsumerState attach(String selector) {
        SelectorFilter filter = selector.isEmpty() ? null : new SelectorFilter(Selector.compile(selector));
        ConsumerTerms terms = new ConsumerTerms("ada", 0, false, TimeUnit.SECONDS.toNanos(30), filter);
        return rig.answer(rig.broker.consumers().attach(joined.joined(), terms));
    }

    private long leased() {
        return joined.queues().stream()
                .mapToLong(each -> rig.stats(each).leased())
                .sum();
    }

    // What is there.

    @Test
    void itTakesWhatIsThereFromAllPartitionsUpToItsLimit() {
        subscribe(SubscriptionKind.SHARED);
        for (int number = 0; number < PARTITIONS; number++) {
            joined.publish(number, number + " a", number + " b");
        }

        Probe first = joined.receive(9, 0);
        Probe second = joined.receive(9, 0);
        Probe third = joined.receive(9, 0);

        assertThat(first.received).hasSize(9);
        assertThat(second.received).hasSize(3);
        assertThat(third.received).isEmpty();
        assertThat(third.answers).isEqualTo(1);
        Set<String> all = new HashSet<>(first.bodies());
        all.addAll(second.bodies());
        assertThat(all).hasSize(12);
        assertThat(leased()).isEqualTo(12);
    }

    @Test
    void everyPartitionIsTheFirstToBeLookedIntoAsOftenAsTheOthers() {
        subscribe(SubscriptionKind.SHARED);
        int each = 20;
        for (int number = 0; number < PARTITIONS; number++) {
            for (int i = 0; i < each; i++) {
                joined.publish(number, "m");
            }
        }

        int[] seen = new int[PARTITIONS];
        for (int i = 0; i < PARTITIONS * each / 2; i++) {
            seen[partition(joined.receive(1, 0).queues.get(0))]++;
        }

        assertThat(seen).doesNotContain(0);
        for (int count : seen) {
            assertThat(count).isBetween(each / 2 - 2, each / 2 + 2);
        }
    }

    private int partition(QueueDefinition queue) {
        return joined.queues().stream().map(QueueDefinition::logId).toList().indexOf(queue.logId());
    }

    @Test
    void oneThatIsRefusedByOnePartitionHasMessagesOfTheOthers() {
        subscribe(SubscriptionKind.SHARED);
        ConsumerTerms exclusive = new ConsumerTerms("bob", 0, true, ConsumerTerms.UNTIL_DETACHED);
        rig.answer(rig.broker.consumers().attach(joined.queues().get(2), exclusive));
        joined.publish(2, "his");
        joined.publish(3, "mine");

        assertThat(joined.receive(9, 0).bodies()).containsExactly("mine");
        Probe waiting = joined.receive(9, 60);
        joined.publish(2, "his too");
        assertThat(waiting.answers).isZero();
        joined.publish(4, "mine too");
        assertThat(waiting.bodies()).containsExactly("mine too");
    }

    @Test
    void aSelectorSelectsInEveryPartition() {
        subscribe(SubscriptionKind.SHARED);
        Probe waiting = new Probe(joined, 9, 60);
        waiting.matching(new SelectorFilter(Selector.compile("JMSType = 'red'")));
        joined.begin(waiting);
        joined.publish(0, "plain");
        assertThat(waiting.answers).isZero();
        assertThat(joined.receive(9, 0).bodies()).containsExactly("plain");
        waiting.cancel();
        rig.pass(0);
    }

    // Waiting.

    @Test
    void oneThatWaitsIsAnsweredByWhicheverPartitionHasMessages() {
        subscribe(SubscriptionKind.SHARED);
        for (int number = 0; number < PARTITIONS; number++) {
            Probe waiting = joined.receive(9, 60);
            assertThat(waiting.answers).isZero();
            joined.publish(number, "m" + number);
            assertThat(waiting.bodies()).containsExactly("m" + number);
            assertThat(waiting.received.get(0).deliveryCount()).isEqualTo(1);
        }
    }

    @Test
    void ofSeveralThatWaitEachGetsOneMessageAndNoneIsLeasedInVain() {
        subscribe(SubscriptionKind.SHARED);
        List<Probe> waiting = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(joined.receive(1, 60));
        }

        for (int number = 0; number < 4; number++) {
            joined.beginPublish(number, "m" + number);
        }
        rig.pass(0);

        assertThat(waiting).allSatisfy(each -> assertThat(each.received).hasSize(1));
        assertThat(leased()).isEqualTo(4);
        assertThat(joined.queues())
                .allSatisfy(each ->
                        assertThat(rig.stats(each).counters().redelivered()).isZero());
        assertThat(joined.queues())
                .allSatisfy(each -> assertThat(rig.stats(each).waiting()).isZero());
    }

    @Test
    void aWaitInVainEndsInItsTimeWithNothing() {
        subscribe(SubscriptionKind.SHARED);
        Probe waiting = joined.receive(9, 10);
        rig.pass(9);
        assertThat(waiting.answers).isZero();
        rig.pass(2);

        assertThat(waiting.answers).isEqualTo(1);
        assertThat(waiting.received).isEmpty();
        assertThat(waiting.refusal).isNull();
    }

    @Test
    void whoIsGoneGetsNothing() {
        subscribe(SubscriptionKind.SHARED);
        Probe gone = joined.receive(9, 60);
        gone.cancel();
        joined.publish(1, "m");

        assertThat(gone.answers).isZero();
        assertThat(joined.receive(9, 0).received.get(0).deliveryCount()).isEqualTo(1);
    }

    @Test
    void whatIsReleasedAnswersOneThatWaits() {
        subscribe(SubscriptionKind.SHARED);
        joined.publish(5, "m");
        Probe first = joined.receive(9, 0);
        Probe waiting = joined.receive(9, 60);

        rig.settle(first.queues.get(0), first.received, Settlement.RELEASE, null);
        rig.pass(0);

        assertThat(waiting.bodies()).containsExactly("m");
    }

    @Test
    void itWaitsInPartitionsThatAreAddedToo() {
        subscribe(SubscriptionKind.SHARED);
        Probe waiting = joined.receive(9, 600);
        joined.addPartitions(PARTITIONS + 3);
        joined.publish(PARTITIONS + 2, "new");

        assertThat(waiting.bodies()).containsExactly("new");
    }

    @Test
    void aPauseHoldsAllPartitionsAndItsEndServesThoseThatWait() {
        subscribe(SubscriptionKind.SHARED);
        pause(true);
        Probe waiting = joined.receive(9, 60);
        joined.publish(3, "m");
        assertThat(waiting.answers).isZero();
        pause(false);

        assertThat(waiting.bodies()).containsExactly("m");
    }

    private void pause(boolean isPaused) {
        rig.answer(rig.broker.subscriptions().change(joined.topic(), JoinedRig.NAME, settings -> {
            ConsumerPolicy consumers = settings.consumers();
            return settings.with(isPaused ? consumers.pausedUntil(ConsumerPolicy.NEVER) : consumers.resumed());
        }));
        rig.pass(0);
    }

    @Test
    void aSeekServesThoseThatWait() {
        subscribe(SubscriptionKind.SHARED);
        joined.publish(3, "m");
        Probe first = joined.receive(9, 0);
        rig.acknowledge(first.queues.get(0), first.received);
        Probe waiting = joined.receive(9, 60);

        rig.answer(rig.broker
                .subscriptions()
                .seek(joined.queues().get(3), joined.topic().partition(3), SubscriptionStart.EARLIEST));
        rig.pass(0);

        assertThat(waiting.bodies()).containsExactly("m");
    }

    @Test
    void thoseThatWaitAreToldThatTheSubscriptionIsGone() {
        subscribe(SubscriptionKind.SHARED);
        Probe waiting = joined.receive(9, 600);
        rig.answer(rig.broker.subscriptions().delete(joined.topic(), JoinedRig.NAME));
        rig.pass(0);

        assertThat(waiting.answers).isEqualTo(1);
        assertThat(waiting.refusal).isNotNull();
    }

    @Test
    void thoseThatWaitAreToldThatTheBrokerCloses() {
        subscribe(SubscriptionKind.SHARED);
        Probe waiting = joined.receive(9, 600);
        rig.answer(rig.broker.beginClose());
        rig.pass(0);

        assertThat(waiting.answers).isEqualTo(1);
        assertThat(waiting.refusal.error()).isEqualTo(BrokerError.CLOSING);
    }

    @Test
    void noMoreWaitThanIsAllowed() {
        subscribe(SubscriptionKind.SHARED);
        List<Probe> waiting = new ArrayList<>();
        int room = BrokerReceives.WAITS_MAX - 2 * PARTITIONS + 1;
        rig.broker.receives().onWaits(room);
        waiting.add(joined.receive(9, 60));
        Probe refused = joined.receive(9, 60);

        assertThat(waiting.get(0).answers).isZero();
        assertThat(refused.refusal.error()).isEqualTo(BrokerError.OVERLOADED);
        waiting.get(0).cancel();
        rig.pass(0);
        rig.broker.receives().onWaits(-room);
    }

    // Consumers.

    @Test
    void aConsumerIsAttachedToEveryPartitionAndGoesFromAll() {
        subscribe(SubscriptionKind.EXCLUSIVE);
        assertThat(joined.receive(9, 0).refusal.error()).isEqualTo(BrokerError.CONSUMER_REQUIRED);
        ConsumerState consumer = attach("");
        for (int number = 0; number < PARTITIONS; number++) {
            joined.publish(number, "m" + number);
        }
        assertThatThrownBy(() -> attach("")).isInstanceOf(BrokerException.class);

        assertThat(joined.begin(new Probe(joined, 9, 0).by(consumer.number())).received)
                .hasSize(PARTITIONS);
        var listed = rig.answer(rig.broker.consumers().list(joined.joined()));
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).state().leased()).isEqualTo(PARTITIONS);
        assertThat(listed.get(0).queue()).isNull();

        rig.answer(rig.broker.consumers().detach(joined.joined(), consumer.number(), "ada", false));
        assertThat(leased()).isZero();
        assertThat(rig.answer(rig.broker.consumers().list(joined.joined()))).isEmpty();
        attach("");
    }

    @Test
    void anExclusiveOneOfOnePartitionKeepsItFromBeingAttachedAnywhere() {
        subscribe(SubscriptionKind.EXCLUSIVE);
        ConsumerTerms terms = new ConsumerTerms("bob", 0, false, TimeUnit.SECONDS.toNanos(30));
        rig.answer(rig.broker.consumers().attach(joined.queues().get(4), terms));

        assertThatThrownBy(() -> attach("")).isInstanceOf(BrokerException.class);

        var listed = rig.answer(rig.broker.consumers().list(joined.joined()));
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).queue().name()).isEqualTo("t::s::4");
    }

    @Test
    void failoverTakesOverInEveryPartition() {
        subscribe(SubscriptionKind.FAILOVER);
        ConsumerState first = attach("");
        ConsumerState second = attach("");
        for (int number = 0; number < PARTITIONS; number++) {
            joined.publish(number, "m" + number);
        }
        Probe standby = joined.begin(new Probe(joined, 9, 600).by(second.number()));
        assertThat(standby.answers).isZero();

        rig.answer(rig.broker.consumers().detach(joined.joined(), first.number(), "ada", false));
        rig.pass(0);

        assertThat(standby.received).isNotEmpty();
        int rest = PARTITIONS - standby.received.size();
        assertThat(joined.begin(new Probe(joined, 9, 0).by(second.number())).received)
                .hasSize(rest);
    }

    @Test
    void aConsumerIsAttachedToPartitionsThatAreAddedWhenItReceives() {
        subscribe(SubscriptionKind.EXCLUSIVE);
        ConsumerState consumer = attach("");
        Probe waiting = joined.begin(new Probe(joined, 9, 600).by(consumer.number()));
        joined.addPartitions(PARTITIONS + 1);
        joined.publish(PARTITIONS, "m");

        assertThat(waiting.bodies()).containsExactly("m");
    }

    @Test
    void aPartitionThatAnotherHasForItselfKeepsNoConsumerFromTheOthers() {
        subscribe(SubscriptionKind.FAILOVER);
        ConsumerState consumer = attach("");
        joined.addPartitions(PARTITIONS + 1);
        ConsumerTerms exclusive = new ConsumerTerms("bob", 0, true, ConsumerTerms.UNTIL_DETACHED);
        rig.answer(rig.broker.consumers().attach(joined.queues().get(PARTITIONS), exclusive));

        rig.answer(rig.broker.consumers().renew(joined.joined(), consumer.number(), "ada"));
        joined.publish(PARTITIONS, "his");
        joined.publish(2, "m");
        assertThat(joined.begin(new Probe(joined, 9, 0).by(consumer.number())).bodies())
                .containsExactly("m");
        rig.answer(rig.broker.consumers().detach(joined.joined(), consumer.number(), "ada", false));
        assertThat(rig.answer(rig.broker.consumers().list(joined.joined()))).hasSize(1);
    }

    @Test
    void aConsumerLivesInAllPartitionsAsLongAsItIsHeardOf() {
        subscribe(SubscriptionKind.FAILOVER);
        ConsumerState consumer = attach("");
        for (int i = 0; i < 4; i++) {
            rig.pass(20);
            rig.answer(rig.broker.consumers().renew(joined.joined(), consumer.number(), "ada"));
        }
        joined.publish(5, "m");
        assertThat(joined.begin(new Probe(joined, 9, 0).by(consumer.number())).bodies())
                .containsExactly("m");

        rig.pass(31);

        assertThat(joined.begin(new Probe(joined, 9, 0).by(consumer.number()))
                        .refusal
                        .error())
                .isEqualTo(BrokerError.CONSUMER_NOT_FOUND);
        assertThat(leased()).isZero();
    }

    @Test
    void oneThatWaitsIsToldThatItsConsumerIsDetached() {
        subscribe(SubscriptionKind.SHARED);
        ConsumerState consumer = attach("");
        Probe waiting = joined.begin(new Probe(joined, 9, 600).by(consumer.number()));
        rig.answer(rig.broker.consumers().detach(joined.joined(), consumer.number(), null, false));
        rig.pass(0);

        assertThat(waiting.refusal.error()).isEqualTo(BrokerError.CONSUMER_NOT_FOUND);
        assertThat(rig.answer(rig.broker.consumers().list(joined.joined()))).isEmpty();
    }

    @Test
    void theNumberOfAConsumerOfOnePartitionIsOfNoUseInAll() {
        subscribe(SubscriptionKind.SHARED);
        ConsumerTerms terms = new ConsumerTerms("ada", 0, false, TimeUnit.SECONDS.toNanos(30));
        long ofOne = rig.answer(rig.broker.consumers().attach(joined.queues().get(0), terms))
                .number();

        assertThat(joined.begin(new Probe(joined, 9, 0).by(ofOne)).refusal.error())
                .isEqualTo(BrokerError.CONSUMER_NOT_FOUND);
        assertThatThrownBy(() -> rig.answer(rig.broker.consumers().renew(joined.joined(), ofOne, "ada")))
                .isInstanceOf(BrokerException.class);
        assertThatThrownBy(() -> rig.answer(rig.broker.consumers().detach(joined.joined(), ofOne, null, false)))
                .isInstanceOf(BrokerException.class);
    }

    // Names.

    @Test
    void leasesAreFoundByTheNameOfTheSubscription() {
        subscribe(SubscriptionKind.SHARED);
        joined.publish(4, "m");
        Probe probe = joined.receive(1, 0);
        ConsumedQueues queues = joined.joined();

        assertThat(queues.byLog(probe.queues.get(0).logId()))
                .isEqualTo(joined.queues().get(4));
        assertThat(queues.byLog(joined.topic().partition(4).logId())).isNull();
        assertThat(queues.byLog(1)).isNull();
    }

    @Test
    void whatIsAskedOfOnePartitionAtATimeSaysSo() {
        subscribe(SubscriptionKind.SHARED);

        assertThatThrownBy(() -> rig.broker.access().queue(BrokerRig.ANYBODY, JoinedRig.QUEUE, Action.PEEK))
                .hasMessageContaining("t::s::0 to t::s::5");
        assertThat(rig.broker
                        .access()
                        .queue(BrokerRig.ANYBODY, "t::s::5", Action.PEEK)
                        .name())
                .isEqualTo("t::s::5");
    }
}
