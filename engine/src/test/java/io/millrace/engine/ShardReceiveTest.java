package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who receives what, and when: amounts, waiting, order, cancelling, durable leases. */
class ShardReceiveTest extends ShardFixture {
    @Test
    void anEntryOfManyMessagesIsDeliveredInParts() {
        publish(5);

        assertThat(receive(ReceiveProbe.upTo(2)).numbers()).containsExactly(1000L, 1001L);
        assertThat(receive(ReceiveProbe.upTo(2)).numbers()).containsExactly(1002L, 1003L);
        assertThat(receive(ReceiveProbe.upTo(2)).numbers()).containsExactly(1004L);
        assertThat(receive(ReceiveProbe.upTo(2)).messages()).isEmpty();
    }

    @Test
    void aReceiveTakesAboutAsManyBytesAsItAsksForAndAtLeastOneMessage() {
        for (int i = 0; i < 10; i++) {
            publish(QUEUE, 1, 1000);
        }

        assertThat(receive(new ReceiveProbe(10, 1, SECOND, 0, false)).messages())
                .hasSize(1);
        assertThat(receive(new ReceiveProbe(10, 3000, SECOND, 0, false)).messages())
                .hasSizeBetween(2, 3);
        assertThat(receive(new ReceiveProbe(10, Integer.MAX_VALUE, SECOND, 0, false))
                        .messages())
                .hasSizeBetween(6, 7);
    }

    @Test
    void tokensGrowFromDeliveryToDelivery() {
        List<Long> tokens = new ArrayList<>();
        publish(4);
        for (int i = 0; i < 3; i++) {
            ReceiveProbe receive = receive(ReceiveProbe.upTo(2));
            receive.messages().forEach(each -> tokens.add(each.token()));
            release(receive.message(0), 0);
            restart();
        }

        assertThat(tokens).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void aWaitingReceiveIsServedByALaterPublish() {
        ReceiveProbe receive = receive(ReceiveProbe.waiting(10, 20 * SECOND));
        pass(19 * SECOND);
        assertThat(receive.isAnswered()).isFalse();
        assertThat(stats().waiting()).isEqualTo(1);

        log.syncAtOnce(false);
        publish(2);
        assertThat(receive.isAnswered()).isFalse();
        log.sync();
        run();

        assertThat(receive.offsets()).containsExactly(0L, 1L);
        pass(5 * SECOND);
        assertThat(receive.answers()).isEqualTo(1);
        assertThat(stats().waiting()).isZero();
    }

    @Test
    void aWaitInVainEndsWithNothing() {
        ReceiveProbe receive = receive(ReceiveProbe.waiting(10, 20 * SECOND));
        pass(20 * SECOND - 1);
        assertThat(receive.isAnswered()).isFalse();

        pass(SECOND / 50);

        assertThat(receive.answers()).isEqualTo(1);
        assertThat(receive.messages()).isEmpty();
        assertThat(receive.refusal()).isNull();
        publish(1);
        assertThat(stats().ready()).isEqualTo(1);
    }

    @Test
    void aWaitWithoutEndIsOneOfYears() {
        ReceiveProbe receive = receive(new ReceiveProbe(1, 1000, Long.MAX_VALUE, Long.MAX_VALUE, true));
        pass(1000 * SECOND);
        assertThat(receive.isAnswered()).isFalse();

        publish(1);
        assertThat(receive.messages()).hasSize(1);
        pass(1000 * SECOND);
        assertThat(stats().leased()).isEqualTo(1);
        restart();
        pass(1000 * SECOND);
        assertThat(stats().leased()).isEqualTo(1);
    }

    @Test
    void thoseWhoWaitAreServedInTheOrderInWhichTheyCame() {
        List<ReceiveProbe> receives = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            receives.add(receive(ReceiveProbe.waiting(2, (20 - i) * SECOND)));
        }

        publish(5);

        assertThat(receives.get(0).offsets()).containsExactly(0L, 1L);
        assertThat(receives.get(1).offsets()).containsExactly(2L, 3L);
        assertThat(receives.get(2).offsets()).containsExactly(4L);
        assertThat(receives.get(3).isAnswered()).isFalse();
    }

    @Test
    void whoDoesNotWaitGetsWhatThoseWhoWaitLeave() {
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, SECOND));
        log.syncAtOnce(false);
        publish(3);
        log.sync(); // and the turn in which the waiting one is served has not come

        ReceiveProbe later = ReceiveProbe.upTo(10);
        shard.receive(QUEUE, later);

        assertThat(waiting.offsets()).containsExactly(0L);
        assertThat(later.offsets()).containsExactly(1L, 2L);
        log.syncAtOnce(true);
        run();
    }

    @Test
    void aCancelledWaitIsOver() {
        ReceiveProbe cancelled = receive(ReceiveProbe.waiting(1, SECOND));
        ReceiveProbe next = receive(ReceiveProbe.waiting(1, 2 * SECOND));

        shard.cancel(cancelled);
        publish(1);

        assertThat(next.messages()).hasSize(1);
        pass(2 * SECOND);
        assertThat(cancelled.answers()).isZero();
        shard.cancel(next);
        run();
        assertThat(stats().leased()).isEqualTo(1);
    }

    @Test
    void aDurableLeaseIsSyncedBeforeItsMessagesAreDelivered() {
        publish(2);
        log.syncAtOnce(false);
        ReceiveProbe receive = receive(ReceiveProbe.durable(1));
        assertThat(receive.isAnswered()).isFalse();
        assertThat(stats().leased()).isEqualTo(1);

        log.sync();

        assertThat(receive.offsets()).containsExactly(0L);
        assertThat(receive(ReceiveProbe.upTo(1)).offsets()).containsExactly(1L);
    }

    @Test
    void messagesOfACancelledDurableReceiveGoToTheNext() {
        publish(1);
        log.syncAtOnce(false);
        ReceiveProbe cancelled = receive(ReceiveProbe.durable(1));
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, SECOND));

        shard.cancel(cancelled);
        run();
        assertThat(waiting.isAnswered()).isFalse();
        log.sync();
        run();

        assertThat(cancelled.answers()).isZero();
        assertThat(waiting.deliveryCounts()).containsExactly(2);
        log.sync();
    }

    @Test
    void aDurableLeaseThatWasGivenBackIsNotRestored() {
        publish(1);
        log.syncAtOnce(false);
        ReceiveProbe cancelled = receive(ReceiveProbe.durable(1));
        shard.cancel(cancelled);
        log.sync();
        run();
        log.sync();

        restart();

        Message message = take();
        assertThat(message.deliveryCount()).isEqualTo(2);
    }

    @Test
    void aLeaseThatEndsBeforeItIsSyncedIsNotDelivered() {
        publish(2);
        log.syncAtOnce(false);
        ReceiveProbe late = receive(ReceiveProbe.durable(1));
        pass(ReceiveProbe.LEASE_NANOS + SECOND);
        ReceiveProbe next = receive(ReceiveProbe.upTo(1));
        assertThat(next.offsets()).containsExactly(0L);

        log.sync();
        run();

        assertThat(late.answers()).isEqualTo(1);
        assertThat(late.messages()).isEmpty();
        assertThat(stats().leased()).isEqualTo(1);
        acknowledge(next.message(0));
        log.sync();
    }

    @Test
    void noMoreMessagesAreLeasedThanAllowed() {
        restartWith(new EngineLimits(1 << 20, 3, EngineLimits.DEFAULT.compactionBytesMax(), 100));
        publish(5);
        ReceiveProbe first = receive(ReceiveProbe.upTo(10));
        assertThat(first.messages()).hasSize(3);

        assertThat(receive(ReceiveProbe.upTo(1)).refusal()).isEqualTo(Refusal.TOO_MANY_LEASES);
        acknowledge(first.message(1));
        assertThat(receive(ReceiveProbe.upTo(10)).offsets()).containsExactly(3L);
    }

    @Test
    void whoWaitsIsServedWhenALeaseEndsThatWasOneTooMany() {
        restartWith(new EngineLimits(1 << 20, 1, EngineLimits.DEFAULT.compactionBytesMax(), 100));
        ReceiveProbe first = receive(ReceiveProbe.waiting(1, SECOND));
        ReceiveProbe second = receive(ReceiveProbe.waiting(1, SECOND));
        publish(2);
        assertThat(first.offsets()).containsExactly(0L);
        assertThat(second.isAnswered()).isFalse();

        acknowledge(first.message(0));

        assertThat(second.offsets()).containsExactly(1L);
    }
}
