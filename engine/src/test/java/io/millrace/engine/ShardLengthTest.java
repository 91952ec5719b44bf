package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.MoverProbe.Dead;
import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.record.RecordFormat;
import io.millrace.storage.EntryEnvelope;
import io.millrace.storage.index.IndexMemory;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A queue is held to the length that it may have: it refuses messages, or the oldest ones go. */
class ShardLengthTest extends ShardFixture {
    /** Of a message of which nothing is said: the kind of the record, the envelope, the body. */
    private static final int RECORD_BYTES = 1 + EntryEnvelope.BYTES_MIN + MESSAGE_BYTES;

    /** What is removed in one turn. */
    private static final int TURN_MESSAGES = 1_024;

    private void limit(long messages, long bytes, Overflow overflow) {
        host.lengthPolicies.put(QUEUE, new LengthPolicy(messages, bytes, overflow));
        shard.settingsChanged(QUEUE);
        run();
    }

    private List<Long> numbers() {
        return peek(PeekProbe.all()).seen().stream().map(Seen::number).toList();
    }

    private static Long[] range(long from, long to) {
        return LongStream.range(from, to).boxed().toArray(Long[]::new);
    }

    // Messages are refused.

    @Test
    void aFullQueueRefusesUntilSomeAreConsumed() {
        limit(2, 0, Overflow.REJECT);
        publish(1);
        publish(1);

        assertThat(publish(1).refusal()).isEqualTo(Refusal.QUEUE_FULL);

        assertThat(numbers()).containsExactly(1000L, 1001L);
        assertThat(log.positionsOf(RecordFormat.ENTRY)).hasSize(2);
        assertThat(stats().counters().refused()).isOne();
        assertThat(stats().counters().overflowed()).isZero();
        acknowledge(take());
        assertThat(publish(1).isStored()).isTrue();
    }

    @Test
    void whatIsNotSyncedYetCounts() {
        limit(2, 0, Overflow.REJECT);
        log.syncAtOnce(false);
        PublishProbe first = publish(1);
        PublishProbe second = publish(1);

        PublishProbe third = publish(1);

        assertThat(third.refusal()).isEqualTo(Refusal.QUEUE_FULL);
        log.sync();
        assertThat(first.isStored() && second.isStored()).isTrue();
    }

    @Test
    void severalMessagesOfOnePublishAreTakenOrRefusedTogether() {
        limit(3, 0, Overflow.REJECT);
        publish(2);

        assertThat(publish(2).refusal()).isEqualTo(Refusal.QUEUE_FULL);

        assertThat(stats().counters().refused()).isEqualTo(2);
        assertThat(publish(1).isStored()).isTrue();
    }

    @Test
    void whatConsumersHoldDoesNotCountAndComesBackAboveTheLimit() {
        limit(1, 0, Overflow.REJECT);
        publish(1);
        Message held = take();
        publish(1);

        release(held, 0);

        assertThat(numbers()).containsExactly(1000L, 1001L);
        assertThat(publish(1).refusal()).isEqualTo(Refusal.QUEUE_FULL);
    }

    @Test
    void whatIsNotDueYetCounts() {
        limit(2, 0, Overflow.REJECT);
        publish(probe(1).delayNanos(100 * SECOND));
        publish(probe(1).dueMillis(clock.epochMillis() + 100_000));

        assertThat(publish(1).refusal()).isEqualTo(Refusal.QUEUE_FULL);
    }

    @Test
    void aDuplicateIsAnsweredThoughTheQueueIsFull() {
        limit(1, 0, Overflow.REJECT);
        publish(probe(1).key(7, 100 * SECOND));

        PublishProbe again = publish(probe(1).key(7, 100 * SECOND));

        assertThat(again.isDuplicate()).isTrue();
        assertThat(publish(probe(1).key(8, 100 * SECOND)).refusal()).isEqualTo(Refusal.QUEUE_FULL);
        acknowledge(take());
        assertThat(publish(probe(1).key(8, 100 * SECOND)).isDuplicate()).isFalse();
    }

    @Test
    void aTransactionFindsRoomForAllThatItPublishesOrPublishesNothing() {
        limit(2, 0, Overflow.REJECT);
        publish(1);
        TransactionProbe tooMany = new TransactionProbe()
                .publish(shard, QUEUE, probe(1))
                .publish(shard, OTHER, probe(1))
                .publish(shard, QUEUE, probe(1));
        tooMany.run();
        run();

        assertThat(tooMany.refusal()).isEqualTo(Refusal.QUEUE_FULL);
        assertThat(log.positionsOf(RecordFormat.ENTRY)).hasSize(1);
        TransactionProbe fits = new TransactionProbe().publish(shard, QUEUE, probe(1));
        fits.run();
        run();
        assertThat(fits.isCommitted()).isTrue();
        assertThat(publish(1).refusal()).isEqualTo(Refusal.QUEUE_FULL);
    }

    @Test
    void whatIsMovedHereFindsRoomInAFullQueue() {
        limit(1, 0, Overflow.REJECT);
        publish(1);

        PublishProbe moved = new PublishProbe(7, 1, MESSAGE_BYTES) {
            @Override
            public boolean mayOverfill() {
                return true;
            }
        };
        shard.publish(QUEUE, moved);
        run();

        assertThat(moved.isStored()).isTrue();
    }

    @Test
    void aLimitOfRefusalsHoldsAfterARestart() {
        limit(2, 10 * RECORD_BYTES, Overflow.REJECT);
        publish(2);
        restart();

        assertThat(publish(1).refusal()).isEqualTo(Refusal.QUEUE_FULL);
        limit(2, 0, Overflow.DROP_OLDEST);
        limit(0, 0, Overflow.REJECT);
        assertThat(publish(1).isStored()).isTrue();
    }

    // The oldest go.

    @Test
    void theOldestGoAndAreGoneAfterARestart() {
        limit(2, 0, Overflow.DROP_OLDEST);

        publish(1);
        publish(3);

        assertThat(numbers()).containsExactly(1002L, 1003L);
        assertThat(stats().counters().overflowed()).isEqualTo(2);
        assertThat(stats().counters().dead()).isZero();
        restart();
        assertThat(numbers()).containsExactly(1002L, 1003L);
    }

    @Test
    void theOldestGoesWhateverItsPriorityItsGroupOrItsDelay() {
        limit(3, 0, Overflow.DROP_OLDEST);
        publish(probe(1).priority(1));
        publish(probe(1).group(1));
        publish(probe(1).delayNanos(100 * SECOND));
        publish(1);
        assertThat(numbers()).containsExactly(1001L, 1002L, 1003L);
        publish(1);
        assertThat(numbers()).containsExactly(1002L, 1003L, 1004L);
        publish(1);
        assertThat(numbers()).containsExactly(1003L, 1004L, 1005L);
        pass(200 * SECOND);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1003L, 1004L, 1005L);
    }

    @Test
    void whatHasItsOwnPlaceInTheOrderGoesOnceItIsSynced() {
        limit(1, 0, Overflow.DROP_OLDEST);
        log.syncAtOnce(false);
        publish(1);
        publish(probe(1).priority(1));
        publish(probe(1).priority(2));
        publish(probe(1).group(1));
        publish(probe(1).group(2));

        log.syncAtOnce(true);
        log.sync();
        run();

        assertThat(numbers()).containsExactly(1004L);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1004L);
    }

    @Test
    void whatComesBackIsTheOldest() {
        limit(2, 0, Overflow.DROP_OLDEST);
        publish(2);
        Message first = take();
        Message second = take();
        publish(2);

        release(second, SECOND);

        assertThat(numbers()).containsExactly(1000L, 1002L, 1003L);
        release(first, 0);
        assertThat(numbers()).containsExactly(1002L, 1003L);
    }

    @Test
    void aLeaseThatEndsMakesTheQueueTooLong() {
        limit(1, 0, Overflow.DROP_OLDEST);
        publish(1);
        take();
        publish(1);

        pass(2 * ReceiveProbe.LEASE_NANOS);

        assertThat(numbers()).containsExactly(1001L);
    }

    @Test
    void aLowerLimitTakesEffectAFewInEachTurn() {
        int messages = 3 * TURN_MESSAGES;
        for (int i = 0; i < messages / 64; i++) {
            publish(64);
        }
        host.lengthPolicies.put(QUEUE, new LengthPolicy(10, 0, Overflow.DROP_OLDEST));
        shard.settingsChanged(QUEUE);
        long[] afterATurn = {0};
        loopNext(() -> afterATurn[0] = stats().ready());

        run();

        assertThat(afterATurn[0]).isEqualTo(messages - TURN_MESSAGES);
        assertThat(numbers()).containsExactly(range(1000 + messages - 10, 1000 + messages));
        restart();
        assertThat(numbers()).containsExactly(range(1000 + messages - 10, 1000 + messages));
    }

    @Test
    void aLowerLimitThatACrashHasCutShortTakesEffectAtTheStart() {
        publish(10);
        host.lengthPolicies.put(QUEUE, new LengthPolicy(3, 0, Overflow.DROP_OLDEST));

        restart();

        assertThat(numbers()).containsExactly(1007L, 1008L, 1009L);
    }

    // They become dead letters.

    @Test
    void theOldestBecomeDeadLettersOnceEach() {
        MoverProbe mover = new MoverProbe(source -> OTHER, target -> shard);
        host.mover = mover;
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 0, false));
        limit(2, 0, Overflow.DEAD_LETTER);

        publish(2);
        publish(2);

        assertThat(numbers()).containsExactly(1002L, 1003L);
        assertThat(mover.seen())
                .containsExactly(
                        new Dead(
                                1000,
                                DeathReason.OVERFLOW,
                                null,
                                0,
                                mover.seen().get(0).firstMillis(),
                                mover.seen().get(0).lastMillis()),
                        new Dead(
                                1001,
                                DeathReason.OVERFLOW,
                                null,
                                0,
                                mover.last().firstMillis(),
                                mover.last().lastMillis()));
        assertThat(stats().counters().overflowed()).isEqualTo(2);
        assertThat(stats().counters().dead()).isEqualTo(2);
        restart();
        assertThat(numbers()).containsExactly(1002L, 1003L);
        assertThat(mover.seen()).hasSize(2);
    }

    @Test
    void deadLettersThatWaitToBeMovedDoNotCount() {
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 0, false));
        limit(2, 2 * RECORD_BYTES, Overflow.DEAD_LETTER);

        publish(1);
        publish(1);
        publish(1);

        assertThat(stats().dead()).isOne();
        assertThat(stats().ready()).isEqualTo(2);
        restart();
        assertThat(stats().dead()).isOne();
        assertThat(stats().waitingBytes()).isEqualTo(2 * RECORD_BYTES);
    }

    // Bytes.

    @Test
    void bytesAreThoseOfRecordsOfMessagesThatWait() {
        limit(0, 1_000, Overflow.REJECT);
        publish(1);
        publish(QUEUE, 1, 100);
        assertThat(stats().waitingBytes()).isEqualTo(2 * RECORD_BYTES + 100 - MESSAGE_BYTES);

        Message first = take();
        assertThat(stats().waitingBytes()).isEqualTo(RECORD_BYTES + 100 - MESSAGE_BYTES);
        release(first, SECOND);
        assertThat(stats().waitingBytes()).isEqualTo(2 * RECORD_BYTES + 100 - MESSAGE_BYTES);
        pass(2 * SECOND);
        acknowledge(take());
        assertThat(stats().waitingBytes()).isEqualTo(RECORD_BYTES + 100 - MESSAGE_BYTES);
        assertThat(publish(QUEUE, 1, 1_000 - 2 * (RECORD_BYTES - MESSAGE_BYTES) - 100 + 1)
                        .refusal())
                .isEqualTo(Refusal.QUEUE_FULL);
        assertThat(publish(QUEUE, 1, 1_000 - 2 * (RECORD_BYTES - MESSAGE_BYTES) - 100)
                        .isStored())
                .isTrue();
        assertThat(stats().waitingBytes()).isEqualTo(1_000);
        purge();
        assertThat(stats().waitingBytes()).isZero();
    }

    @Test
    void theOldestGoUntilTheBytesFit() {
        limit(0, 3 * RECORD_BYTES, Overflow.DROP_OLDEST);
        publish(1);
        publish(1);
        publish(1);

        publish(QUEUE, 1, MESSAGE_BYTES + 1);

        assertThat(numbers()).containsExactly(1002L, 1003L);
        assertThat(stats().waitingBytes()).isEqualTo(2 * RECORD_BYTES + 1);
    }

    @Test
    void aMessageThatWouldHaveNoRoomInAnEmptyQueueIsRefusedAndDropsNothing() {
        limit(0, 3 * RECORD_BYTES, Overflow.DROP_OLDEST);
        publish(1);

        assertThat(publish(QUEUE, 1, 3 * RECORD_BYTES).refusal()).isEqualTo(Refusal.QUEUE_FULL);

        assertThat(numbers()).containsExactly(1000L);
    }

    @Test
    void bytesOfWhatLiesInSegmentsAreCountedAfterAStart() {
        limit(0, 2_000 * RECORD_BYTES, Overflow.DROP_OLDEST);
        for (int i = 0; i < 1_500; i++) {
            publish(1);
        }
        acknowledge(take());
        log.wantTrim(log.syncedPosition());
        run();
        publish(QUEUE, 1, 100);
        long bytes = 1_500 * RECORD_BYTES + 100 - MESSAGE_BYTES;
        assertThat(stats().waitingBytes()).isEqualTo(bytes);
        host.indexMemory = new IndexMemory(0);
        restart();
        assertThat(stats().waitingBytes()).isEqualTo(bytes);

        limit(0, 10 * RECORD_BYTES, Overflow.DROP_OLDEST);

        assertThat(numbers()).containsExactly(range(2493, 2501));
        assertThat(stats().waitingBytes()).isEqualTo(8 * RECORD_BYTES + 100 - MESSAGE_BYTES);
    }

    @Test
    void whatExpiresInSegmentsIsTakenOffTheBytesThoughItsSegmentIsGivenUpWithIt() {
        limit(0, 2_000 * RECORD_BYTES, Overflow.REJECT);
        long expiryMillis = clock.epochMillis() + 10_000;
        for (int i = 0; i < 600; i++) {
            publish(probe(1).expiryMillis(expiryMillis));
        }
        log.wantTrim(log.syncedPosition());
        run();
        publish(1);
        host.indexMemory = new IndexMemory(0);
        restart();

        pass(11 * SECOND);

        assertThat(stats().ready()).isOne();
        assertThat(stats().waitingBytes()).isEqualTo(RECORD_BYTES);
    }
}
