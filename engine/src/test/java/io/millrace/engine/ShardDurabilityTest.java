package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.Durability;
import org.junit.jupiter.api.Test;

/** Publishes and settlements are answered when their queue wants it; deliveries wait for the sync in any case. */
class ShardDurabilityTest extends ShardFixture {
    private void begin(Durability durability) {
        host.durability = durability;
        shard.settingsChanged(QUEUE);
        log.syncAtOnce(false);
    }

    @Test
    void inMemoryAPublishIsAnsweredAtOnceAndDeliveredWhenItIsSynced() {
        begin(Durability.MEMORY);
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(10, SECOND));

        PublishProbe publish = publish(2);

        assertThat(publish.answers()).isOne();
        assertThat(publish.storedOffset()).isZero();
        assertThat(stats().ready()).isZero();
        assertThat(waiting.answers()).isZero();
        log.sync();
        run();
        assertThat(waiting.offsets()).containsExactly(0L, 1L);
        assertThat(publish.answers()).isOne();
    }

    @Test
    void inMemoryASettlementIsAnsweredAtOnce() {
        publish(1);
        Message taken = take();
        begin(Durability.MEMORY);

        SettlementProbe settlement = acknowledge(taken);

        assertThat(settlement.answers()).isOne();
        assertThat(settlement.isDone(0)).isTrue();
        log.sync();
        assertThat(settlement.answers()).isOne();
    }

    @Test
    void withTheSystemAPublishIsAnsweredWhenItIsWritten() {
        begin(Durability.OS);
        PublishProbe publish = publish(1);
        assertThat(publish.answers()).isZero();

        log.write();
        assertThat(publish.answers()).isOne();
        assertThat(stats().ready()).isZero();
        log.sync();
        assertThat(publish.answers()).isOne();
        assertThat(stats().ready()).isOne();
    }

    /** As where storage does not know when something is written. */
    @Test
    void withTheSystemAPublishIsAnsweredWhenItIsSyncedAtTheLatest() {
        begin(Durability.OS);
        PublishProbe publish = publish(1);

        log.sync();

        assertThat(publish.answers()).isOne();
        log.write();
        assertThat(publish.answers()).isOne();
    }

    @Test
    void otherQueuesWaitForTheSync() {
        begin(Durability.MEMORY);

        PublishProbe other = publish(OTHER, 1, MESSAGE_BYTES);

        assertThat(log.tellsWritten()).isFalse();
        assertThat(other.answers()).isZero();
        log.sync();
        assertThat(other.answers()).isOne();
    }

    @Test
    void whatWasAnsweredIsNotRefusedWhenStorageFails() {
        begin(Durability.MEMORY);
        PublishProbe early = publish(1);
        PublishProbe synced = publish(OTHER, 1, MESSAGE_BYTES);

        log.fail();

        assertThat(early.answers()).isOne();
        assertThat(early.refusal()).isNull();
        assertThat(synced.refusal()).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(publish(1).refusal()).isEqualTo(Refusal.STORAGE_FAILED);
    }

    @Test
    void whatIsWrittenAfterTheFailureIsNotAnsweredTwice() {
        begin(Durability.OS);
        PublishProbe publish = publish(1);

        log.fail();
        log.write();

        assertThat(publish.answers()).isOne();
        assertThat(publish.refusal()).isEqualTo(Refusal.STORAGE_FAILED);
    }

    @Test
    void aQueueThatWaitsAgainDoesSoFromThenOn() {
        begin(Durability.MEMORY);
        host.durability = Durability.SYNCED;
        shard.settingsChanged(QUEUE);

        assertThat(publish(1).answers()).isZero();
        log.sync();
    }

    @Test
    void itHoldsAfterARestart() {
        publish(1);
        host.durability = Durability.MEMORY;
        restart();
        log.syncAtOnce(false);

        assertThat(publish(1).answers()).isOne();
        log.sync();
    }

    @Test
    void whatWasAnsweredAndNotSyncedIsLostInACrash() {
        begin(Durability.MEMORY);
        publish(1);
        log.sync();
        assertThat(publish(1).answers()).isOne();

        restart();

        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1000L);
    }
}
