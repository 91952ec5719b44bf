package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.ConsumerPolicy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who of several consumers gets the messages: by priority, one alone, one at a time, nobody while it is paused. */
class ShardConsumersTest extends ShardFixture {
    private static final long LIFE = 10 * SECOND;
    private static final ConsumerPolicy SINGLE = ConsumerPolicy.ALL.withSingleActive(true);

    private final List<Refusal> refusals = new ArrayList<>();
    /** How many detaches are done. */
    private int detached;

    private @Nullable ConsumerState tryAttach(int priority, boolean isExclusive, long lifeNanos) {
        ConsumerTerms terms = new ConsumerTerms("ada", priority, isExclusive, lifeNanos);
        ConsumerState state = shard.consumers().attach(QUEUE, terms, refusals::add);
        run();
        return state;
    }

    private ConsumerState attach(int priority) {
        ConsumerState consumer = tryAttach(priority, false, ConsumerTerms.UNTIL_DETACHED);
        assertThat(refusals).isEmpty();
        return consumer;
    }

    private ConsumerState attachExclusive() {
        return tryAttach(0, true, ConsumerTerms.UNTIL_DETACHED);
    }

    private void detach(ConsumerState consumer, boolean keepsLeases) {
        int before = detached;
        beginDetach(consumer, "ada", keepsLeases);
        run();
        assertThat(detached).isEqualTo(before + 1);
    }

    private void beginDetach(ConsumerState consumer, @Nullable String owner, boolean keepsLeases) {
        shard.consumers().detach(QUEUE, consumer.number(), owner, keepsLeases, () -> detached++, refusals::add);
    }

    private List<ConsumerState> list() {
        return shard.consumers().list(QUEUE, refusals::add);
    }

    private List<Boolean> active() {
        return list().stream().map(ConsumerState::isActive).toList();
    }

    private ReceiveProbe await(ConsumerState consumer) {
        return receive(ReceiveProbe.waiting(1, 1000 * SECOND).by(consumer));
    }

    private ReceiveProbe ask(ConsumerState consumer, int most) {
        return receive(ReceiveProbe.upTo(most).by(consumer));
    }

    // Priorities.

    @Test
    void ofThoseWhoWaitTheHighestPriorityIsServedFirst() {
        ReceiveProbe nobody = receive(ReceiveProbe.waiting(1, 1000 * SECOND));
        ReceiveProbe low = await(attach(-1));
        ConsumerState high = attach(7);
        ReceiveProbe ordinary = await(attach(0));
        ReceiveProbe first = await(high);
        ReceiveProbe second = await(high);

        publish(5);

        assertThat(first.offsets()).containsExactly(0L);
        assertThat(second.offsets()).containsExactly(1L);
        assertThat(nobody.offsets()).containsExactly(2L);
        assertThat(ordinary.offsets()).containsExactly(3L);
        assertThat(low.offsets()).containsExactly(4L);
    }

    @Test
    void aLowPriorityGetsMessagesWhileNoHigherOneWaits() {
        ConsumerState high = attach(7);
        ConsumerState low = attach(-7);
        publish(2);

        assertThat(ask(low, 1).offsets()).containsExactly(0L);
        assertThat(ask(high, 1).offsets()).containsExactly(1L);
    }

    // Exclusive consumers.

    @Test
    void anExclusiveConsumerIsAlone() {
        ConsumerState exclusive = attachExclusive();

        assertThat(tryAttach(5, false, 0)).isNull();
        assertThat(tryAttach(5, true, 0)).isNull();
        assertThat(receive(ReceiveProbe.upTo(1)).refusal()).isEqualTo(Refusal.QUEUE_IN_USE);
        assertThat(refusals).containsExactly(Refusal.QUEUE_IN_USE, Refusal.QUEUE_IN_USE);
        publish(1);
        assertThat(ask(exclusive, 1).messages()).hasSize(1);

        detach(exclusive, false);

        assertThat(receive(ReceiveProbe.upTo(1)).messages()).hasSize(1);
        assertThat(tryAttach(5, false, 0)).isNotNull();
    }

    @Test
    void whereSomebodyIsAttachedNobodyIsExclusive() {
        attach(0);

        assertThat(attachExclusive()).isNull();

        assertThat(refusals).containsExactly(Refusal.QUEUE_IN_USE);
        assertThat(receive(ReceiveProbe.upTo(1)).refusal()).isNull();
    }

    @Test
    void whoWaitsIsToldThatSomebodyHasTheQueueForItself() {
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, SECOND));

        attachExclusive();

        assertThat(waiting.refusal()).isEqualTo(Refusal.QUEUE_IN_USE);
        pass(2 * SECOND);
        assertThat(waiting.answers()).isEqualTo(1);
    }

    @Test
    void anExclusiveConsumerWaitsForWhatOthersStillHave() {
        publish(3);
        Message taken = take();
        ConsumerState exclusive = attachExclusive();
        ReceiveProbe waiting = await(exclusive);
        assertThat(ask(exclusive, 5).messages()).isEmpty();
        assertThat(waiting.isAnswered()).isFalse();

        release(taken, 0);

        assertThat(waiting.offsets()).containsExactly(0L);
        assertThat(ask(exclusive, 5).offsets()).containsExactly(1L, 2L);
    }

    // A single active consumer.

    @Test
    void ofManyConsumersOneIsActive() {
        consumerPolicy(SINGLE);
        ConsumerState first = attach(0);
        ConsumerState second = attach(9);
        ReceiveProbe other = await(second);
        publish(3);

        assertThat(ask(first, 1).offsets()).containsExactly(0L);
        assertThat(ask(second, 1).messages()).isEmpty();
        assertThat(other.isAnswered()).isFalse();
        assertThat(active()).containsExactly(true, false);
        assertThat(stats().waiting()).isEqualTo(1);
        assertThat(receive(ReceiveProbe.waiting(1, SECOND)).refusal()).isEqualTo(Refusal.CONSUMER_REQUIRED);
    }

    @Test
    void theNextOneIsThatOfTheHighestPriorityThenTheOneAttachedForLongest() {
        consumerPolicy(SINGLE);
        ConsumerState first = attach(0);
        ConsumerState low = attach(1);
        ConsumerState high = attach(2);
        ConsumerState later = attach(2);
        ReceiveProbe ofLow = await(low);
        ReceiveProbe ofLater = await(later);
        ReceiveProbe ofHigh = await(high);
        publish(1);

        detach(first, false);
        assertThat(ofHigh.offsets()).containsExactly(0L);
        detach(high, false);
        assertThat(ofLater.offsets()).containsExactly(0L);
        detach(later, false);
        assertThat(ofLow.offsets()).containsExactly(0L);
        assertThat(ofLow.deliveryCounts()).containsExactly(3);
    }

    @Test
    void whatTheOneBeforeHasHadComesFirst() {
        consumerPolicy(SINGLE);
        ConsumerState first = attach(0);
        ConsumerState second = attach(0);
        publish(5);
        List<Message> had = ask(first, 3).messages();
        acknowledge(had.get(1));

        detach(first, false);

        assertThat(ask(second, 9).offsets()).containsExactly(0L, 2L, 3L, 4L);
        assertThat(acknowledge(had.get(0)).done()).containsExactly(false);
    }

    @Test
    void whatAConsumerHeldComesBackSomeInEachTurnAndAllOfItBeforeTheNextGoesOn() {
        consumerPolicy(SINGLE);
        ConsumerState first = attach(0);
        ReceiveProbe waiting = await(attach(0));
        publish(5_000);
        assertThat(receive(ReceiveProbe.durable(5_000).by(first)).messages()).hasSize(5_000);

        beginDetach(first, "ada", false);

        assertThat(stats().leased()).isBetween(3_750L, 4_999L);
        assertThat(detached).isZero();
        run();
        assertThat(detached).isOne();
        assertThat(waiting.offsets()).containsExactly(0L);
        assertThat(stats().leased()).isOne();
        assertThat(stats().ready()).isEqualTo(4_999);
        assertThat(stats().counters().released()).isEqualTo(5_000);
        restart();
        assertThat(stats().ready()).isEqualTo(5_000);
    }

    @Test
    void whatAConsumerHeldNeedNotComeBackOnceItsQueueIsGone() {
        ConsumerState consumer = attach(0);
        publish(5_000);
        receive(ReceiveProbe.upTo(5_000).by(consumer));
        beginDetach(consumer, "ada", false);

        shard.drop(QUEUE);
        run();

        assertThat(detached).isOne();
        publish(OTHER, 1, MESSAGE_BYTES);
        assertThat(receive(OTHER, ReceiveProbe.upTo(9)).messages()).hasSize(1);
    }

    @Test
    void whoKeepsItsLeasesKeepsTheNextOneWaiting() {
        consumerPolicy(SINGLE);
        ConsumerState first = attach(0);
        ConsumerState second = attach(0);
        publish(3);
        List<Message> had = ask(first, 2).messages();
        ReceiveProbe waiting = await(second);

        detach(first, true);
        assertThat(active()).containsExactly(true);
        assertThat(waiting.isAnswered()).isFalse();
        acknowledge(had.get(0));
        assertThat(waiting.isAnswered()).isFalse();
        release(had.get(1), 0);

        assertThat(waiting.offsets()).containsExactly(1L);
        assertThat(ask(second, 1).offsets()).containsExactly(2L);
    }

    @Test
    void leasesThatOutliveARestartComeBackBeforeSomebodyGoesOn() {
        consumerPolicy(SINGLE);
        publish(2);
        ConsumerState first = attach(0);
        Message had = receive(ReceiveProbe.durable(1).by(first)).message(0);

        restart();
        assertThat(receive(ReceiveProbe.upTo(1).by(first)).refusal()).isEqualTo(Refusal.CONSUMER_NOT_FOUND);
        ReceiveProbe waiting = await(attach(0));
        assertThat(waiting.isAnswered()).isFalse();
        acknowledge(had);

        assertThat(waiting.offsets()).containsExactly(1L);
        assertThat(waiting.message(0).token()).isGreaterThan(had.token());
    }

    @Test
    void durableLeasesThatEndWithTheirConsumerAreNotRestored() {
        ConsumerState consumer = attach(0);
        publish(2);
        assertThat(receive(ReceiveProbe.durable(2).by(consumer)).messages()).hasSize(2);
        detach(consumer, false);

        restart();

        assertThat(stats().ready()).isEqualTo(2);
        assertThat(receive(ReceiveProbe.upTo(2)).deliveryCounts()).containsExactly(2, 2);
    }

    @Test
    void whatIsOnItsWayToAConsumerThatGoesGoesToTheNext() {
        consumerPolicy(SINGLE);
        ConsumerState first = attach(0);
        ReceiveProbe waiting = await(attach(0));
        publish(1);
        log.syncAtOnce(false);
        ReceiveProbe onItsWay = receive(ReceiveProbe.durable(1).by(first));

        detach(first, false);
        log.syncAtOnce(true);
        log.sync();
        run();

        assertThat(onItsWay.messages()).isEmpty();
        assertThat(onItsWay.answers()).isEqualTo(1);
        assertThat(waiting.deliveryCounts()).containsExactly(2);
    }

    @Test
    void whenTheQueueChangesItsMindThoseWhoWaitFeelIt() {
        ReceiveProbe nobody = receive(ReceiveProbe.waiting(1, 1000 * SECOND));
        ReceiveProbe low = await(attach(0));
        ReceiveProbe high = await(attach(1));

        consumerPolicy(SINGLE);
        assertThat(nobody.refusal()).isEqualTo(Refusal.CONSUMER_REQUIRED);
        assertThat(active()).containsExactly(false, true);
        consumerPolicy(ConsumerPolicy.ALL);
        assertThat(active()).containsExactly(true, true);
        publish(2);

        assertThat(high.offsets()).containsExactly(0L);
        assertThat(low.offsets()).containsExactly(1L);
    }

    @Test
    void whoLosesItsTurnWhileTheIndexIsReadDoesNotWaitForThat() {
        publish(1);
        log.wantTrim(log.syncedPosition());
        run();
        restart();
        ConsumerState first = attach(0);
        ConsumerState second = attach(0);
        log.readAtOnce(false);
        ReceiveProbe asking = ask(second, 1);
        assertThat(asking.isAnswered()).as("while the index is read").isFalse();

        consumerPolicy(SINGLE);
        pass(SECOND / 50);

        assertThat(asking.isAnswered()).isTrue();
        assertThat(asking.messages()).isEmpty();
        log.readAtOnce(true);
        log.completeReads();
        run();
        assertThat(ask(first, 1).offsets()).containsExactly(0L);
    }

    @Test
    void whatATransactionHasNotDecidedIsWaitedFor() {
        consumerPolicy(SINGLE);
        ConsumerState first = attach(0);
        ReceiveProbe waiting = await(attach(0));
        publish(2);
        Message had = ask(first, 1).message(0);
        prepareToAcknowledge(had);
        detach(first, false);
        assertThat(waiting.isAnswered()).isFalse();

        shard.parts().transactions().finish(0, 1, false, Completion.of(() -> {}, refusals::add));
        run();

        assertThat(waiting.offsets()).containsExactly(0L);
    }

    private void prepareToAcknowledge(Message message) {
        TransactionPart part = new TransactionPart(shard) {
            @Override
            void onDone() {}

            @Override
            void onRefused(Refusal reason) {
                refusals.add(reason);
            }
        };
        part.acknowledge(QUEUE, message.offset(), message.token());
        part.prepareFor(0, 1);
        shard.take(part);
        run();
        assertThat(refusals).isEmpty();
    }

    // The life of a consumer.

    @Test
    void aConsumerThatIsNotHeardOfEndsAndTheNextOneGoesOn() {
        consumerPolicy(SINGLE);
        ConsumerState first = tryAttach(0, false, LIFE);
        ReceiveProbe waiting = await(attach(0));
        publish(1);
        assertThat(ask(first, 1).messages()).hasSize(1);

        pass(LIFE - 1);
        assertThat(waiting.isAnswered()).isFalse();
        pass(SECOND / 50);

        assertThat(waiting.deliveryCounts()).containsExactly(2);
        assertThat(ask(first, 1).refusal()).isEqualTo(Refusal.CONSUMER_NOT_FOUND);
        assertThat(list()).hasSize(1);
    }

    @Test
    void aConsumerThatRenewsReceivesOrWaitsLives() {
        ConsumerState consumer = tryAttach(0, false, LIFE);
        pass(LIFE - SECOND);
        assertThat(shard.consumers().renew(QUEUE, consumer.number(), "ada", refusals::add))
                .isNotNull();
        pass(LIFE - SECOND);
        ask(consumer, 1);
        pass(LIFE - SECOND);
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 5 * LIFE).by(consumer));
        pass(5 * LIFE - SECOND);
        assertThat(list()).hasSize(1);
        pass(2 * SECOND);
        assertThat(waiting.isAnswered()).isTrue();
        pass(LIFE - 3 * SECOND);
        assertThat(list()).as("its life begins anew when its wait is over").hasSize(1);

        pass(3 * SECOND);

        assertThat(list()).isEmpty();
        assertThat(refusals).isEmpty();
    }

    @Test
    void onlyItsOwnerMayUseAConsumer() {
        ConsumerState consumer = attach(0);
        ReceiveProbe foreign = ReceiveProbe.upTo(1);
        foreign.by(consumer.number(), "bob");

        assertThat(receive(foreign).refusal()).isEqualTo(Refusal.CONSUMER_NOT_FOUND);
        assertThat(shard.consumers().renew(QUEUE, consumer.number(), "bob", refusals::add))
                .isNull();
        beginDetach(consumer, "bob", false);
        assertThat(shard.consumers().renew(OTHER, consumer.number(), "ada", refusals::add))
                .isNull();
        assertThat(refusals).hasSize(3).containsOnly(Refusal.CONSUMER_NOT_FOUND);
        assertThat(detached).isZero();
        beginDetach(consumer, null, false);
        assertThat(detached).isOne();
        assertThat(list()).isEmpty();
    }

    @Test
    void aReceiveThatWaitsIsRefusedWhenItsConsumerGoes() {
        ConsumerState consumer = attach(0);
        ReceiveProbe waiting = await(consumer);

        detach(consumer, false);

        assertThat(waiting.refusal()).isEqualTo(Refusal.CONSUMER_NOT_FOUND);
        assertThat(stats().waiting()).isZero();
    }

    @Test
    void consumersOfOneQueueAreBounded() {
        for (int i = 0; i < Consumers.PER_QUEUE_MAX; i++) {
            attach(0);
        }

        assertThat(tryAttach(0, false, 0)).isNull();
        assertThat(refusals).containsExactly(Refusal.TOO_MANY_CONSUMERS);
    }

    @Test
    void aQueueThatIsRemovedHasNoConsumers() {
        consumerPolicy(SINGLE);
        tryAttach(0, false, LIFE);
        ReceiveProbe waiting = await(attach(0));

        host.defined.remove(QUEUE);
        shard.drop(QUEUE);
        pass(2 * LIFE);

        assertThat(waiting.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(host.faults).isEmpty();
    }

    @Test
    void aShardThatClosesTellsThoseWhoWaitForTheirTurn() {
        consumerPolicy(SINGLE);
        attach(0);
        ReceiveProbe waiting = await(attach(0));

        shard.close();
        run();

        assertThat(waiting.refusal()).isEqualTo(Refusal.CLOSING);
        tryAttach(0, false, 0);
        assertThat(refusals).containsExactly(Refusal.CLOSING);
    }

    @Test
    void theListSaysWhatThereIsToSay() {
        ConsumerState consumer = tryAttach(3, false, LIFE);
        publish(3);
        ask(consumer, 2);
        receive(ReceiveProbe.waiting(1, SECOND).by(consumer));
        receive(ReceiveProbe.waiting(1, SECOND).by(consumer));

        ConsumerState state = list().get(0);

        assertThat(state.terms()).isEqualTo(new ConsumerTerms("ada", 3, false, LIFE));
        assertThat(state.attachedMillis()).isEqualTo(clock.epochMillis());
        assertThat(state.leased()).isEqualTo(3);
        assertThat(state.waiting()).isEqualTo(1);
        assertThat(state.isActive()).isTrue();
    }

    // Pauses.

    @Test
    void aPausedQueueDeliversNothingAndGoesOnAtOnceWhenItIsResumed() {
        publish(1);
        Message held = take();
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 1000 * SECOND));

        consumerPolicy(ConsumerPolicy.ALL.pausedUntil(ConsumerPolicy.NEVER));
        publish(2);
        assertThat(waiting.isAnswered()).isFalse();
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
        assertThat(stats().ready()).isEqualTo(2);
        assertThat(acknowledge(held).done()).containsExactly(true);
        restart();
        ReceiveProbe later = receive(ReceiveProbe.waiting(1, 1000 * SECOND));
        assertThat(later.isAnswered()).isFalse();

        consumerPolicy(ConsumerPolicy.ALL);

        assertThat(later.offsets()).containsExactly(1L);
        assertThat(take().offset()).isEqualTo(2);
    }

    @Test
    void aPauseUpToADateEndsByItself() {
        publish(2);
        consumerPolicy(ConsumerPolicy.ALL.pausedUntil(clock.epochMillis() + 10_000));
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 1000 * SECOND));

        pass(10 * SECOND - 1);
        assertThat(waiting.isAnswered()).isFalse();
        pass(SECOND / 50);

        assertThat(waiting.offsets()).containsExactly(0L);
        assertThat(take().offset()).isEqualTo(1);
    }

    @Test
    void aPauseEndsAtItsDateOverARestart() {
        publish(1);
        consumerPolicy(ConsumerPolicy.ALL.pausedUntil(clock.epochMillis() + 10_000));
        pass(4 * SECOND);
        restart();
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 1000 * SECOND));
        pass(5 * SECOND);
        assertThat(waiting.isAnswered()).isFalse();

        pass(SECOND + SECOND / 50);

        assertThat(waiting.offsets()).containsExactly(0L);
        restart();
        assertThat(take().offset()).isZero();
    }

    @Test
    void aClockThatIsSetBackDoesNotMakeAPauseLonger() {
        publish(1);
        consumerPolicy(ConsumerPolicy.ALL.pausedUntil(clock.epochMillis() + 10_000));
        clock.jumpWall(-3_600_000);

        pass(10 * SECOND + SECOND / 50);
        shard.settingsChanged(QUEUE);

        assertThat(take().offset()).isZero();
    }

    @Test
    void leasesOfAPausedQueueRunOut() {
        publish(1);
        take();
        consumerPolicy(ConsumerPolicy.ALL.pausedUntil(ConsumerPolicy.NEVER));

        pass(ReceiveProbe.LEASE_NANOS + SECOND);

        assertThat(stats().ready()).isEqualTo(1);
        assertThat(stats().counters().expired()).isEqualTo(1);
    }
}
