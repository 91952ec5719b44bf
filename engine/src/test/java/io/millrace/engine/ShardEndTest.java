package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dropped queues, failed storage, closing: everything that waits is answered exactly once, and nothing is kept. */
class ShardEndTest extends ShardFixture {
    @Test
    void aDroppedQueueIsGoneAndOthersStay() {
        publish(3);
        publish(OTHER, 1, MESSAGE_BYTES);
        release(take(), SECOND);
        Message leased = take();
        ReceiveProbe waiting = receive(OTHER, ReceiveProbe.waiting(5, SECOND));
        assertThat(waiting.messages()).hasSize(1);

        drop();

        assertThat(acknowledge(leased).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(publish(1).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(purge().refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(peek(PeekProbe.all()).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(shard.openLogs()).containsExactly(OTHER);
        pass(2 * ReceiveProbe.LEASE_NANOS);
        restart();
        assertThat(shard.openLogs()).containsExactly(OTHER);
    }

    private void drop() {
        host.defined.remove(QUEUE);
        shard.drop(QUEUE);
        run();
    }

    @Test
    void aDropRefusesWhoWaits() {
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, SECOND));

        drop();

        assertThat(waiting.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        pass(2 * SECOND);
        assertThat(waiting.answers()).isEqualTo(1);
    }

    @Test
    void aDropRefusesWhoseMessagesAreOnTheirWay() {
        publish(1);
        publish(1);
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe reading = receive(ReceiveProbe.upTo(1));
        log.syncAtOnce(false);
        ReceiveProbe syncing = receive(ReceiveProbe.durable(1));

        drop();
        log.completeReads();
        log.sync();
        log.completeReads();

        assertThat(reading.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(syncing.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(List.of(reading.answers(), syncing.answers())).containsOnly(1);
        assertThat(host.damaged).isEmpty();
    }

    @Test
    void aPublishBeforeADropIsAnsweredAllTheSame() {
        log.syncAtOnce(false);
        PublishProbe publish = publish(1);
        SettlementProbe settlement = new SettlementProbe();
        drop();
        log.sync();
        run();

        assertThat(publish.isStored()).isTrue();
        assertThat(settlement.answers()).isZero();
    }

    @Test
    void failedStorageAnswersEverythingOnce() {
        publish(4);
        Message message = take();
        ReceiveProbe waiting = receive(OTHER, ReceiveProbe.waiting(1, SECOND));
        log.syncAtOnce(false);
        PublishProbe publish = publish(1);
        SettlementProbe settlement = acknowledge(message);
        ReceiveProbe durable = receive(ReceiveProbe.durable(1));
        PurgeProbe purge = purge();
        assertThat(shard.pendingCount()).isEqualTo(4);

        log.fail();
        run();

        assertThat(List.of(publish.refusal(), settlement.refusal(), durable.refusal(), purge.refusal()))
                .containsOnly(Refusal.STORAGE_FAILED);
        assertThat(waiting.refusal()).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(host.failures).hasSize(1);
        assertThat(publish(1).refusal()).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(receive(ReceiveProbe.upTo(1)).refusal()).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(shard.pendingCount()).isZero();
        pass(2 * ReceiveProbe.LEASE_NANOS);
        assertThat(List.of(
                        publish.answers(), settlement.answers(), durable.answers(), purge.answers(), waiting.answers()))
                .containsOnly(1);
    }

    /** What was appended will never be synced: who waits for that before the end is told at once. */
    @Test
    void aShardWhoseStorageHasFailedClosesWithoutWaiting() {
        log.syncAtOnce(false);
        publish(1);
        log.fail();
        run();
        List<Refusal> told = new ArrayList<>();

        shard.close();
        shard.whenSynced(() -> told.add(null), told::add);
        run();

        assertThat(told).containsExactly(Refusal.STORAGE_FAILED);
        assertThat(publish(1).refusal()).isEqualTo(Refusal.STORAGE_FAILED);
    }

    @Test
    void aFailureLeavesNoMemoryBehindThatWasBeingRead() {
        publish(1);
        publish(1);
        log.forgetTail();
        log.readAtOnce(false);
        log.syncAtOnce(false);
        ReceiveProbe durable = receive(ReceiveProbe.durable(1));
        ReceiveProbe connectionBound = receive(ReceiveProbe.upTo(1));
        PeekProbe peek = peek(PeekProbe.all());

        log.fail();
        log.completeReads();
        run();

        assertThat(durable.refusal()).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(durable.answers()).isEqualTo(1);
        assertThat(connectionBound.offsets()).containsExactly(1L);
        assertThat(peek.answers()).isEqualTo(1);
    }

    @Test
    void aReceiveThatWasCancelledIsNotToldOfAFailure() {
        publish(1);
        log.syncAtOnce(false);
        ReceiveProbe durable = receive(ReceiveProbe.durable(1));
        shard.cancel(durable);

        log.fail();
        run();

        assertThat(durable.answers()).isZero();
    }

    @Test
    void closingTellsWhoWaitsAndStillAnswersWhatWasAppended() {
        publish(3);
        Message message = take();
        ReceiveProbe waiting = receive(OTHER, ReceiveProbe.waiting(1, SECOND));
        log.syncAtOnce(false);
        PublishProbe publish = publish(1);
        SettlementProbe settlement = acknowledge(message);
        ReceiveProbe durable = receive(ReceiveProbe.durable(1));

        shard.close();
        run();
        assertThat(waiting.refusal()).isEqualTo(Refusal.CLOSING);
        assertThat(publish(1).refusal()).isEqualTo(Refusal.CLOSING);
        assertThat(receive(ReceiveProbe.upTo(1)).refusal()).isEqualTo(Refusal.CLOSING);
        assertThat(acknowledge(message).refusal()).isEqualTo(Refusal.CLOSING);
        log.sync();
        run();

        assertThat(publish.isStored()).isTrue();
        assertThat(settlement.isSettled()).isTrue();
        assertThat(durable.messages()).hasSize(1);
        assertThat(shard.pendingCount()).isZero();
        pass(2 * ReceiveProbe.LEASE_NANOS);
        assertThat(waiting.answers()).isEqualTo(1);
    }
}
