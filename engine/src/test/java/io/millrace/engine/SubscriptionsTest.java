package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.KeepPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log with several subscriptions: each has every message, and does with it what it wants. */
class SubscriptionsTest extends ShardFixture {
    private static final long FIRST = 101;
    private static final long SECOND_ONE = 102;
    private static final long TICK = SECOND / 50;
    private static final int LARGE_BYTES = 4_000;

    @BeforeEach
    void haveALogThatKeepsItsMessages() {
        host.policies.put(QUEUE, KeepPolicy.retained(KeepPolicy.UNLIMITED, KeepPolicy.UNLIMITED));
    }

    private SeekProbe subscribe(long logId, SeekProbe seek) {
        shard.subscriptions().subscribe(logId, QUEUE, seek);
        run();
        return seek;
    }

    private SeekProbe seek(long logId, SeekProbe seek) {
        shard.subscriptions().seek(logId, seek);
        run();
        return seek;
    }

    private List<Message> receive(long logId, int messagesMax) {
        return receive(logId, ReceiveProbe.upTo(messagesMax)).messages();
    }

    private List<Long> numbersOf(long logId) {
        return receive(logId, ReceiveProbe.upTo(1000)).numbers();
    }

    private SettlementProbe settle(long logId, SettlementProbe settlement) {
        shard.settle(logId, settlement);
        run();
        return settlement;
    }

    private void acknowledge(long logId, List<Message> messages) {
        SettlementProbe settlement = new SettlementProbe();
        messages.forEach(settlement::acknowledge);
        settle(logId, settlement);
        assertThat(settlement.done()).doesNotContain(false);
    }

    private void giveUpAll() {
        long end = log.syncedPosition();
        log.wantTrim(end);
        run();
        assertThat(log.trimmed()).isEqualTo(end);
    }

    private static List<Long> numbers(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }

    // Each has every message.

    @Test
    void everySubscriptionGetsEveryMessage() {
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());

        publish(3);

        assertThat(numbersOf(FIRST)).isEqualTo(numbers(1000, 1003));
        assertThat(numbersOf(SECOND_ONE)).isEqualTo(numbers(1000, 1003));
        assertThat(fetch(FetchProbe.from(0)).numbers()).isEqualTo(numbers(1000, 1003));
    }

    @Test
    void whoWaitsGetsWhatIsPublishedOnceItIsSynced() {
        subscribe(FIRST, SeekProbe.latest());
        subscribe(SECOND_ONE, SeekProbe.latest());
        ReceiveProbe first = receive(FIRST, ReceiveProbe.waiting(10, 10 * SECOND));
        ReceiveProbe second = receive(SECOND_ONE, ReceiveProbe.waiting(10, 10 * SECOND));
        log.syncAtOnce(false);
        publish(2);
        assertThat(first.isAnswered()).isFalse();

        log.sync();
        run();

        assertThat(first.numbers()).isEqualTo(numbers(1000, 1002));
        assertThat(second.numbers()).isEqualTo(numbers(1000, 1002));
    }

    @Test
    void aMessageThatOneHasSettledIsThereForTheOther() {
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());
        publish(4);
        acknowledge(FIRST, receive(FIRST, 3));
        List<Message> held = receive(SECOND_ONE, 2);
        settle(SECOND_ONE, new SettlementProbe().release(held.get(1), 5 * SECOND));
        acknowledge(SECOND_ONE, held.subList(0, 1));

        restart();

        assertThat(numbersOf(FIRST)).containsExactly(1003L);
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1002L, 1003L);
        pass(5 * SECOND + TICK);
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1001L);
    }

    @Test
    void whatIsPublishedLaterIsTheirsAfterARestartToo() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(1);
        restart();
        publish(1);
        assertThat(numbersOf(FIRST)).containsExactly(1000L, 1001L);
    }

    // Where they begin.

    @Test
    void itBeginsWhereItIsTold() {
        publish(5);
        assertThat(subscribe(FIRST, SeekProbe.latest()).position()).isEqualTo(5);
        assertThat(subscribe(SECOND_ONE, new SeekProbe(3)).position()).isEqualTo(3);
        publish(1);

        assertThat(numbersOf(FIRST)).containsExactly(1005L);
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1003L, 1004L, 1005L);
    }

    @Test
    void itBeginsNoEarlierThanTheLog() {
        publish(QUEUE, 3, LARGE_BYTES);
        publish(QUEUE, 3, LARGE_BYTES);
        giveUpAll();
        retainNothingAndPass();

        assertThat(subscribe(FIRST, SeekProbe.earliest()).position()).isEqualTo(6);
        assertThat(numbersOf(FIRST)).isEmpty();
    }

    @Test
    void subscribingAgainChangesNothing() {
        publish(3);
        subscribe(FIRST, SeekProbe.earliest());
        acknowledge(FIRST, receive(FIRST, 2));

        assertThat(subscribe(FIRST, SeekProbe.earliest()).position()).isEqualTo(2);

        assertThat(numbersOf(FIRST)).containsExactly(1002L);
    }

    @Test
    void itIsToldThatItIsThereWhenThatIsSynced() {
        log.syncAtOnce(false);
        SeekProbe first = subscribe(FIRST, SeekProbe.earliest());
        SeekProbe again = subscribe(FIRST, SeekProbe.earliest());
        assertThat(first.answers() + again.answers()).isZero();

        log.sync();
        run();

        assertThat(first.position()).isZero();
        assertThat(again.position()).isZero();
    }

    @Test
    void whatIsNotSyncedOfItIsNotThereAfterACrash() {
        log.syncAtOnce(false);
        subscribe(FIRST, SeekProbe.earliest());

        restart();

        assertThat(seek(FIRST, SeekProbe.earliest()).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
    }

    @Test
    void aLogThatIsNotThereHasNoSubscriptions() {
        host.defined.remove(OTHER);
        SeekProbe seek = SeekProbe.earliest();
        shard.subscriptions().subscribe(FIRST, OTHER, seek);
        run();
        assertThat(seek.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(seek(QUEUE, SeekProbe.earliest()).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
    }

    // Seeking.

    @Test
    void aSubscriptionGoesBackAndForth() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(5);
        acknowledge(FIRST, receive(FIRST, 4));

        assertThat(seek(FIRST, new SeekProbe(1)).position()).isEqualTo(1);
        assertThat(receive(FIRST, ReceiveProbe.upTo(2)).deliveryCounts()).containsExactly(1, 1);
        assertThat(seek(FIRST, new SeekProbe(4)).position()).isEqualTo(4);
        restart();

        assertThat(numbersOf(FIRST)).containsExactly(1004L);
    }

    @Test
    void leasesFromBeforeASeekHaveEnded() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(2);
        List<Message> held = receive(FIRST, ReceiveProbe.durable(2)).messages();

        seek(FIRST, SeekProbe.earliest());

        assertThat(settle(FIRST, new SettlementProbe().acknowledge(held.get(0))).done())
                .containsExactly(false);
        restart();
        assertThat(numbersOf(FIRST)).containsExactly(1000L, 1001L);
    }

    @Test
    void whoWaitsIsServedAfterASeek() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(1);
        acknowledge(FIRST, receive(FIRST, 1));
        ReceiveProbe waiting = receive(FIRST, ReceiveProbe.waiting(1, 10 * SECOND));

        seek(FIRST, SeekProbe.earliest());

        assertThat(waiting.numbers()).containsExactly(1000L);
    }

    @Test
    void whoWantsOnlySomeIsServedAfterASeek() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(3);
        acknowledge(FIRST, receive(FIRST, 3));
        ReceiveProbe waiting = ReceiveProbe.waiting(9, 10 * SECOND);
        waiting.of(new NumberFilter("1001", number -> number == 1001));
        receive(FIRST, waiting);

        seek(FIRST, SeekProbe.earliest());

        assertThat(waiting.numbers()).containsExactly(1001L);
        assertThat(numbersOf(FIRST)).containsExactly(1000L, 1002L);
    }

    @Test
    void whatIsNotDueIsNotThereAfterASeekEither() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(probe(1).delayNanos(10 * SECOND));
        publish(1);
        assertThat(numbersOf(FIRST)).containsExactly(1001L);

        seek(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());

        assertThat(numbersOf(FIRST)).containsExactly(1001L);
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1001L);
        restart();
        pass(10 * SECOND + TICK);
        assertThat(numbersOf(FIRST)).contains(1000L);
        assertThat(numbersOf(SECOND_ONE)).contains(1000L);
    }

    // Attributes.

    @Test
    void dueTimesAndPrioritiesHoldForEach() {
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());
        publish(probe(1).priority(9));
        publish(probe(1).priority(3));
        publish(probe(1).priority(3).delayNanos(10 * SECOND));
        restart();

        assertThat(receive(FIRST, ReceiveProbe.upTo(1)).numbers()).containsExactly(1001L);
        pass(10 * SECOND + TICK);

        assertThat(numbersOf(FIRST)).containsExactly(1002L, 1000L);
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1001L, 1002L, 1000L);
    }

    @Test
    void aMessageExpiresForEachAndStaysInTheLog() {
        host.mover = new MoverProbe(source -> OTHER, target -> shard);
        host.deadLetterPolicies.put(SECOND_ONE, new DeadLetterPolicy(true, 0, true));
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());
        publish(probe(1).expiryMillis(clock.epochMillis() + 5_000));
        publish(1);

        pass(6 * SECOND);

        // Also where nobody has received.
        assertThat(receive(OTHER, ReceiveProbe.upTo(9)).numbers()).containsExactly(1000L);
        assertThat(numbersOf(FIRST)).containsExactly(1001L);
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1001L);
        assertThat(fetch(FetchProbe.from(0)).numbers()).containsExactly(1000L, 1001L);
    }

    @Test
    void itsDeadLettersAreItsOwn() {
        host.mover = new MoverProbe(source -> OTHER, target -> shard);
        host.deadLetterPolicies.put(FIRST, new DeadLetterPolicy(true, 1, true));
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());
        publish(1);

        settle(FIRST, new SettlementProbe().release(receive(FIRST, 1).get(0), 0));

        assertThat(numbersOf(FIRST)).isEmpty();
        assertThat(receive(OTHER, ReceiveProbe.upTo(9)).numbers()).containsExactly(1000L);
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1000L);
    }

    // What the log does not keep.

    private void retainNothingAndPass() {
        host.policies.put(QUEUE, KeepPolicy.retained(0, KeepPolicy.UNLIMITED));
        shard.keepPolicyChanged();
        for (int i = 0; i < 11; i++) {
            pass(SECOND);
        }
    }

    @Test
    void whatTheLogDoesNotKeepNobodyGets() {
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());
        publish(QUEUE, 3, LARGE_BYTES);
        giveUpAll();
        Message held = receive(FIRST, 1).get(0);
        ReceiveProbe underWay = new ReceiveProbe(1, Integer.MAX_VALUE, SECOND, 0, false);
        receive(SECOND_ONE, underWay);

        retainNothingAndPass();
        publish(1);

        assertThat(settle(FIRST, new SettlementProbe().acknowledge(held)).done())
                .containsExactly(false);
        assertThat(numbersOf(FIRST)).containsExactly(1003L);
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1003L);
        restart();
        assertThat(numbersOf(FIRST)).containsExactly(1003L);
        assertThat(shard.stats(SECOND_ONE).ready()).isOne();
    }

    @Test
    void whatSomebodyStillWantsIsKeptWhereTheLogIsToldSo() {
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());
        publish(QUEUE, 3, LARGE_BYTES);
        giveUpAll();
        acknowledge(FIRST, receive(FIRST, 3));
        acknowledge(SECOND_ONE, receive(SECOND_ONE, 1));
        host.policies.put(QUEUE, KeepPolicy.retained(0, KeepPolicy.UNLIMITED).untilSettled());
        shard.keepPolicyChanged();
        pass(11 * SECOND);

        assertThat(fetch(FetchProbe.from(1)).numbers()).contains(1001L, 1002L);
        assertThat(fetch(FetchProbe.from(0)).floor()).isOne();
        acknowledge(SECOND_ONE, receive(SECOND_ONE, 2));
        pass(11 * SECOND);
        assertThat(fetch(FetchProbe.from(0)).floor()).isEqualTo(3);
    }

    @Test
    void whatNobodySettlesIsKeptUpToAnAgeAndASize() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(QUEUE, 3, LARGE_BYTES);
        giveUpAll();
        KeepPolicy atOnce = KeepPolicy.retained(0, KeepPolicy.UNLIMITED);
        host.policies.put(QUEUE, atOnce.untilSettled(60_000, 3 * LARGE_BYTES));
        shard.keepPolicyChanged();
        pass(31 * SECOND);
        assertThat(fetch(FetchProbe.from(0)).numbers()).contains(1000L);

        pass(60 * SECOND);
        assertThat(fetch(FetchProbe.from(0)).floor()).isEqualTo(3);
        assertThat(shard.stats(FIRST).ready()).isZero();

        publish(QUEUE, 3, LARGE_BYTES);
        giveUpAll();
        publish(QUEUE, 3, LARGE_BYTES);
        giveUpAll();
        pass(11 * SECOND);
        assertThat(fetch(FetchProbe.from(3)).floor()).isEqualTo(6);
        assertThat(numbersOf(FIRST)).isEqualTo(numbers(1006, 1009));
    }

    @Test
    void theLimitsOfWhatIsNotSettledTakeNothingThatIsRetained() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(QUEUE, 3, LARGE_BYTES);
        giveUpAll();
        host.policies.put(
                QUEUE,
                KeepPolicy.retained(KeepPolicy.UNLIMITED, KeepPolicy.UNLIMITED).untilSettled(0, 0));
        shard.keepPolicyChanged();
        pass(31 * SECOND);

        assertThat(fetch(FetchProbe.from(0)).numbers()).contains(1000L);
    }

    @Test
    void whatTheLogHasGivenUpBeforeItBeginsItDoesNotGet() {
        publish(4);
        discard(QUEUE, 1);

        subscribe(FIRST, SeekProbe.earliest());

        assertThat(numbersOf(FIRST)).containsExactly(1000L, 1002L, 1003L);
        discard(QUEUE, 2);
        seek(FIRST, SeekProbe.earliest());
        assertThat(numbersOf(FIRST)).containsExactly(1000L, 1003L);
    }

    @Test
    void whatIsPurgedFromTheLogIsGoneForAll() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(2);
        Message held = receive(FIRST, 1).get(0);

        assertThat(purge().purged()).isEqualTo(2);

        assertThat(numbersOf(FIRST)).isEmpty();
        assertThat(settle(FIRST, new SettlementProbe().acknowledge(held)).done())
                .containsExactly(false);
        restart();
        assertThat(numbersOf(FIRST)).isEmpty();
    }

    @Test
    void whatIsPurgedFromASubscriptionIsThereForOthers() {
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());
        publish(2);
        PurgeProbe purge = new PurgeProbe();
        shard.purge(FIRST, purge);
        run();

        assertThat(purge.purged()).isEqualTo(2);
        assertThat(numbersOf(FIRST)).isEmpty();
        assertThat(numbersOf(SECOND_ONE)).isEqualTo(numbers(1000, 1002));
    }

    @Test
    void whatHasArrivedSinceASnapshotIsInTheNext() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(1);
        giveUpAll();
        publish(probe(1).priority(3));
        giveUpAll();
        publish(1);

        restart();

        assertThat(numbersOf(FIRST)).containsExactly(1001L, 1000L, 1002L);
    }

    // Ends.

    @Test
    void aSubscriptionThatIsDroppedIsGoneAndItsLogIsNot() {
        subscribe(FIRST, SeekProbe.earliest());
        subscribe(SECOND_ONE, SeekProbe.earliest());
        publish(2);
        ReceiveProbe waiting = receive(FIRST, ReceiveProbe.waiting(1, SECOND));

        shard.drop(FIRST);
        run();
        publish(1);
        restart();

        assertThat(waiting.answers()).isOne();
        assertThat(seek(FIRST, SeekProbe.earliest()).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(numbersOf(SECOND_ONE)).isEqualTo(numbers(1000, 1003));
    }

    @Test
    void whereTheLogIsDroppedItsSubscriptionsGoToo() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(2);
        giveUpAll();
        host.defined.remove(QUEUE);

        shard.drop(QUEUE);
        run();
        assertThat(shard.openLogs()).doesNotContain(FIRST, QUEUE);

        restart();
        assertThat(shard.openLogs()).doesNotContain(FIRST, QUEUE);
    }

    // What is moved and written into snapshots.

    @Test
    void theStateOfEachIsInTheSnapshot() {
        subscribe(FIRST, SeekProbe.earliest());
        publish(probe(1).priority(3));
        publish(3);
        subscribe(SECOND_ONE, new SeekProbe(2));
        acknowledge(FIRST, receive(FIRST, 1));
        ReceiveProbe durable = receive(FIRST, ReceiveProbe.durable(1));
        giveUpAll();
        List<Long> gone = new ArrayList<>(shard.openLogs());

        restart();

        assertThat(shard.openLogs()).containsExactlyInAnyOrderElementsOf(gone);
        assertThat(shard.subscriptions().source(FIRST)).isEqualTo(QUEUE);
        assertThat(numbersOf(FIRST)).containsExactly(1002L, 1003L);
        acknowledge(FIRST, durable.messages());
        assertThat(numbersOf(SECOND_ONE)).containsExactly(1002L, 1003L);
        giveUpAll();
        restart();
        assertThat(numbersOf(FIRST)).containsExactly(1002L, 1003L);
        publish(1);
        assertThat(numbersOf(FIRST)).containsExactly(1004L);
    }
}
