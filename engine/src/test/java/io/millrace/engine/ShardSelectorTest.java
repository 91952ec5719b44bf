package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.ConsumerPolicy;
import io.millrace.engine.policy.DeadLetterPolicy;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.record.RecordFormat;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who wants only some messages gets these, in their order; the others stay where they are, and are looked at once. */
class ShardSelectorTest extends ShardFixture {
    private static final NumberFilter EVEN = NumberFilter.of(2, 0);
    private static final NumberFilter ODD = NumberFilter.of(2, 1);
    private static final long WAIT = 10 * SECOND;

    private ReceiveProbe select(MessageFilter filter, int most) {
        return receive(ReceiveProbe.upTo(most).of(filter));
    }

    private ReceiveProbe await(MessageFilter filter, int most) {
        return receive(ReceiveProbe.waiting(most, WAIT).of(filter));
    }

    private void publishEach(int count) {
        for (int i = 0; i < count; i++) {
            publish(1);
        }
    }

    // Who gets what.

    @Test
    void onlyWhatIsWantedIsDeliveredAndTheRestStaysForOthers() {
        publish(3);
        publishEach(3);

        assertThat(select(EVEN, 10).numbers()).containsExactly(1000L, 1002L, 1004L);
        assertThat(select(EVEN, 10).messages()).isEmpty();
        assertThat(stats().ready()).isEqualTo(3);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1001L, 1003L, 1005L);
    }

    @Test
    void whatComesBackComesFirstAndIsJudgedAnew() {
        publishEach(6);
        Message first = select(EVEN, 1).message(0);
        select(EVEN, 1);

        release(first, 0);

        ReceiveProbe again = select(EVEN, 10);
        assertThat(again.numbers()).containsExactly(1000L, 1004L);
        assertThat(again.deliveryCounts()).containsExactly(2, 1);
    }

    @Test
    void aMessageThatAnotherGivesBackIsFoundBehindTheScan() {
        publishEach(4);
        List<Message> taken = receive(ReceiveProbe.upTo(2)).messages();
        assertThat(select(ODD, 10).numbers()).containsExactly(1003L);

        release(taken.get(0), 0);
        release(taken.get(1), SECOND);

        assertThat(select(ODD, 10).messages()).isEmpty();
        pass(2 * SECOND);
        assertThat(select(ODD, 10).numbers()).containsExactly(1001L);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1000L, 1002L);
    }

    @Test
    void prioritiesHoldAmongWhatIsWanted() {
        publishEach(2);
        publish(probe(2).priority(9));
        publish(probe(2).priority(3));

        assertThat(select(EVEN, 1).numbers()).containsExactly(1004L);
        publish(probe(2).priority(1));
        assertThat(select(EVEN, 10).numbers()).containsExactly(1006L, 1002L, 1000L);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1007L, 1005L, 1003L, 1001L);
    }

    @Test
    void aGroupWhoseFirstMessageIsNotWantedIsBlockedForWhoeverSelects() {
        publish(probe(1).group(1)); // 1000
        publish(probe(1).group(2)); // 1001
        publish(probe(2).group(1)); // 1002, 1003
        publish(probe(1).group(2)); // 1004

        assertThat(select(ODD, 10).numbers()).containsExactly(1001L);
        assertThat(select(ODD, 10).messages()).isEmpty();
        Message front = select(EVEN, 10).message(0);
        assertThat(front.number()).isEqualTo(1000L);
        assertThat(select(EVEN, 10).messages()).as("one of a group at a time").isEmpty();
        acknowledge(front);
        assertThat(select(ODD, 10).messages()).isEmpty();
        acknowledge(select(EVEN, 10).message(0));
        assertThat(select(ODD, 10).numbers()).containsExactly(1003L);
    }

    @Test
    void moreGroupsThanStandInLineAreSeen() {
        int groups = 3_000;
        for (int i = 1; i <= groups; i++) {
            shard.publish(QUEUE, probe(1).group(i));
        }
        run();
        NumberFilter last = new NumberFilter("last", number -> number == 1000 + groups - 1);

        assertThat(select(last, 10).numbers()).containsExactly(1000L + groups - 1);
        assertThat(select(last, 10).messages()).isEmpty();
        int looks = last.looks.size();
        assertThat(select(last, 10).messages()).isEmpty();
        assertThat(last.looks).as("nothing is looked at again").hasSize(looks);
        assertThat(looks).isEqualTo(groups);
        List<Message> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            others.addAll(receive(ReceiveProbe.upTo(10_000)).messages());
        }
        assertThat(others).hasSize(groups - 1);
    }

    @Test
    void whereTheFirstMessageOfAGroupExpiresTheNextOneIsSeen() {
        int groups = 2_500;
        for (int i = 1; i <= groups; i++) {
            shard.publish(QUEUE, probe(1).group(i).expiryMillis(clock.epochMillis() + 5_000));
        }
        NumberFilter behind = new NumberFilter("behind", number -> number >= 1000 + groups);
        for (int i : new int[] {3, 1_200, 2_499}) {
            shard.publish(QUEUE, probe(1).group(i));
        }
        ReceiveProbe first = await(behind, 1);
        ReceiveProbe second = await(behind, 2);
        assertThat(first.isAnswered()).isFalse();

        pass(6 * SECOND);

        assertThat(first.numbers()).hasSize(1);
        assertThat(second.numbers()).isNotEmpty();
    }

    @Test
    void deathsAndExpiryHoldForWhatIsWanted() {
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 1, false));
        publishEach(2);
        release(select(EVEN, 1).message(0), 0);
        assertThat(select(EVEN, 1).messages()).isEmpty();
        publish(probe(2).expiryMillis(clock.epochMillis() + 1_000));
        pass(2 * SECOND);
        assertThat(select(EVEN, 1).messages()).isEmpty();
    }

    // Those who wait.

    @Test
    void whoWaitsIsServedByThePublishThatIsWanted() {
        ReceiveProbe waiting = await(EVEN, 10);
        publish(new PublishProbe(2001, 1, MESSAGE_BYTES));
        assertThat(waiting.isAnswered()).isFalse();

        publish(new PublishProbe(2002, 1, MESSAGE_BYTES));

        assertThat(waiting.numbers()).containsExactly(2002L);
    }

    @Test
    void whereAllThatIsWantedHasHadItsDeliveriesOneWaitsForMore() {
        publishEach(2);
        release(select(EVEN, 1).message(0), 0);
        host.deadLetterPolicies.put(QUEUE, new DeadLetterPolicy(true, 1, false));

        ReceiveProbe waiting = await(EVEN, 10);

        assertThat(waiting.isAnswered()).isFalse();
        assertThat(stats().counters().dead()).isOne();
        publish(new PublishProbe(2002, 1, MESSAGE_BYTES));
        assertThat(waiting.numbers()).containsExactly(2002L);
    }

    @Test
    void whoWaitsForOtherMessagesKeepsNobodyWaiting() {
        ReceiveProbe even = await(EVEN, 10);
        ReceiveProbe any = receive(ReceiveProbe.waiting(1, WAIT));
        ReceiveProbe odd = await(ODD, 10);

        publish(new PublishProbe(2001, 1, MESSAGE_BYTES));
        assertThat(any.numbers()).as("the first that wants it").containsExactly(2001L);
        publish(new PublishProbe(2003, 1, MESSAGE_BYTES));
        assertThat(odd.numbers()).containsExactly(2003L);
        assertThat(even.isAnswered()).isFalse();
        publish(new PublishProbe(2005, 1, MESSAGE_BYTES));
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(2005L);
        pass(WAIT + SECOND);
        assertThat(even.answers()).isEqualTo(1);
        assertThat(even.messages()).isEmpty();
    }

    @Test
    void thePriorityOfConsumersCountsAmongThoseWhoWantAMessage() {
        ConsumerTerms high = new ConsumerTerms("a", 5, false, 0);
        ConsumerState consumer = shard.consumers().attach(QUEUE, high, refusal -> {});
        ReceiveProbe first = await(EVEN, 1);
        ReceiveProbe important = receive(ReceiveProbe.waiting(1, WAIT).of(EVEN).by(consumer));

        publish(new PublishProbe(2002, 1, MESSAGE_BYTES));
        assertThat(important.numbers()).containsExactly(2002L);
        assertThat(first.isAnswered()).isFalse();
    }

    @Test
    void whileAQueueIsPausedNothingIsSelected() {
        consumerPolicy(new ConsumerPolicy(false, true, ConsumerPolicy.NEVER));
        publishEach(2);
        NumberFilter filter = NumberFilter.of(2, 0);
        ReceiveProbe waiting = await(filter, 1);
        assertThat(waiting.isAnswered()).isFalse();
        assertThat(filter.looks).isEmpty();

        consumerPolicy(ConsumerPolicy.ALL);

        assertThat(waiting.numbers()).containsExactly(1000L);
    }

    // What is looked at, and when.

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSecondReceiveLooksAtNothingThatTheFirstOneHasJudged(boolean isInMemory) {
        publish(1_000);
        publishEach(1_000);
        if (!isInMemory) {
            log.forgetTail();
        }
        NumberFilter filter = NumberFilter.of(100, 50);
        assertThat(select(filter, 1).numbers()).containsExactly(1050L);
        List<Long> got = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            // Another filter of the same kind each time, as each request has one.
            ReceiveProbe next = ReceiveProbe.upTo(1).of(new NumberFilter(filter.toString(), filter::wants));
            got.addAll(receive(next).numbers());
        }
        int reads = log.readCount();

        assertThat(select(filter, 10).messages()).isEmpty();

        assertThat(got)
                .isEqualTo(
                        LongStream.range(1, 20).map(i -> 1050 + 100 * i).boxed().toList());
        assertThat(log.readCount()).isEqualTo(reads);
        assertThat(filter.looks).hasSize(2_000).doesNotHaveDuplicates();
    }

    @Test
    void aScanIsCutIntoTurnsAndAReceiveThatDoesNotWaitIsToldInTheEnd() {
        publish(5_000);
        NumberFilter nothing = NumberFilter.nothing();
        ReceiveProbe receive = ReceiveProbe.upTo(1).of(nothing);

        shard.receive(QUEUE, receive);

        assertThat(receive.isAnswered()).isFalse();
        assertThat(nothing.looks).hasSize(Selecting.LOOKS_MAX);
        run();
        assertThat(receive.answers()).isEqualTo(1);
        assertThat(nothing.looks).hasSize(5_000);
    }

    @Test
    void aReceiveThatDoesNotWaitIsToldWhereOthersTakeTheLastLeaseWhileItSearches() {
        restartWith(new EngineLimits(64L << 20, 1, EngineLimits.DEFAULT.compactionBytesMax(), 1_000));
        publish(5_000);
        ReceiveProbe receive = ReceiveProbe.upTo(1).of(NumberFilter.nothing());

        shard.receive(QUEUE, receive);
        shard.receive(QUEUE, ReceiveProbe.upTo(1));
        run();

        assertThat(receive.answers()).isEqualTo(1);
        assertThat(receive.messages()).isEmpty();
    }

    @Test
    void whatReadsMuchLooksAtLittleInATurn() {
        publish(100);
        NumberFilter greedy = NumberFilter.nothing();
        greedy.bytesOfEach = 64 << 10;
        ReceiveProbe receive = ReceiveProbe.upTo(1).of(greedy);

        shard.receive(QUEUE, receive);

        assertThat(greedy.looks).hasSizeLessThan(10);
        run();
        assertThat(greedy.looks).hasSize(100);
    }

    @Test
    void aScanThatReadsKeepsNobodyWaiting() {
        publishEach(600);
        log.forgetTail();
        publishEach(2);
        log.readAtOnce(false);
        ReceiveProbe selecting = await(new NumberFilter("one", number -> number == 1601), 1);
        assertThat(selecting.isAnswered()).isFalse();

        ReceiveProbe any = receive(ReceiveProbe.upTo(1));
        assertThat(stats().leased()).isEqualTo(1);
        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(any.numbers()).containsExactly(1000L);
        assertThat(selecting.numbers()).containsExactly(1601L);
    }

    @Test
    void whatAnotherTakesWhileItIsReadIsNotDeliveredTwice() {
        publishEach(4);
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe even = await(EVEN, 10);
        ReceiveProbe any = receive(ReceiveProbe.upTo(1));

        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(any.numbers()).containsExactly(1000L);
        assertThat(even.numbers()).containsExactly(1002L);
    }

    @Test
    void whatComesBackWhileItIsReadIsJudgedByItsDeliveries() {
        publishEach(2);
        Message leased = take();
        log.forgetTail();
        release(leased, 0);
        log.readAtOnce(false);
        MessageFilter deliveredOnce = (entry, indexInEntry, deliveryCount) -> deliveryCount == 1;
        ReceiveProbe waiting = await(deliveredOnce, 10);
        ReceiveProbe other = receive(ReceiveProbe.upTo(1));
        log.completeRead();
        log.readAtOnce(true);
        log.completeReads();
        run();
        release(other.message(0), 0);

        assertThat(other.deliveryCounts()).containsExactly(2);
        assertThat(waiting.isAnswered()).isFalse();
        assertThat(receive(ReceiveProbe.upTo(2)).deliveryCounts()).containsExactly(3, 1);
    }

    @Test
    void manyFiltersReadInTurn() {
        publishEach(600);
        log.forgetTail();
        log.readAtOnce(false);
        int filters = Selecting.READERS_MAX + 5;
        List<ReceiveProbe> waiting = new ArrayList<>();
        for (int i = 0; i < filters; i++) {
            int number = 1590 - i;
            waiting.add(await(new NumberFilter("n" + i, each -> each == number), 1));
        }
        assertThat(log.readCount()).isEqualTo(Selecting.READERS_MAX);

        log.readAtOnce(true);
        log.completeReads();
        run();

        for (int i = 0; i < filters; i++) {
            assertThat(waiting.get(i).numbers()).containsExactly(1590L - i);
        }
    }

    @Test
    void beyondTheBoundAScanBeginsAnew() {
        publish(10);
        NumberFilter first = NumberFilter.nothing();
        select(first, 1);
        for (int i = 0; i < Scans.IDLE_PER_QUEUE_MAX; i++) {
            select(new NumberFilter("other " + i, number -> false), 1);
        }

        NumberFilter again = NumberFilter.nothing();
        select(again, 1);

        assertThat(again.looks).hasSize(10);
        assertThat(select(new NumberFilter("other 9", number -> true), 1).messages())
                .isEmpty();
    }

    @Test
    void manyPrioritiesThatComeBackMakeTheScanBeginAnew() {
        for (int i = 0; i < 200; i++) {
            publish(probe(1).priority(i));
        }
        List<Message> taken = receive(ReceiveProbe.upTo(150)).messages();
        assertThat(select(ODD, 1_000).messages()).hasSize(25);

        taken.forEach(each -> shard.settle(QUEUE, new SettlementProbe().release(each, 0)));
        run();

        assertThat(select(ODD, 1_000).numbers())
                .isEqualTo(
                        taken.stream().map(Message::number).filter(ODD::wants).toList());
    }

    // Faults.

    @Test
    void aFaultOfTheFilterDoesNotMatchAndIsReported() {
        publishEach(3);
        MessageFilter broken = new MessageFilter() {
            @Override
            public boolean matches(ByteBuf entry, int indexInEntry, int deliveryCount) {
                if (PublishProbe.numberIn(entry, indexInEntry) != 1002) {
                    throw new IllegalStateException("no view of it");
                }
                return true;
            }
        };

        assertThat(receive(ReceiveProbe.upTo(10).of(broken)).numbers()).containsExactly(1002L);

        assertThat(host.faults).hasSize(2);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1000L, 1001L);
    }

    @Test
    void whatIsDamagedIsSetAsideByWhoeverSelects() {
        publishEach(3);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        log.forgetTail();

        assertThat(select(EVEN, 10).numbers()).containsExactly(1002L);

        assertThat(host.damaged).containsExactly(0L);
        assertThat(stats().damaged()).isEqualTo(1);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1001L);
    }

    @Test
    void aQueueThatIsDroppedEndsTheScan() {
        publishEach(10);
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe waiting = await(EVEN, 1);

        shard.drop(QUEUE);
        log.completeReads();
        run();

        assertThat(waiting.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
    }

    @Test
    void whoGoesAwayWhileThereIsReadingGetsNothing() {
        publishEach(10);
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe waiting = await(EVEN, 1);

        shard.cancel(waiting);
        log.completeReads();
        log.readAtOnce(true);
        run();

        assertThat(waiting.answers()).isZero();
        assertThat(stats().leased()).isZero();
        assertThat(select(EVEN, 1).deliveryCounts()).containsExactly(1);
    }

    @Test
    void afterARestartWhatWasSelectedUnderDurableLeasesIsStillHeld() {
        publishEach(6);
        List<Message> held = receive(ReceiveProbe.durable(2).of(EVEN)).messages();
        acknowledge(held.get(0));

        restart();

        assertThat(stats().leased()).isEqualTo(1);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1001L, 1003L, 1004L, 1005L);
        acknowledge(held.get(1));
        assertThat(stats().leased()).isEqualTo(4);
    }
}
