package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.record.RecordFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that have left memory are read from disk, verified, and set aside where they are damaged. */
class ShardColdReadTest extends ShardFixture {
    @Test
    void whatHasLeftMemoryIsReadFromDisk() {
        publish(2);
        publish(1);
        log.forgetTail();
        publish(1);
        log.readAtOnce(false);

        ReceiveProbe receive = receive(ReceiveProbe.upTo(10));
        assertThat(receive.isAnswered()).isFalse();
        assertThat(stats().leased()).isEqualTo(4);
        log.completeReads();

        assertThat(receive.numbers()).containsExactly(1000L, 1001L, 1002L, 1003L);
    }

    @Test
    void aDurableReceiveWaitsForTheDiskTwice() {
        publish(2);
        log.forgetTail();
        log.readAtOnce(false);
        log.syncAtOnce(false);
        ReceiveProbe readFirst = receive(ReceiveProbe.durable(1));
        log.completeReads();
        assertThat(readFirst.isAnswered()).isFalse();
        ReceiveProbe syncedFirst = receive(ReceiveProbe.durable(1));
        log.sync();
        assertThat(readFirst.offsets()).containsExactly(0L);
        assertThat(syncedFirst.isAnswered()).isFalse();

        log.completeReads();

        assertThat(syncedFirst.offsets()).containsExactly(1L);
    }

    @Test
    void aDamagedEntryIsSetAsideAndReported() {
        publish(2);
        publish(2);
        publish(1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(1));
        log.forgetTail();

        ReceiveProbe receive = receive(ReceiveProbe.upTo(10));

        assertThat(receive.numbers()).containsExactly(1000L, 1001L, 1004L);
        assertThat(host.damaged).containsExactlyInAnyOrder(2L, 3L);
        assertThat(stats().damaged()).isEqualTo(2);
        assertThat(stats().leased()).isEqualTo(3);
        pass(2 * ReceiveProbe.LEASE_NANOS);
        assertThat(receive(ReceiveProbe.upTo(10)).offsets()).containsExactly(0L, 1L, 4L);
    }

    @Test
    void whoFindsOnlyDamageGetsWhatIsBehindIt() {
        publish(1);
        publish(1);
        publish(1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(1));
        log.forgetTail();

        assertThat(receive(ReceiveProbe.upTo(1)).offsets()).containsExactly(2L);
        assertThat(receive(ReceiveProbe.durable(1)).answers()).isEqualTo(1);
        assertThat(host.damaged).containsExactly(0L, 1L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoFindsOnlyDamageGoesOnWaitingUntilTheWaitIsOver(boolean durable) {
        publish(1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        log.forgetTail();
        long waitNanos = 10 * SECOND;
        ReceiveProbe served =
                receive(new ReceiveProbe(1, Integer.MAX_VALUE, ReceiveProbe.LEASE_NANOS, waitNanos, durable));
        assertThat(host.damaged).containsExactly(0L);
        assertThat(served.isAnswered()).isFalse();
        assertThat(stats().waiting()).isEqualTo(1);
        publish(1);
        assertThat(served.offsets()).containsExactly(1L);

        publish(1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(2));
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe inVain =
                receive(new ReceiveProbe(1, Integer.MAX_VALUE, ReceiveProbe.LEASE_NANOS, waitNanos, durable));
        pass(6 * SECOND);
        log.completeReads();
        pass(3 * SECOND);
        assertThat(inVain.isAnswered()).isFalse();
        pass(2 * SECOND);
        assertThat(inVain.answers()).isEqualTo(1);
        assertThat(inVain.messages()).isEmpty();
    }

    @Test
    void whoFindsOnlyDamageInAShardThatClosesIsRefused() {
        publish(1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 10 * SECOND));

        shard.close();
        log.completeReads();
        run();

        assertThat(receive.answers()).isEqualTo(1);
        assertThat(receive.refusal()).isEqualTo(Refusal.CLOSING);
    }

    @Test
    void damageIsFoundAgainAfterARestartAndEndsWithAPurge() {
        publish(1);
        publish(1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        log.forgetTail();
        receive(ReceiveProbe.upTo(10));
        restart();
        assertThat(receive(ReceiveProbe.upTo(10)).offsets()).containsExactly(1L);
        assertThat(host.damaged).containsExactly(0L, 0L);

        assertThat(purge().purged()).isEqualTo(1);

        assertThat(stats().damaged()).isZero();
        restart();
        assertThat(receive(ReceiveProbe.upTo(10)).offsets()).containsExactly(1L);
    }

    @Test
    void aCancelledReceiveGivesBackWhatWasBeingRead() {
        publish(1);
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe cancelled = receive(ReceiveProbe.upTo(1));

        shard.cancel(cancelled);
        log.completeReads();
        log.readAtOnce(true);

        assertThat(cancelled.answers()).isZero();
        assertThat(receive(ReceiveProbe.upTo(1)).deliveryCounts()).containsExactly(2);
    }

    @Test
    void whatWasSettledByAnotherWhileItWasReadIsNoDamage() {
        publish(1);
        long end = log.appendedPosition();
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe slow = receive(ReceiveProbe.upTo(1));
        pass(ReceiveProbe.LEASE_NANOS + SECOND);
        log.readAtOnce(true);
        Message message = take();
        acknowledge(message);
        log.wantTrim(end);
        run();
        assertThat(log.trimmed()).as("the place is being read").isZero();

        log.completeReads();
        run();
        assertThat(log.trimmed()).isGreaterThanOrEqualTo(end);

        assertThat(host.damaged).isEmpty();
        assertThat(slow.messages()).isEmpty();
        assertThat(slow.answers()).isEqualTo(1);
        assertThat(stats().damaged()).isZero();
    }
}
