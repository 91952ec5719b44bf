package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.policy.EngineLimits;
import org.junit.jupiter.api.Test;

/** What is published is answered when it is synced, delivered not before, and refused where there is no room for it. */
class ShardPublishTest extends ShardFixture {
    @Test
    void aPublishIsAnsweredWhenItIsSynced() {
        log.syncAtOnce(false);
        PublishProbe publish = publish(3);
        assertThat(publish.answers()).isZero();

        log.sync();

        assertThat(publish.storedOffset()).isZero();
        assertThat(publish.answers()).isEqualTo(1);
        assertThat(stats().nextOffset()).isEqualTo(3);
        assertThat(stats().counters().published()).isEqualTo(3);
    }

    @Test
    void nothingIsDeliveredBeforeItIsSynced() {
        log.syncAtOnce(false);
        publish(2);
        long second = log.appendedPosition();
        publish(1);

        assertThat(receive(ReceiveProbe.upTo(10)).messages()).isEmpty();
        assertThat(stats().ready()).isZero();
        log.syncBelow(second);
        assertThat(stats().ready()).isEqualTo(2);
        assertThat(receive(ReceiveProbe.upTo(10)).offsets()).containsExactly(0L, 1L);
        log.sync();
        assertThat(receive(ReceiveProbe.upTo(10)).offsets()).containsExactly(2L);
    }

    @Test
    void messagesOfABatchFollowEachOther() {
        assertThat(publish(3).storedOffset()).isZero();
        assertThat(publish(OTHER, 5, MESSAGE_BYTES).storedOffset()).isZero();
        assertThat(publish(2).storedOffset()).isEqualTo(3);

        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1000L, 1001L, 1002L, 1008L, 1009L);
    }

    @Test
    void aQueueThatIsNotDefinedIsRefused() {
        assertThat(publish(99, 1, MESSAGE_BYTES).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(receive(99, ReceiveProbe.upTo(1)).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(shard.stats(99)).isNull();
    }

    @Test
    void moreUnsyncedBytesThanAllowedAreRefused() {
        restartWith(new EngineLimits(1000, 100, EngineLimits.DEFAULT.compactionBytesMax(), 100));
        log.syncAtOnce(false);
        publish(QUEUE, 1, 600);

        assertThat(publish(QUEUE, 1, 600).refusal()).isEqualTo(Refusal.OVERLOADED);
        assertThat(publish(QUEUE, 1, 100).refusal()).isNull();
        log.sync();
        assertThat(publish(QUEUE, 1, 600).refusal()).isNull();
        log.sync();
    }

    @Test
    void aMessageAboveTheBoundIsTakenWhereNothingElseWaits() {
        restartWith(new EngineLimits(1000, 100, EngineLimits.DEFAULT.compactionBytesMax(), 100));
        log.syncAtOnce(false);

        assertThat(publish(QUEUE, 1, 5000).refusal()).isNull();
        assertThat(publish(QUEUE, 1, 8).refusal()).isEqualTo(Refusal.OVERLOADED);
        log.sync();
    }

    @Test
    void aFullDiskRefusesMessagesAndLetsTheRestGoOn() {
        publish(2);
        log.space(false);

        assertThat(publish(1).refusal()).isEqualTo(Refusal.OUT_OF_SPACE);
        ReceiveProbe receive = receive(ReceiveProbe.durable(2));
        assertThat(acknowledge(receive.messages().toArray(ReceiveProbe.Message[]::new))
                        .done())
                .containsExactly(true, true);
        log.space(true);
        assertThat(publish(1).isStored()).isTrue();
    }

    @Test
    void neitherAFullDiskNorUnsyncedBytesRefuseDefinitions() {
        restartWith(new EngineLimits(1000, 100, EngineLimits.DEFAULT.compactionBytesMax(), 100));
        log.space(false);
        log.syncAtOnce(false);
        publish(Shard.CATALOG_LOG, 1, 2000);
        PublishProbe definition = publish(Shard.CATALOG_LOG, 1, 2000);
        log.sync();

        assertThat(definition.isStored()).isTrue();
    }

    @Test
    void whoWaitsForASyncIsToldOnce() {
        log.syncAtOnce(false);
        StringBuilder told = new StringBuilder();
        publish(1);
        shard.whenSynced(() -> told.append("first "), refusal -> told.append(refusal));
        assertThat(told).isEmpty();
        log.sync();
        shard.whenSynced(() -> told.append("second "), refusal -> told.append(refusal));
        assertThat(told).hasToString("first second ");

        publish(1);
        shard.whenSynced(() -> told.append("third"), refusal -> told.append(refusal));
        log.fail();
        shard.whenSynced(() -> told.append("fourth"), refusal -> told.append(" again"));

        assertThat(told).hasToString("first second STORAGE_FAILED again");
    }
}
