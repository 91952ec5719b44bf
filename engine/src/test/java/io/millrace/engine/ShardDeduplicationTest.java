package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.record.RecordFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is published twice with the same key, within its window, is stored once and answered twice. */
class ShardDeduplicationTest extends ShardFixture {
    static final long WINDOW = 300 * SECOND;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private PublishProbe publishKeyed(long key) {
        return publishKeyed(QUEUE, key, WINDOW);
    }

    private PublishProbe publishKeyed(long logId, long key, long windowNanos) {
        PublishProbe publish = probe(1).key(key, windowNanos);
        shard.publish(logId, publish);
        run();
        return publish;
    }

    private static void assertStored(PublishProbe publish, long offset) {
        assertThat(publish.storedOffset()).isEqualTo(offset);
        assertThat(publish.isDuplicate()).isFalse();
        assertThat(publish.answers()).isEqualTo(1);
    }

    private static void assertDuplicate(PublishProbe publish, long offset) {
        assertThat(publish.storedOffset()).isEqualTo(offset);
        assertThat(publish.isDuplicate()).isTrue();
        assertThat(publish.answers()).isEqualTo(1);
    }

    @Test
    void theSecondIsAnsweredWithTheOffsetOfTheFirst() {
        publish(3);
        PublishProbe first = publish(probe(2).key(5, WINDOW));
        assertStored(first, 3);
        assertStored(publishKeyed(6), 5);

        assertDuplicate(publishKeyed(5), 3);
        assertDuplicate(publish(probe(4).key(5, SECOND)), 3);
        assertDuplicate(publishKeyed(6), 5);
        assertThat(stats().nextOffset()).isEqualTo(6);
        assertThat(receive(ReceiveProbe.upTo(9)).offsets()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void logsDoNotSeeEachOthersKeys() {
        publish(1);
        assertStored(publishKeyed(5), 1);
        assertStored(publishKeyed(OTHER, 5, WINDOW), 0);
        assertDuplicate(publishKeyed(OTHER, 5, WINDOW), 0);
    }

    @Test
    void withoutAKeyOrAWindowNothingIsADuplicate() {
        assertStored(publishKeyed(0), 0);
        assertStored(publishKeyed(0), 1);
        assertStored(publishKeyed(QUEUE, 5, 0), 2);
        assertStored(publishKeyed(QUEUE, 5, 0), 3);
    }

    @Test
    void whatBecameOfTheFirstDoesNotMatter() {
        publishKeyed(1);
        publishKeyed(2);
        acknowledge(take());
        purge();
        publish(probe(1).key(3, WINDOW).expiryMillis(clock.epochMillis() + 1000));
        pass(3 * SECOND);
        assertThat(stats().ready()).isZero();

        assertDuplicate(publishKeyed(1), 0);
        assertDuplicate(publishKeyed(2), 1);
        assertDuplicate(publishKeyed(3), 2);
    }

    /** It is never shorter than it was said to be, and two milliseconds longer at most. */
    @Test
    void theWindowEndsToTheMillisecond() {
        publishKeyed(1);
        pass(WINDOW);
        assertDuplicate(publishKeyed(1), 0);
        pass(2 * MILLI);
        assertStored(publishKeyed(QUEUE, 1, SECOND), 1);
        assertDuplicate(publishKeyed(1), 1);
        pass(SECOND + 2 * MILLI);
        assertStored(publishKeyed(1), 2);
    }

    @Test
    void theWindowFollowsEvenTimeWhateverClockIsSet() {
        publishKeyed(1);
        clock.jumpWall(10 * WINDOW / MILLI);
        assertDuplicate(publishKeyed(1), 0);
        clock.jumpWall(-20 * WINDOW / MILLI);
        pass(WINDOW + 2 * MILLI);
        assertStored(publishKeyed(1), 1);
    }

    // Confirmed means stored.

    @Test
    void aDuplicateIsNotConfirmedBeforeItsOriginalIsSynced() {
        log.syncAtOnce(false);
        PublishProbe first = publishKeyed(1);
        PublishProbe second = publishKeyed(1);
        assertThat(first.answers() + second.answers()).isZero();

        log.sync();
        run();
        assertStored(first, 0);
        assertDuplicate(second, 0);
    }

    @Test
    void aDuplicateIsRefusedWhereItsOriginalIsLost() {
        log.syncAtOnce(false);
        PublishProbe first = publishKeyed(1);
        PublishProbe second = publishKeyed(1);
        log.fail();
        run();

        assertThat(List.of(first, second))
                .allMatch(each -> each.refusal() == Refusal.STORAGE_FAILED && each.answers() == 1);
    }

    // Restarts.

    @Test
    void aRestartForgetsWhatWasNotSyncedOnly() {
        publishKeyed(1);
        log.syncAtOnce(false);
        publishKeyed(2);
        restart();

        assertDuplicate(publishKeyed(1), 0);
        assertStored(publishKeyed(2), 1);
    }

    @Test
    void theWindowGoesOnOverARestart() {
        publishKeyed(1);
        pass(WINDOW - SECOND);
        restart();
        assertDuplicate(publishKeyed(1), 0);
        pass(SECOND + 10 * MILLI);
        assertStored(publishKeyed(1), 1);
    }

    @Test
    void aSnapshotHasTheKeysThatAreNotReplayedAnyMore() {
        for (int key = 1; key <= 20; key++) {
            publishKeyed(key);
        }
        purge();
        log.wantTrim(log.syncedPosition());
        run();
        publishKeyed(21);
        restart();

        for (int key = 1; key <= 21; key++) {
            assertDuplicate(publishKeyed(key), key - 1);
        }
    }

    /** A snapshot of a shard takes several turns, in each of which a key comes. */
    @Test
    void aSnapshotHasTheKeysThatComeWhileItIsTaken() {
        publish(1000);
        receive(ReceiveProbe.durable(1000));
        publish(OTHER, 1, MESSAGE_BYTES);
        List<PublishProbe> all = new ArrayList<>();
        log.wantTrim(log.syncedPosition());
        publishInTurns(all, 200);
        run();
        restart();

        for (int i = 0; i < all.size(); i++) {
            assertStored(all.get(i), 1 + i);
            assertDuplicate(publishKeyed(OTHER, 1 + i, WINDOW), 1 + i);
        }
    }

    private void publishInTurns(List<PublishProbe> all, int turns) {
        PublishProbe next = probe(1).key(all.size() + 1, WINDOW);
        all.add(next);
        shard.publish(OTHER, next);
        if (turns > 1) {
            shard.loop().execute(() -> publishInTurns(all, turns - 1));
        }
    }

    @Test
    void whatDamageHasTakenFromTheLogIsNew() {
        publishKeyed(1);
        long lost = log.positionsOf(RecordFormat.ENTRY).get(0);
        publishKeyed(2);
        restartWith(position -> position != lost);

        assertDuplicate(publishKeyed(2), 1);
        assertStored(publishKeyed(1), 2);
    }

    @Test
    void whatIsPublishedByTheAnswerIsPlacedInItsTurn() {
        publishKeyed(1);
        PublishProbe third = probe(1);
        PublishProbe second = new PublishProbe(77, 1, MESSAGE_BYTES) {
            @Override
            protected void onDuplicate(long offset) {
                super.onDuplicate(offset);
                shard.publish(QUEUE, third);
            }
        };
        publish(second.key(1, WINDOW));
        assertDuplicate(second, 0);
        assertStored(third, 1);
    }

    /** The fault of one door is no other's. */
    @Test
    void anAnswerThatFailsHoldsNobodyUp() {
        publishKeyed(1);
        PublishProbe faulty = new PublishProbe(77, 1, MESSAGE_BYTES) {
            @Override
            protected void onDuplicate(long offset) {
                throw new IllegalStateException("a fault of the door");
            }
        };
        publish(faulty.key(1, WINDOW));
        assertThat(host.faults).hasSize(1);
        assertDuplicate(publishKeyed(1), 0);
        assertStored(publishKeyed(2), 1);
    }
}
