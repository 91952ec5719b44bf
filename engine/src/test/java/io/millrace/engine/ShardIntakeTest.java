package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.policy.EngineLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where old messages are moved more slowly than new ones come, the new ones wait, and nothing else does. */
class ShardIntakeTest extends ShardFixture {
    @Test
    void newMessagesWaitUntilTheLogHasCaughtUpAndKeepTheirOrder() {
        publish(1);
        log.behind(true);
        PublishProbe first = publish(2);
        PublishProbe other = publish(OTHER, 1, MESSAGE_BYTES);
        PublishProbe second = publish(1);
        assertThat(List.of(first, other, second)).allMatch(each -> each.answers() == 0);
        assertThat(stats().nextOffset()).isEqualTo(1);

        log.behind(false);
        run();

        assertThat(first.storedOffset()).isEqualTo(1);
        assertThat(other.storedOffset()).isZero();
        assertThat(second.storedOffset()).isEqualTo(3);
        assertThat(receive(ReceiveProbe.upTo(9)).numbers()).containsExactly(1000L, 1001L, 1002L, 1004L);
    }

    /** What frees space must not wait for space, and definitions are few. */
    @Test
    void nothingElseWaits() {
        publish(4);
        log.behind(true);
        publish(1);

        assertThat(publish(Shard.CATALOG_LOG, 1, MESSAGE_BYTES).isStored()).isTrue();
        assertThat(acknowledge(receive(ReceiveProbe.durable(1)).message(0)).done())
                .containsExactly(true);
        assertThat(release(take(), 0).done()).containsExactly(true);
        log.wantTrim(log.syncedPosition());
        run();
        assertThat(log.trimmed()).isPositive();
        assertThat(purge().purged()).isEqualTo(3);
    }

    @Test
    void whatWaitsIsBoundedTogetherWithWhatIsNotSynced() {
        restartWith(new EngineLimits(1000, 100));
        log.behind(true);
        PublishProbe waiting = publish(QUEUE, 1, 600);
        assertThat(publish(OTHER, 1, 600).refusal()).isEqualTo(Refusal.OVERLOADED);
        assertThat(publish(OTHER, 1, 400).answers()).isZero();

        log.behind(false);
        run();
        assertThat(waiting.isStored()).isTrue();
        assertThat(log.unsyncedBytes()).as("nothing is left in the count").isZero();
    }

    /** What it waits for may never come. */
    @Test
    void whoWaitsIsRefusedWhenSpaceEnds() {
        log.behind(true);
        PublishProbe waiting = publish(1);
        log.space(false);
        run();

        assertThat(waiting.refusal()).isEqualTo(Refusal.OUT_OF_SPACE);
        assertThat(publish(1).refusal()).isEqualTo(Refusal.OUT_OF_SPACE);
        log.space(true);
        PublishProbe next = publish(1);
        assertThat(next.answers()).isZero();
        log.behind(false);
        run();
        assertThat(next.isStored()).isTrue();
        assertThat(waiting.answers()).isEqualTo(1);
    }

    @Test
    void whoWaitsIsToldOfTheEnd() {
        log.behind(true);
        PublishProbe waiting = publish(1);
        shard.close();
        run();
        assertThat(waiting.refusal()).isEqualTo(Refusal.CLOSING);

        restart();
        log.behind(true);
        waiting = publish(1);
        log.fail();
        run();
        assertThat(waiting.refusal()).isEqualTo(Refusal.STORAGE_FAILED);
        assertThat(log.unsyncedBytes()).isZero();
    }

    @Test
    void aQueueThatIsDroppedMeanwhileTakesNothing() {
        log.behind(true);
        PublishProbe waiting = publish(OTHER, 1, MESSAGE_BYTES);
        host.defined.remove(OTHER);
        shard.drop(OTHER);
        log.behind(false);
        run();

        assertThat(waiting.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
    }
}
