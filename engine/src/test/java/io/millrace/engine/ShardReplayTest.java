package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.Peek.State;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.record.RecordFormat;
import io.millrace.storage.BodyFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a shard knows after a restart: all that was synced, and of leases those that were to outlive it. */
class ShardReplayTest extends ShardFixture {
    private static final long TICK = SECOND / 100;

    @Test
    void whatWasSyncedIsThereAndTheRestIsNot() {
        publish(2);
        log.syncAtOnce(false);
        PublishProbe lost = publish(3);

        restart();

        assertThat(lost.answers()).isZero();
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1000L, 1001L);
        assertThat(publish(1).storedOffset()).isEqualTo(2);
    }

    @Test
    void whatWasAcknowledgedDoesNotComeBack() {
        publish(5);
        List<Message> messages = receive(ReceiveProbe.upTo(5)).messages();
        acknowledge(messages.get(0), messages.get(3));

        restart();

        assertThat(receive(ReceiveProbe.upTo(10)).offsets()).containsExactly(1L, 2L, 4L);
        assertThat(stats().ready()).isZero();
    }

    @Test
    void aLeaseOfAConnectionEndsAndItsDeliveryCounts() {
        publish(2);
        Message message = take();

        restart();

        assertThat(acknowledge(message).done()).containsExactly(false);
        assertThat(receive(ReceiveProbe.upTo(10)).deliveryCounts()).containsExactly(2, 1);
    }

    @Test
    void aDurableLeaseGoesOnWithItsTokenAndItsTime() {
        publish(2);
        ReceiveProbe receive = receive(ReceiveProbe.durable(2));
        pass(10 * SECOND);
        extend(receive.message(1), 100 * SECOND);
        restart();
        assertThat(stats().leased()).isEqualTo(2);
        assertThat(receive(ReceiveProbe.upTo(10)).messages()).isEmpty();

        pass(20 * SECOND - TICK);
        assertThat(stats().leased()).isEqualTo(2);
        pass(2 * TICK);

        assertThat(receive(ReceiveProbe.upTo(10)).deliveryCounts()).containsExactly(2);
        assertThat(acknowledge(receive.message(0), receive.message(1)).done()).containsExactly(false, true);
    }

    @Test
    void timeInWhichTheBrokerDidNotRunCounts() {
        publish(2);
        receive(ReceiveProbe.durable(1));
        release(take(), 10 * SECOND);
        clock.advance(20 * SECOND);
        restart();
        pass(TICK);

        assertThat(stats().leased()).isEqualTo(1);
        assertThat(take().offset()).isEqualTo(1);
        clock.advance(20 * SECOND);
        restart();
        pass(TICK);
        assertThat(stats().leased()).isZero();
    }

    @Test
    void aClockThatWasSetBackDoesNotMakeLeasesAndDelaysLonger() {
        publish(2);
        ReceiveProbe receive = receive(ReceiveProbe.durable(1));
        release(take(), 10 * SECOND);
        clock.jumpWall(-TimeUnit.DAYS.toMillis(400));
        restart();

        pass(10 * SECOND + TICK);
        assertThat(take().offset()).isEqualTo(1);
        extend(receive.message(0), 40 * SECOND);
        clock.jumpWall(-TimeUnit.DAYS.toMillis(1));
        restart();
        pass(40 * SECOND + TICK);

        assertThat(stats().leased()).isZero();
    }

    @Test
    void aClockThatWasSetForwardEndsLeasesEarlier() {
        publish(1);
        receive(ReceiveProbe.durable(1));
        clock.jumpWall(Long.MAX_VALUE / 4);
        restart();
        pass(TICK);

        assertThat(take().deliveryCount()).isEqualTo(2);
    }

    @Test
    void tokensGrowAcrossARestartWhateverWasLost() {
        publish(2);
        log.syncAtOnce(false);
        Message first = take();
        restart();
        Message second = take();
        long start = log.positionsOf(RecordFormat.START).get(1);

        restartWith(position -> position < start || position > start);
        Message third = take();
        // Even the record that said the epoch is gone: what the leases say is enough.
        assertThat(List.of(first.token(), second.token(), third.token()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void aReturnedMessageKeepsItsCountHoweverOftenTheBrokerRestarts() {
        publish(1);
        for (int deliveries = 1; deliveries < 5; deliveries++) {
            assertThat(take().deliveryCount()).isEqualTo(deliveries);
            restart();
            restart();
        }
    }

    @Test
    void aDelayThatIsOverEndsAlthoughNothingWasWritten() {
        publish(1);
        release(take(), 5 * SECOND);
        pass(6 * SECOND);
        ReceiveProbe receive = receive(ReceiveProbe.durable(1));
        restart();

        assertThat(acknowledge(receive.message(0)).done()).containsExactly(true);
        assertThat(stats().delayed()).isZero();
        pass(20 * SECOND);
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
    }

    @Test
    void aDroppedQueueLeavesNothingBehind() {
        publish(3);
        receive(ReceiveProbe.durable(1));
        release(take(), SECOND);
        host.defined.remove(QUEUE);
        shard.drop(QUEUE);
        run();

        restart();

        assertThat(shard.openLogs()).isEmpty();
        pass(2 * ReceiveProbe.LEASE_NANOS);
    }

    @Test
    void definitionsAreGivenToTheHostAndTakenBackWhenTheyAreSettled() {
        for (int i = 0; i < 3; i++) {
            shard.publish(Shard.CATALOG_LOG, new PublishProbe(i, 1, 8).format(BodyFormat.DEFINITION));
        }
        run();
        discard(Shard.CATALOG_LOG, 1);

        restart();

        assertThat(host.definitions).containsExactly(0L, 2L);
    }

    // Damage: records in the middle are gone.

    @Test
    void aMessageWhoseLeaseRecordIsLostIsDeliveredAgain() {
        publish(3);
        take();
        ReceiveProbe second = receive(ReceiveProbe.durable(1));
        long lost = log.positionsOf(RecordFormat.LEASE).get(0);

        restartWith(position -> position != lost);

        assertThat(peek(PeekProbe.all()).states()).containsExactly(State.READY, State.LEASED, State.READY);
        assertThat(receive(ReceiveProbe.upTo(9)).offsets()).containsExactly(0L, 2L);
        assertThat(acknowledge(second.message(0)).done()).containsExactly(true);
    }

    @Test
    void aMessageWhoseEntryIsLostIsNotThereAndItsOffsetIsNotGivenOutAgain() {
        publish(2);
        publish(2);
        publish(1);
        List<Long> entries = log.positionsOf(RecordFormat.ENTRY);

        restartWith(position -> !position.equals(entries.get(1)));
        assertThat(receive(ReceiveProbe.upTo(9)).offsets()).containsExactly(0L, 1L, 4L);

        restartWith(position -> !entries.contains(position));
        assertThat(receive(ReceiveProbe.upTo(9)).messages()).isEmpty();
        assertThat(publish(1).storedOffset()).isEqualTo(5);
    }

    @Test
    void offsetsThatOnlyASettlementNamesAreNotGivenOutAgain() {
        publish(3);
        acknowledge(receive(ReceiveProbe.upTo(3)).messages());
        List<Long> settlements = log.positionsOf(RecordFormat.SETTLEMENT);

        restartWith(settlements::contains);

        assertThat(stats().ready()).isZero();
        assertThat(publish(1).storedOffset()).isEqualTo(3);
    }
}
