package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.RetryPolicy;
import org.junit.jupiter.api.Test;

/** What becomes of leases: acknowledged, released, extended, run out; and who has none any more. */
class ShardSettleTest extends ShardFixture {
    private static final long TICK = SECOND / 100;

    @Test
    void anAcknowledgedMessageIsGoneAndItsConsumerHearsItWhenThatIsSynced() {
        publish(1);
        Message message = take();
        log.syncAtOnce(false);
        SettlementProbe settlement = acknowledge(message);
        assertThat(settlement.answers()).isZero();

        log.sync();

        assertThat(settlement.done()).containsExactly(true);
        pass(2 * ReceiveProbe.LEASE_NANOS);
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
        assertThat(stats().ready()).isZero();
        assertThat(stats().counters().acknowledged()).isEqualTo(1);
    }

    @Test
    void aReleasedMessageComesAtOnceAndBeforeNewOnes() {
        publish(3);
        Message first = take();
        take();

        release(first, 0);

        Message again = take();
        assertThat(again.offset()).isEqualTo(first.offset());
        assertThat(again.deliveryCount()).isEqualTo(2);
        assertThat(again.token()).isGreaterThan(first.token());
        assertThat(take().offset()).isEqualTo(2);
        assertThat(stats().counters().redelivered()).isEqualTo(1);
    }

    @Test
    void aReleaseWakesWhoWaits() {
        publish(1);
        Message message = take();
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, SECOND));

        release(message, 0);

        assertThat(waiting.deliveryCounts()).containsExactly(2);
    }

    @Test
    void aDelayedMessageComesWhenItsTimeHasCome() {
        publish(1);
        release(take(), 10 * SECOND);
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 20 * SECOND));
        assertThat(stats().delayed()).isEqualTo(1);
        assertThat(stats().ready()).isZero();

        pass(10 * SECOND - 1);
        assertThat(waiting.isAnswered()).isFalse();
        pass(TICK);

        assertThat(waiting.deliveryCounts()).containsExactly(2);
        assertThat(stats().delayed()).isZero();
    }

    @Test
    void aLeaseThatRunsOutGivesTheMessageToTheNext() {
        publish(1);
        Message message = take();
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 2 * ReceiveProbe.LEASE_NANOS));

        pass(ReceiveProbe.LEASE_NANOS - 1);
        assertThat(waiting.isAnswered()).isFalse();
        pass(TICK);

        assertThat(waiting.deliveryCounts()).containsExactly(2);
        assertThat(stats().counters().expired()).isEqualTo(1);
        assertThat(acknowledge(message).done()).containsExactly(false);
        assertThat(acknowledge(waiting.message(0)).done()).containsExactly(true);
    }

    @Test
    void aLeaseWhoseTimeIsOverIsOverBeforeItsTimerFires() {
        publish(1);
        Message message = take();
        clock.advance(ReceiveProbe.LEASE_NANOS);

        SettlementProbe settlement = new SettlementProbe().acknowledge(message);
        shard.settle(QUEUE, settlement);

        assertThat(settlement.done()).containsExactly(false);
        pass(TICK);
        assertThat(stats().ready()).isEqualTo(1);
    }

    @Test
    void anExtendedLeaseEndsWhenItSays() {
        publish(1);
        Message message = take();
        pass(20 * SECOND);

        assertThat(extend(message, 50 * SECOND).done()).containsExactly(true);

        pass(50 * SECOND - 1);
        assertThat(stats().leased()).isEqualTo(1);
        pass(TICK);
        assertThat(stats().leased()).isZero();
        assertThat(take().deliveryCount()).isEqualTo(2);
    }

    @Test
    void anExtensionMayShortenALease() {
        publish(1);
        Message message = take();

        extend(message, 0);
        pass(TICK);

        assertThat(stats().ready()).isEqualTo(1);
    }

    @Test
    void aLeaseIsNamedByQueueOffsetAndToken() {
        publish(2);
        publish(OTHER, 1, MESSAGE_BYTES);
        Message first = take();
        Message second = take();
        Message other = receive(OTHER, ReceiveProbe.upTo(1)).message(0);

        assertThat(acknowledge(
                                new Message(first.offset(), second.token(), 1, 0),
                                new Message(second.offset(), first.token(), 1, 0),
                                new Message(first.offset(), other.token(), 1, 0),
                                new Message(first.offset(), 0, 1, 0),
                                new Message(99, 99, 1, 0))
                        .done())
                .containsOnly(false);
        assertThat(acknowledge(first, second).done()).containsExactly(true, true);
    }

    @Test
    void eachOfManyHasAResultOfItsOwn() {
        publish(5);
        Message[] messages = receive(ReceiveProbe.upTo(5)).messages().toArray(Message[]::new);
        acknowledge(messages[1]);
        log.syncAtOnce(false);

        SettlementProbe settlement = settle(new SettlementProbe()
                .acknowledge(messages[0])
                .acknowledge(messages[1])
                .release(messages[2], 0)
                .release(messages[3], SECOND)
                .extend(messages[4], SECOND)
                .acknowledge(messages[2]));

        assertThat(settlement.answers()).isZero();
        log.sync();
        assertThat(settlement.done()).containsExactly(true, false, true, true, true, false);
        assertThat(settlement.answers()).isEqualTo(1);
        assertThat(stats().ready()).isEqualTo(1);
        assertThat(stats().delayed()).isEqualTo(1);
        assertThat(stats().leased()).isEqualTo(1);
    }

    @Test
    void whatIsAskedOfOneLeaseTwiceIsDoneInOrder() {
        publish(1);
        Message message = take();

        SettlementProbe settlement =
                settle(new SettlementProbe().extend(message, SECOND).acknowledge(message));

        assertThat(settlement.done()).containsExactly(true, true);
        restart();
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
    }

    @Test
    void aSettlementOfNothingThatLivesIsAnsweredAtOnce() {
        publish(1);
        log.syncAtOnce(false);

        assertThat(acknowledge(new Message(0, 1, 1, 0)).answers()).isEqualTo(1);
    }

    @Test
    void aMessageThatIsGivenBackWithoutATimeComesWhenItsQueueSays() {
        host.retryPolicy = new RetryPolicy(10_000, 15_000, false);
        publish(1);
        for (long seconds : new long[] {10, 15, 15}) {
            settle(new SettlementProbe().and(take(), Settlement.RETRY, 0));
            pass(seconds * SECOND - TICK);
            assertThat(stats().delayed()).isEqualTo(1);
            pass(2 * TICK);
        }
        assertThat(stats().counters().released()).isEqualTo(3);
        settle(new SettlementProbe().and(take(), Settlement.RETRY, 0));
        restart();
        pass(15 * SECOND + TICK);
        assertThat(take().deliveryCount()).isEqualTo(5);

        host.retryPolicy = RetryPolicy.AT_ONCE;
        publish(OTHER, 1, MESSAGE_BYTES);
        ReceiveProbe receive = receive(OTHER, ReceiveProbe.upTo(1));
        shard.settle(OTHER, new SettlementProbe().and(receive.message(0), Settlement.RETRY, 0));
        run();
        assertThat(receive(OTHER, ReceiveProbe.upTo(1)).deliveryCounts()).containsExactly(2);
    }

    @Test
    void anActionThatDoesNotExistIsRefusedBeforeAnythingIsDone() {
        publish(1);
        Message message = take();
        SettlementProbe settlement = new SettlementProbe().acknowledge(message);

        assertThatThrownBy(() -> settlement.and(message, (byte) 5, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settlement.and(message, Settlement.EXTEND, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(settle(settlement).done()).containsExactly(true);
    }

    @Test
    void deliveriesAreCountedHoweverTheyEnd() {
        publish(1);
        release(take(), 0);
        take();
        pass(ReceiveProbe.LEASE_NANOS + TICK);
        release(take(), SECOND);
        pass(SECOND + TICK);
        receive(ReceiveProbe.durable(1));
        restart();
        pass(ReceiveProbe.LEASE_NANOS + TICK);
        take();
        restart();

        assertThat(take().deliveryCount()).isEqualTo(6);
    }
}
