package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.engine.MoverProbe.Dead;
import io.millrace.engine.Peek.State;
import io.millrace.engine.PeekProbe.Seen;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.policy.RetryPolicy;
import io.millrace.engine.record.RecordFormat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are not delivered any more are put aside, then moved to another queue, once each. */
class ShardDeadLetterTest extends ShardFixture {
    private static final int DELIVERIES = 3;
    private static final long TICK = SECOND / 50;
    private static final int MANY = 5_000;

    private final MoverProbe mover = new MoverProbe(source -> OTHER, target -> shard);

    @BeforeEach
    void havePlaceForDeadLetters() {
        host.mover = mover;
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, DELIVERIES, true));
    }

    // Why they die.

    @Test
    void whatIsRejectedGoesToTheOtherQueueWithWhatItsConsumerSaid() {
        publish(2);
        long millis = clock.epochMillis();

        SettlementProbe settlement = reject(take(), "no such account");

        assertThat(settlement.done()).containsExactly(true);
        assertThat(mover.seen())
                .containsExactly(new Dead(1000, DeathReason.REJECTED, "no such account", 1, millis, millis));
        assertThat(numbers(OTHER)).containsExactly(1000L);
        assertThat(numbers(QUEUE)).containsExactly(1001L);
        assertThat(stats().counters().rejected()).isOne();
        assertThat(stats().counters().dead()).isOne();
        restart();
        assertThat(numbers(OTHER)).containsExactly(1000L);
        assertThat(numbers(QUEUE)).containsExactly(1001L);
        assertThat(mover.asked()).isOne();
    }

    @Test
    void whereThereIsNoPlaceForThemWhatIsRejectedIsGone() {
        host.deadLetterPolicies.clear();
        publish(1);

        assertThat(reject(take(), "no").done()).containsExactly(true);

        assertThat(numbers(QUEUE)).isEmpty();
        assertThat(stats().counters().rejected()).isOne();
        assertThat(stats().counters().dead()).isZero();
        restart();
        assertThat(numbers(QUEUE)).isEmpty();
        assertThat(mover.asked()).isZero();
    }

    @Test
    void aRejectionUnderALeaseThatHasEndedIsNotDone() {
        publish(1);
        Message message = take();
        pass(ReceiveProbe.LEASE_NANOS + TICK);

        assertThat(reject(message, "no").done()).containsExactly(false);

        assertThat(mover.asked()).isZero();
        assertThat(numbers(QUEUE)).containsExactly(1000L);
    }

    @Test
    void whatIsReleasedFromItsLastDeliveryIsDead() {
        publish(1);
        long firstMillis = clock.epochMillis();
        release(take(), 0);
        clock.advance(SECOND);
        release(take(), 0);
        clock.advance(SECOND);

        settle(new SettlementProbe().release(take(), 0).saying("again"));

        assertThat(mover.seen())
                .containsExactly(
                        new Dead(1000, DeathReason.DELIVERIES, "again", DELIVERIES, firstMillis, firstMillis + 2000));
        assertThat(numbers(OTHER)).containsExactly(1000L);
        assertThat(stats().counters().released()).isEqualTo(DELIVERIES);
    }

    @Test
    void whatIsToBeTriedAgainAfterItsLastDeliveryIsDead() {
        host.retryPolicy = new RetryPolicy(1000, 1000, false);
        publish(1);
        for (int i = 1; i < DELIVERIES; i++) {
            settle(new SettlementProbe().and(take(), Settlement.RETRY, 0));
            pass(2 * SECOND);
        }

        settle(new SettlementProbe().and(take(), Settlement.RETRY, 0));

        assertThat(mover.last().reason()).isEqualTo(DeathReason.DELIVERIES);
        assertThat(numbers(OTHER)).containsExactly(1000L);
    }

    @Test
    void whereTheBoundIsLoweredSomeDieInEachTurn() {
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, DeadLetterPolicy.UNLIMITED, true));
        publish(MANY);
        releaseAll(receive(ReceiveProbe.upTo(MANY)));
        publish(1);
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 1, true));

        ReceiveProbe receive = ReceiveProbe.upTo(10);
        shard.receive(QUEUE, receive);

        assertThat(stats().dead()).isBetween(1L, MANY / 4L);
        run();
        assertThat(receive.answers()).isOne();
        assertThat(receive.offsets()).containsExactly((long) MANY);
        assertThat(stats().counters().dead()).isEqualTo(MANY);
        assertThat(stats().dead()).isZero();
    }

    @Test
    void theyDieSomeInEachTurnAlsoBehindOneThatIsDelivered() {
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, DeadLetterPolicy.UNLIMITED, true));
        publish(1 + MANY);
        Message first = take();
        releaseAll(receive(ReceiveProbe.upTo(MANY)));
        releaseAll(receive(ReceiveProbe.upTo(MANY)));
        release(first, 0);
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 2, true));

        ReceiveProbe receive = ReceiveProbe.upTo(10);
        shard.receive(QUEUE, receive);

        assertThat(stats().dead()).isBetween(1L, MANY / 4L);
        run();
        assertThat(receive.offsets()).containsExactly(first.offset());
    }

    @Test
    void whoWantsNoMoreThanIsThereIsAnsweredWhenAllAreDead() {
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, DeadLetterPolicy.UNLIMITED, true));
        publish(MANY);
        releaseAll(receive(ReceiveProbe.upTo(MANY)));
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 1, true));

        ReceiveProbe receive = receive(ReceiveProbe.upTo(10));

        assertThat(receive.answers()).isOne();
        assertThat(receive.messages()).isEmpty();
        assertThat(stats().counters().dead()).isEqualTo(MANY);
    }

    private void releaseAll(ReceiveProbe received) {
        SettlementProbe settlement = new SettlementProbe();
        received.messages().forEach(each -> settlement.release(each, 0));
        settle(settlement);
    }

    @Test
    void aLeaseThatRunsOutWasADeliveryToo() {
        publish(1);
        for (int i = 0; i < DELIVERIES; i++) {
            assertThat(mover.asked()).isZero();
            take();
            pass(ReceiveProbe.LEASE_NANOS + TICK);
        }

        assertThat(mover.last().reason()).isEqualTo(DeathReason.DELIVERIES);
        assertThat(mover.last().text()).isNull();
        assertThat(mover.last().deliveryCount()).isEqualTo(DELIVERIES);
        assertThat(numbers(QUEUE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConsumerThatWentAwayHadADelivery(boolean isDurable) {
        publish(1);
        for (int i = 0; i < DELIVERIES; i++) {
            assertThat(mover.asked()).isZero();
            log.forgetTail();
            log.readAtOnce(false);
            ReceiveProbe receive = receive(new ReceiveProbe(1, 1000, ReceiveProbe.LEASE_NANOS, 0, isDurable));
            shard.cancel(receive);
            log.readAtOnce(true);
            log.completeReads();
            run();
            assertThat(receive.answers()).isZero();
        }

        assertThat(mover.last().deliveryCount()).isEqualTo(DELIVERIES);
        assertThat(numbers(OTHER)).containsExactly(1000L);
        restart();
        assertThat(numbers(QUEUE)).isEmpty();
        assertThat(numbers(OTHER)).containsExactly(1000L);
    }

    @Test
    void whatHadItsDeliveriesWhenThePolicyCameIsDeadWhenItWouldBeDelivered() {
        host.deadLetterPolicies.clear();
        publish(5);
        for (int i = 0; i < DELIVERIES; i++) {
            receive(ReceiveProbe.upTo(4)).messages().forEach(each -> release(each, 0));
        }
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, DELIVERIES, false));

        assertThat(receive(ReceiveProbe.upTo(9)).numbers()).containsExactly(1004L);

        assertThat(numbers(OTHER)).containsExactly(1000L, 1001L, 1002L, 1003L);
        assertThat(stats().ready()).isZero();
    }

    @Test
    void aRestartCountsAsTheEndOfADelivery() {
        publish(1);
        for (int i = 0; i < DELIVERIES; i++) {
            take();
            restart();
        }

        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();

        assertThat(mover.last().deliveryCount()).isEqualTo(DELIVERIES);
    }

    @Test
    void whatExpiresGoesToTheOtherQueueWhereExpiredMessagesAreKept() {
        publish(expiring());
        publish(expiring().delayNanos(100 * SECOND));
        publish(expiring().priority(1));
        publish(expiring().group(4));

        pass(3 * SECOND);

        assertThat(mover.seen())
                .extracting(Dead::number, Dead::reason, Dead::deliveryCount, Dead::firstMillis)
                .containsExactly(
                        tuple(1000L, DeathReason.EXPIRED, 0, DeadLetters.UNKNOWN),
                        tuple(1001L, DeathReason.EXPIRED, 0, DeadLetters.UNKNOWN),
                        tuple(1002L, DeathReason.EXPIRED, 0, DeadLetters.UNKNOWN),
                        tuple(1003L, DeathReason.EXPIRED, 0, DeadLetters.UNKNOWN));
        assertThat(numbers(QUEUE)).isEmpty();
        assertThat(stats().counters().messagesExpired()).isEqualTo(4);
        restart();
        assertThat(numbers(QUEUE)).isEmpty();
        assertThat(numbers(OTHER)).hasSize(4);
    }

    @Test
    void whatExpiresIsGoneWhereExpiredMessagesAreNotKept() {
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, DELIVERIES, false));
        publish(expiring());
        publish(expiring());
        Message leased = take();

        pass(3 * SECOND);
        release(leased, 0);

        assertThat(numbers(QUEUE)).isEmpty();
        assertThat(mover.asked()).isZero();
        assertThat(stats().counters().messagesExpired()).isEqualTo(2);
    }

    @Test
    void whatExpiresUnderALeaseIsDeadWhenItComesBack() {
        for (int i = 0; i < 4; i++) {
            publish(expiring());
        }
        List<Message> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(take());
        }
        pass(3 * SECOND);
        assertThat(mover.asked()).isZero();

        release(held.get(0), 0);
        release(held.get(1), 100 * SECOND);
        acknowledge(held.get(2));
        pass(ReceiveProbe.LEASE_NANOS);

        assertThat(mover.seen())
                .extracting(Dead::number, Dead::reason, Dead::deliveryCount)
                .containsExactly(
                        tuple(1000L, DeathReason.EXPIRED, 1),
                        tuple(1001L, DeathReason.EXPIRED, 1),
                        tuple(1003L, DeathReason.EXPIRED, 1));
        assertThat(numbers(QUEUE)).isEmpty();
    }

    @Test
    void whatExpiresUnderALeaseThatEndsWithTheProcessIsDeadAfterIt() {
        publish(expiring());
        take();
        pass(3 * SECOND);
        log.wantTrim(log.syncedPosition());
        run();

        restart();

        assertThat(mover.seen()).extracting(Dead::reason).containsExactly(DeathReason.EXPIRED);
        assertThat(numbers(OTHER)).containsExactly(1000L);
    }

    private PublishProbe expiring() {
        return probe(1).expiryMillis(clock.epochMillis() + 1000);
    }

    // What is known of them.

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsKnownOfTheDeadOutlivesAProcess(boolean ofSnapshot) {
        mover.refuse(true);
        publish(3);
        long firstMillis = clock.epochMillis();
        release(take(), 0);
        clock.advance(2 * SECOND);
        reject(take(), "é");
        reject(take(), null);
        if (ofSnapshot) {
            log.wantTrim(log.syncedPosition());
            run();
            assertThat(log.manifest()).isNotNull();
        }
        mover.refuse(false);
        clock.advance(SECOND);

        restart();

        assertThat(mover.seen())
                .containsExactly(
                        new Dead(1000, DeathReason.REJECTED, "é", 2, firstMillis, firstMillis + 2000),
                        new Dead(1001, DeathReason.REJECTED, null, 1, firstMillis + 2000, firstMillis + 2000));
        assertThat(numbers(QUEUE)).containsExactly(1002L);
    }

    @Test
    void whatConsumersSayIsKeptUpToABound() {
        mover.refuse(true);
        int texts = 1024;
        publish(QUEUE, texts + 1, 8);
        String text = "x".repeat(Settlement.TEXT_BYTES_MAX);
        SettlementProbe settlement = new SettlementProbe();
        receive(ReceiveProbe.upTo(texts + 1)).messages().forEach(each -> settlement.reject(each, text));
        settle(settlement);

        List<Long> records = log.positionsOf(RecordFormat.DEATH);
        assertThat(records).hasSize(2);
        assertThat(records).allMatch(each -> log.record(each).readableBytes() < 2 << 20);
        assertThat(shard.queues().get(QUEUE).subscription().dead().text(texts - 1))
                .isNotNull();
        assertThat(shard.queues().get(QUEUE).subscription().dead().text(texts)).isNull();
        purge();
        publish(1);
        reject(take(), text);
        assertThat(shard.queues().get(QUEUE).subscription().dead().text(texts + 1))
                .isNotNull();
    }

    @Test
    void aConsumerThatSaysTooMuchIsCutShort() {
        publish(1);

        reject(take(), "x".repeat(Settlement.TEXT_BYTES_MAX - 1) + "é and more");

        assertThat(mover.last().text()).isEqualTo("x".repeat(Settlement.TEXT_BYTES_MAX - 1));
    }

    // What goes on without them.

    @Test
    void whatComesNextOfAGroupGoesOnWhenAMemberDies() {
        mover.refuse(true);
        publish(probe(1).group(3));
        publish(probe(1).group(3));
        publish(probe(1).group(3).expiryMillis(clock.epochMillis() + 1000));
        publish(probe(1).group(3));
        reject(take(), null);
        Message second = take();
        assertThat(second.number()).isEqualTo(1001L);
        pass(3 * SECOND);
        log.wantTrim(log.syncedPosition());
        run();
        restart();
        mover.refuse(false);

        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
        restart();
        acknowledge(second);

        assertThat(take().number()).isEqualTo(1003L);
        assertThat(numbers(OTHER)).containsExactly(1000L, 1002L);
    }

    @Test
    void messagesOfAnyPriorityAndDelayDie() {
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 1, true));
        publish(probe(1).priority(9));
        publish(probe(1).priority(1));
        publish(probe(1).delayNanos(SECOND));
        publish(1);
        pass(2 * SECOND);

        for (int i = 0; i < 4; i++) {
            release(take(), 0);
        }

        assertThat(mover.seen()).extracting(Dead::number).containsExactlyInAnyOrder(1000L, 1001L, 1002L, 1003L);
        assertThat(numbers(QUEUE)).isEmpty();
        restart();
        assertThat(receive(ReceiveProbe.upTo(9)).messages()).isEmpty();
        assertThat(numbers(OTHER)).hasSize(4);
    }

    @Test
    void aPurgeTakesTheDeadToo() {
        mover.refuse(true);
        publish(3);
        reject(take(), "no");
        Message held = take();

        assertThat(purge().purged()).isEqualTo(2);

        mover.refuse(false);
        pass(10 * SECOND);
        assertThat(mover.seen()).isEmpty();
        assertThat(stats().dead()).isZero();
        reject(held, null);
        assertThat(numbers(OTHER)).containsExactly(1001L);
        restart();
        assertThat(numbers(QUEUE)).isEmpty();
    }

    @Test
    void whatIsPurgedWhileItIsReadToBeMovedIsNotMoved() {
        publish(1);
        publish(1);
        List<Message> held = receive(ReceiveProbe.upTo(2)).messages();
        log.forgetTail();
        log.readAtOnce(false);
        held.forEach(each -> reject(each, "no"));
        assertThat(log.pendingReads()).isOne();

        shard.discard(QUEUE, held.get(0).offset(), new PurgeProbe());
        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(host.faults).isEmpty();
        assertThat(numbers(OTHER)).containsExactly(1001L);
        assertThat(stats().dead()).isZero();
    }

    @Test
    void thoseThatWaitToBeMovedAreSeenAndNotDelivered() {
        mover.refuse(true);
        publish(3);
        reject(take(), "no");

        for (int life = 0; life < 3; life++) {
            assertThat(peek(PeekProbe.all()).states()).containsExactly(State.DEAD, State.READY, State.READY);
            assertThat(peekOnly(State.DEAD)).containsExactly(0L);
            assertThat(peekOnly(State.READY)).containsExactly(1L, 2L);
            assertThat(peekOnly(State.LEASED)).isEmpty();
            assertThat(stats().dead()).isOne();
            assertThat(stats().ready()).isEqualTo(2);
            assertThat(receive(ReceiveProbe.upTo(9)).numbers()).containsExactly(1001L, 1002L);
            if (life == 0) {
                restart();
            } else {
                log.wantTrim(log.syncedPosition());
                run();
                restart();
            }
        }
    }

    private List<Long> peekOnly(State state) {
        return peek(new PeekProbe(0, 10, Integer.MAX_VALUE, state)).offsets();
    }

    // How they are moved.

    @Test
    void aRejectionIsAnsweredAndTheMessageMovedWhenItIsOnStableStorage() {
        publish(1);
        Message message = take();
        log.syncAtOnce(false);

        SettlementProbe settlement = reject(message, "no");

        assertThat(settlement.answers()).isZero();
        assertThat(mover.asked()).isZero();
        log.sync();
        run();
        assertThat(settlement.isSettled()).isTrue();
        assertThat(mover.asked()).isOne();
        assertThat(numbers(OTHER)).isEmpty();
        log.sync();
        run();
        assertThat(numbers(OTHER)).containsExactly(1000L);
        log.syncAtOnce(true);
    }

    @Test
    void whatWasNotOnStableStorageIsAliveAfterACrash() {
        publish(1);
        Message message = take();
        log.syncAtOnce(false);
        reject(message, "no");

        restart();

        assertThat(mover.asked()).isZero();
        assertThat(take().number()).isEqualTo(1000L);
    }

    @Test
    void nothingIsMovedBeforeItIsTime() {
        mover.refuse(true);
        publish(2);
        reject(take(), "no");
        mover.refuse(false);
        movesFromTheStart = false;
        int asked = mover.asked();

        restart();
        reject(take(), "no");
        shard.settingsChanged(QUEUE);
        pass(60 * SECOND);

        assertThat(mover.asked()).isEqualTo(asked);
        shard.beginMoving();
        run();
        assertThat(numbers(OTHER)).containsExactly(1000L, 1001L);
    }

    @Test
    void manyAreMovedSomeAtATime() {
        int many = 1000;
        mover.refuse(true);
        publish(many);
        SettlementProbe settlement = new SettlementProbe();
        receive(ReceiveProbe.upTo(many)).messages().forEach(each -> settlement.reject(each, null));
        settle(settlement);
        mover.refuse(false);
        shard.settingsChanged(QUEUE);
        run();

        assertThat(mover.moves()).hasSize(4);
        assertThat(numbers(OTHER)).hasSize(many).isSorted().doesNotHaveDuplicates();
        assertThat(numbers(QUEUE)).isEmpty();
    }

    @Test
    void aMoverThatRefusesIsAskedAgainAfterGrowingPauses() {
        mover.refuse(true);
        publish(1);
        reject(take(), "no");
        List<Integer> askedBySecond = new ArrayList<>();
        for (int second = 0; second < 4; second++) {
            pass(SECOND);
            askedBySecond.add(mover.asked());
        }
        assertThat(askedBySecond).containsExactly(5, 6, 6, 7);

        pass(600 * SECOND);
        int asked = mover.asked();
        pass(300 * SECOND);
        assertThat(mover.asked() - asked).isEqualTo(10);

        mover.refuse(false);
        shard.settingsChanged(QUEUE);
        run();
        assertThat(numbers(OTHER)).containsExactly(1000L);
        int askedAtLast = mover.asked();
        pass(600 * SECOND);
        assertThat(mover.asked()).isEqualTo(askedAtLast);
    }

    @Test
    void theFirstPauseAfterAChangeIsShortAgain() {
        mover.refuse(true);
        publish(1);
        reject(take(), "no");
        pass(600 * SECOND);
        shard.settingsChanged(QUEUE);
        int asked = mover.asked();

        pass(SECOND / 10);

        assertThat(mover.asked()).isGreaterThan(asked);
    }

    @Test
    void aMoverThatThrowsIsAskedAgain() {
        host.mover = (source, messages) -> {
            throw new IllegalStateException("a fault of the host");
        };
        publish(1);
        reject(take(), "no");
        assertThat(host.faults).hasSize(1);
        host.mover = mover;

        pass(SECOND);

        assertThat(numbers(OTHER)).containsExactly(1000L);
    }

    @Test
    void whatCannotBeReadStaysAsDamagedAndIsNotInTheWay() {
        movesFromTheStart = false;
        restart();
        publish(1);
        publish(1);
        publish(1);
        SettlementProbe settlement = new SettlementProbe();
        receive(ReceiveProbe.upTo(3)).messages().forEach(each -> settlement.reject(each, "no"));
        settle(settlement);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(1));
        log.forgetTail();

        shard.beginMoving();
        run();

        assertThat(numbers(OTHER)).containsExactly(1000L, 1002L);
        assertThat(host.damaged).contains(1L);
        assertThat(stats().damaged()).isOne();
        assertThat(stats().dead()).isZero();
        assertThat(peek(PeekProbe.all()).states()).containsExactly(State.DAMAGED);
    }

    @Test
    void theirQueueMayBeTheFirstToUseTheOther() {
        mover.refuse(true);
        publish(1);
        reject(take(), "no");
        mover.refuse(false);

        restart();

        assertThat(numbers(OTHER)).containsExactly(1000L);
        assertThat(host.faults).isEmpty();
    }

    @Test
    void aQueueThatIsDroppedDoesNotComeBackByItsDead() {
        publish(1);
        take();
        clock.advance(ReceiveProbe.LEASE_NANOS * 2);
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 1, true));
        loopNext(() -> {
            host.defined.remove(QUEUE);
            shard.drop(QUEUE);
        });
        run();

        restart();

        assertThat(shard.openLogs()).doesNotContain(QUEUE);
        assertThat(mover.asked()).isZero();
    }

    @Test
    void aQueueThatIsDroppedWhileItsDeadAreMovedIsForgotten() {
        mover.refuse(true);
        publish(1);
        reject(take(), "no");
        host.defined.remove(QUEUE);
        shard.drop(QUEUE);
        int asked = mover.asked();
        mover.refuse(false);

        pass(60 * SECOND);

        assertThat(mover.asked()).isEqualTo(asked);
    }

    @Test
    void whenTheShardClosesNothingIsMovedAnyMore() {
        mover.refuse(true);
        publish(1);
        reject(take(), "no");
        shard.close();
        int asked = mover.asked();
        mover.refuse(false);

        pass(60 * SECOND);

        assertThat(mover.asked()).isEqualTo(asked);
        restart();
        assertThat(numbers(OTHER)).containsExactly(1000L);
    }

    private List<Long> numbers(long logId) {
        PeekProbe peek = PeekProbe.all();
        shard.peek(logId, peek);
        run();
        return peek.seen().stream().map(Seen::number).toList();
    }
}
