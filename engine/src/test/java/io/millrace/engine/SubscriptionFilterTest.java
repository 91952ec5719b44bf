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

/** A subscription that wants only some messages: the others are settled for it before anybody sees them. */
class SubscriptionFilterTest extends ShardFixture {
    private static final long FILTERED = 101;
    private static final long ALL = 102;
    private static final long TICK = SECOND / 50;

    private final NumberFilter even = NumberFilter.of(2, 0);

    @BeforeEach
    void haveALogThatKeepsItsMessages() {
        host.policies.put(QUEUE, KeepPolicy.retained(KeepPolicy.UNLIMITED, KeepPolicy.UNLIMITED));
        host.filters.put(FILTERED, even);
    }

    private void subscribe(long logId, SeekProbe seek) {
        shard.subscriptions().subscribe(logId, QUEUE, seek);
        run();
        assertThat(seek.position()).isNotNegative();
    }

    private void seek(SeekProbe seek) {
        shard.subscriptions().seek(FILTERED, seek);
        run();
    }

    private List<Message> receive(int messagesMax) {
        return receive(FILTERED, ReceiveProbe.upTo(messagesMax)).messages();
    }

    private List<Long> numbers() {
        return receive(FILTERED, ReceiveProbe.upTo(1_000)).numbers();
    }

    private void settleFiltered(SettlementProbe settlement) {
        shard.settle(FILTERED, settlement);
        run();
        assertThat(settlement.done()).doesNotContain(false);
    }

    private void acknowledgeAll(List<Message> messages) {
        SettlementProbe settlement = new SettlementProbe();
        messages.forEach(settlement::acknowledge);
        settleFiltered(settlement);
    }

    private void giveUpAll() {
        log.wantTrim(log.syncedPosition());
        run();
    }

    private QueueStats filtered() {
        return shard.stats(FILTERED);
    }

    private static List<Long> evenNumbers(long first, long end) {
        return LongStream.range(first, end)
                .filter(each -> each % 2 == 0)
                .boxed()
                .toList();
    }

    // What is wanted, and what is not.

    @Test
    void itGetsWhatItWantsAndOthersGetAll() {
        subscribe(FILTERED, SeekProbe.earliest());
        subscribe(ALL, SeekProbe.earliest());
        publish(1);
        publish(4);
        publish(1);

        assertThat(filtered().ready()).isEqualTo(3);
        assertThat(numbers()).containsExactly(1000L, 1002L, 1004L);
        assertThat(numbers()).isEmpty();
        assertThat(receive(ALL, ReceiveProbe.upTo(10)).messages()).hasSize(6);
    }

    @Test
    void whatItDoesNotWantIsSettledWithoutARecordAndDoesNotCount() {
        long bytesOfOne = bytesOfAPublish();
        host.filters.put(FILTERED, NumberFilter.nothing());
        subscribe(FILTERED, SeekProbe.earliest());

        assertThat(bytesOfAPublish()).isEqualTo(bytesOfOne);
        assertThat(filtered().ready()).isZero();
        assertThat(filtered().log().earliestOffset()).isEqualTo(2);
        assertThat(filtered().counters().published()).isZero();
    }

    private long bytesOfAPublish() {
        long before = log.appendedPosition();
        publish(1);
        return log.appendedPosition() - before;
    }

    @Test
    void whatItWantsIsCountedOnce() {
        subscribe(FILTERED, SeekProbe.earliest());
        publish(5);
        publish(probe(1).delayNanos(2 * SECOND));
        publish(probe(2).delayNanos(2 * SECOND));
        Message first = receive(1).get(0);
        settleFiltered(new SettlementProbe().release(first, SECOND));
        assertThat(filtered().delayed()).isEqualTo(2);

        pass(3 * SECOND);

        assertThat(filtered().counters().published()).isEqualTo(4);
        assertThat(filtered().ready()).isEqualTo(4);
        assertThat(numbers()).containsExactly(1000L, 1002L, 1004L, 1006L);
    }

    @Test
    void itDoesNotHoldTheLog() {
        host.filters.put(FILTERED, NumberFilter.nothing());
        subscribe(FILTERED, SeekProbe.earliest());
        for (int i = 0; i < 3; i++) {
            publish(QUEUE, 1, 4_000);
            giveUpAll();
        }
        host.policies.put(QUEUE, KeepPolicy.retained(0, KeepPolicy.UNLIMITED).untilSettled());
        shard.keepPolicyChanged();
        pass(11 * SECOND);

        assertThat(fetch(FetchProbe.from(0)).floor()).isEqualTo(3);
    }

    @Test
    void whatComesBackComesAgain() {
        subscribe(FILTERED, SeekProbe.earliest());
        publish(3);
        Message first = receive(1).get(0);
        int looks = even.looks.size();

        settleFiltered(new SettlementProbe().release(first, 0));

        assertThat(numbers()).containsExactly(1000L, 1002L);
        assertThat(even.looks).hasSize(looks);
        pass(40 * SECOND);
        assertThat(receive(9)).extracting(Message::deliveryCount).containsExactly(3, 2);
    }

    // Restarts, and where it is.

    @Test
    void theSameMessagesAreWantedAfterARestart() {
        subscribe(FILTERED, SeekProbe.earliest());
        publish(7);
        acknowledgeAll(receive(2));
        for (int life = 0; life < 3; life++) {
            restart();
            assertThat(filtered().ready()).isEqualTo(2);
            assertThat(numbers()).containsExactly(1004L, 1006L);
            giveUpAll();
        }
        publish(2);
        restart();
        assertThat(numbers()).containsExactly(1004L, 1006L, 1008L);
    }

    @Test
    void aLongBacklogOnDiskIsLookedAtOnce() {
        for (int i = 0; i < 700; i++) {
            publish(1);
        }
        giveUpAll();
        log.forgetTail();
        publish(10);
        subscribe(FILTERED, new SeekProbe(5));

        assertThat(filtered().ready()).isEqualTo(evenNumbers(1005, 1710).size());
        assertThat(numbers()).isEqualTo(evenNumbers(1005, 1710));
        assertThat(even.looks).hasSize(705);
        giveUpAll();
        restart();
        assertThat(even.looks)
                .as("what a snapshot knows is not looked at again")
                .hasSize(705);
    }

    @Test
    void afterASeekEverythingIsLookedAtAgain() {
        subscribe(FILTERED, SeekProbe.earliest());
        publish(6);
        acknowledgeAll(receive(9));

        seek(new SeekProbe(1));
        assertThat(numbers()).containsExactly(1002L, 1004L);
        seek(new SeekProbe(3));
        restart();
        assertThat(numbers()).containsExactly(1004L);
        seek(SeekProbe.latest());
        publish(2);
        assertThat(numbers()).containsExactly(1006L);
    }

    @Test
    void oneThatIsNotDefinedAnyMoreDeliversNothing() {
        subscribe(FILTERED, SeekProbe.earliest());
        host.filters.remove(FILTERED);
        publish(2);
        assertThat(receive(9)).isEmpty();
        host.filters.put(FILTERED, even);
        publish(1);
        assertThat(numbers()).containsExactly(1000L, 1002L);
    }

    // Due times, expiry, groups, keys.

    @Test
    void whatIsNotDueAndNotWantedDoesNotWait() {
        subscribe(FILTERED, SeekProbe.earliest());
        publish(probe(4).delayNanos(5 * SECOND));
        assertThat(filtered().delayed()).isEqualTo(2);
        restart();
        assertThat(filtered().delayed()).isEqualTo(2);
        SeekProbe again = SeekProbe.earliest();
        seek(again);
        assertThat(filtered().delayed()).isEqualTo(2);
        assertThat(receive(9)).isEmpty();

        pass(5 * SECOND + TICK);

        assertThat(filtered().delayed()).isZero();
        assertThat(numbers()).containsExactly(1000L, 1002L);
    }

    @Test
    void whatExpiresBeforeItWasLookedAtIsADeadLetterOnlyIfItIsWanted() {
        host.mover = new MoverProbe(source -> OTHER, target -> shard);
        host.deadLetterPolicies.put(FILTERED, new DeadLetterPolicy(true, 0, true));
        List<Long> looks = new ArrayList<>();
        NumberFilter slow = new NumberFilter("slow", number -> {
            looks.add(number);
            if (looks.size() == 1) {
                clock.advance(3 * SECOND);
            }
            return number % 2 == 0;
        });
        slow.bytesOfEach = 1 << 20; // it looks at one in a turn
        host.filters.put(FILTERED, slow);
        subscribe(FILTERED, SeekProbe.latest());
        publish(1);
        List<Long> before = List.copyOf(looks);
        looks.clear();
        publish(probe(4).expiryMillis(clock.epochMillis() + 2_000));
        pass(SECOND);

        assertThat(before).containsExactly(1000L);
        assertThat(looks).containsExactly(1001L, 1002L, 1003L, 1004L);
        assertThat(filtered().counters().messagesExpired()).isEqualTo(2);
        assertThat(receive(OTHER, ReceiveProbe.upTo(9)).numbers()).containsExactly(1002L, 1004L);
        assertThat(filtered().ready()).isOne();
    }

    @Test
    void whatExpiresIsSettledForIt() {
        subscribe(FILTERED, SeekProbe.earliest());
        publish(probe(4).expiryMillis(clock.epochMillis() + 2_000));
        publish(probe(2).expiryMillis(clock.epochMillis() + 2_000).delayNanos(9 * SECOND));
        assertThat(filtered().ready()).isEqualTo(2);
        pass(3 * SECOND);
        assertThat(filtered().ready()).isZero();
        assertThat(filtered().delayed()).isZero();
        assertThat(filtered().counters().messagesExpired()).isEqualTo(3);
        assertThat(receive(9)).isEmpty();
    }

    @Test
    void groupsAreInOrderWithAFilter() {
        subscribe(FILTERED, SeekProbe.earliest());
        publish(probe(5).group(1));
        publish(probe(3).group(2));

        List<Message> first = receive(9);
        assertThat(first).extracting(Message::number).containsExactlyInAnyOrder(1000L, 1006L);
        restart();
        acknowledgeAll(first);
        assertThat(numbers()).containsExactly(1002L);
    }

    @Test
    void byKeyWhatIsNotWantedKeepsNothingBack() {
        host.keys.put(FILTERED, (format, body, visitor) -> {
            for (int i = 0; i * MESSAGE_BYTES < body.readableBytes(); i++) {
                visitor.onKey(i, body.getLong(body.readerIndex() + i * MESSAGE_BYTES) % 3, 1, false);
            }
        });
        subscribe(FILTERED, SeekProbe.earliest());
        publish(9);

        List<Message> first = receive(9);
        // 1000 and 1006 have one key, 1002 and 1008 another, 1004 the third.
        assertThat(first).extracting(Message::number).containsExactlyInAnyOrder(1000L, 1002L, 1004L);
        acknowledgeAll(first);
        assertThat(numbers()).containsExactlyInAnyOrder(1006L, 1008L);
    }

    @Test
    void prioritiesAreWhatTheyAreWithoutAFilter() {
        subscribe(FILTERED, SeekProbe.earliest());
        publish(2);
        publish(probe(2).priority(5));
        publish(probe(2).priority(3));
        assertThat(numbers()).containsExactly(1004L, 1002L, 1000L);
    }

    // What cannot be read or understood.

    @Test
    void whatIsDamagedIsPassedOver() {
        subscribe(FILTERED, SeekProbe.latest());
        long position = log.appendedPosition();
        publish(2);
        publish(3);
        log.forgetTail();
        log.damage(position);
        seek(SeekProbe.earliest());

        assertThat(host.damaged).containsExactly(0L, 1L);
        assertThat(numbers()).containsExactly(1002L, 1004L);
        assertThat(filtered().damaged()).isEqualTo(2);
    }

    @Test
    void whatTheFilterDoesNotUnderstandIsSetAside() {
        host.filters.put(FILTERED, new NumberFilter("picky", number -> {
            if (number == 1001) {
                throw new IllegalStateException("a body of another format");
            }
            return number % 2 == 0;
        }));
        subscribe(FILTERED, SeekProbe.earliest());
        publish(probe(4).delayNanos(SECOND));
        assertThat(filtered().delayed()).isEqualTo(2);
        pass(2 * SECOND);

        assertThat(host.damaged).containsExactly(1L);
        assertThat(filtered().damaged()).isOne();
        assertThat(numbers()).containsExactly(1000L, 1002L);
        giveUpAll();
        restart();
        assertThat(filtered().damaged()).isOne();
    }

    // Turns.

    @Test
    void aTurnLooksAtSoManyMessagesOnly() {
        List<Integer> looksOfTurns = new ArrayList<>();
        List<Long> looks = new ArrayList<>();
        NumberFilter filter = new NumberFilter("slow", number -> {
            looks.add(number);
            if (looks.size() == 1) {
                loopNext(() -> looksOfTurns.add(looks.size()));
            }
            return true;
        });
        filter.bytesOfEach = 1 << 10;
        host.filters.put(FILTERED, filter);
        subscribe(FILTERED, SeekProbe.earliest());

        publish(1_000);

        assertThat(looksOfTurns.get(0)).isBetween(200, 300);
        assertThat(numbers()).hasSize(1_000);
    }

    @Test
    void whoDoesNotWaitIsToldWhatThereIsAllTheSame() {
        List<ReceiveProbe> receives = new ArrayList<>();
        NumberFilter filter = new NumberFilter("asked", number -> {
            if (receives.isEmpty()) {
                receives.add(ReceiveProbe.upTo(9));
                shard.receive(FILTERED, receives.get(0));
            }
            return number >= 1003;
        });
        filter.bytesOfEach = 1 << 20;
        host.filters.put(FILTERED, filter);
        subscribe(FILTERED, SeekProbe.earliest());
        publish(3);
        assertThat(receives.get(0).isAnswered()).isTrue();
        assertThat(receives.get(0).messages()).isEmpty();

        receives.clear();
        publish(3);
        assertThat(receives.get(0).numbers()).containsExactly(1003L);
    }

    @Test
    void whoDoesNotWaitDoesNotWaitForWhatCameLater() {
        ReceiveProbe receive = ReceiveProbe.upTo(9);
        List<Boolean> answered = new ArrayList<>();
        NumberFilter filter = new NumberFilter("busy", number -> {
            if (answered.isEmpty()) {
                shard.receive(FILTERED, receive);
            }
            if (answered.size() < 20) {
                shard.publish(QUEUE, probe(1));
            }
            answered.add(receive.isAnswered());
            return false;
        });
        filter.bytesOfEach = 1 << 20;
        host.filters.put(FILTERED, filter);
        subscribe(FILTERED, SeekProbe.earliest());
        publish(3);

        assertThat(answered).hasSize(23);
        assertThat(answered.subList(0, 3)).containsOnly(false);
        assertThat(answered.subList(4, 23)).containsOnly(true);
    }

    @Test
    void whoWaitsGetsWhatIsWanted() {
        subscribe(FILTERED, SeekProbe.latest());
        ReceiveProbe waiting = receive(FILTERED, ReceiveProbe.waiting(10, 10 * SECOND));
        nextNumber = 1001;
        publish(1);
        assertThat(waiting.isAnswered()).isFalse();
        publish(1);
        assertThat(waiting.numbers()).containsExactly(1002L);
    }
}
