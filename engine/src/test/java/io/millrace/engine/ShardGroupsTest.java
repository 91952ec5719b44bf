package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.record.RecordFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a group one message at a time is delivered, in order, whatever becomes of those before; groups take turns. */
class ShardGroupsTest extends ShardFixture {
    /** So many groups stand in the line of those whose turn comes. */
    private static final int LINE_MAX = 8_192;
    /** The head of a group and what is known behind it. */
    private static final int KNOWN_MAX = 9;

    private static final int FEW_RECORDS = 4;

    private void fewRecordsInMemory() {
        recordsInMemory(FEW_RECORDS);
    }

    private void recordsInMemory(int records) {
        restartWith(new EngineLimits(64L << 20, 10_000, EngineLimits.DEFAULT.compactionBytesMax(), records));
    }

    private void giveUpAll() {
        log.wantTrim(log.syncedPosition());
        run();
        assertThat(log.trimmed()).isEqualTo(log.syncedPosition());
    }

    private void publishTo(long... groups) {
        for (long each : groups) {
            publish(probe(1).group(each));
        }
    }

    private List<Message> takeAll() {
        return receive(ReceiveProbe.upTo(10_000)).messages();
    }

    private static List<Long> offsets(List<Message> messages) {
        return messages.stream().map(Message::offset).toList();
    }

    @Test
    void oneMessageOfAGroupIsDeliveredAtATime() {
        publishTo(1, 1, 2, 1, 2);

        List<Message> first = takeAll();
        assertThat(offsets(first)).containsExactly(0L, 2L);
        assertThat(takeAll()).isEmpty();

        acknowledge(first.get(0));
        List<Message> second = takeAll();
        assertThat(offsets(second)).containsExactly(1L);
        acknowledge(first.get(1), second.get(0));
        List<Message> third = takeAll();
        assertThat(offsets(third)).containsExactlyInAnyOrder(3L, 4L);
        acknowledge(third);
        assertThat(stats().ready()).isZero();
    }

    @Test
    void whoWaitsGetsTheNextOfAGroupWhenTheOneBeforeIsSettled() {
        publishTo(1, 1);
        Message first = take();
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        assertThat(waiting.isAnswered()).isFalse();

        acknowledge(first);

        assertThat(waiting.offsets()).containsExactly(1L);
    }

    @Test
    void theMessagesOfOneEntryAreOneGroup() {
        publish(probe(3).group(1));

        for (long offset = 0; offset < 3; offset++) {
            Message next = take();
            assertThat(next.offset()).isEqualTo(offset);
            assertThat(takeAll()).isEmpty();
            acknowledge(next);
        }
    }

    @Test
    void aMessageThatIsReleasedComesBeforeThoseBehindIt() {
        publishTo(1, 1);
        release(take(), 0);

        Message again = take();

        assertThat(again.offset()).isZero();
        assertThat(again.deliveryCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageThatIsReleasedWithADelayKeepsItsGroupBack(boolean restarts) {
        publishTo(1, 1, 2);
        Message first = take();
        release(first, 10 * SECOND);
        if (restarts) {
            giveUpAll();
            restart();
        }
        assertThat(offsets(takeAll())).containsExactly(2L);
        publishTo(1);
        assertThat(takeAll()).isEmpty();

        pass(11 * SECOND);

        assertThat(offsets(takeAll())).containsExactly(0L);
    }

    @Test
    void aLeaseThatRunsOutGivesTheSameMessageAgain() {
        publishTo(1, 1);
        take();
        pass(ReceiveProbe.LEASE_NANOS + SECOND);

        assertThat(offsets(takeAll())).containsExactly(0L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLeaseOutlivesARestartAndKeepsItsGroupBack(boolean hasSnapshot) {
        publishTo(1, 1, 2);
        receive(new ReceiveProbe(1, 1_000, ReceiveProbe.LEASE_NANOS, 0, false));
        if (hasSnapshot) {
            giveUpAll();
        }
        restart();
        assertThat(stats().leased()).isEqualTo(1);
        assertThat(offsets(takeAll())).containsExactly(2L);

        pass(ReceiveProbe.LEASE_NANOS + SECOND);

        assertThat(offsets(takeAll())).containsExactlyInAnyOrder(0L, 2L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no restart", "a restart", "a restart from a snapshot"})
    void aMessageThatWasNotDueHasItsPlaceOnceItIs(String meanwhile) {
        publish(probe(1).group(1).delayNanos(10 * SECOND));
        publishTo(1, 1);
        Message second = take();
        assertThat(second.offset()).as("one that is not due holds nobody back").isEqualTo(1);
        pass(11 * SECOND);
        if (meanwhile.endsWith("snapshot")) {
            giveUpAll();
        }
        if (!meanwhile.equals("no restart")) {
            restart();
        }
        assertThat(takeAll()).as("one at a time").isEmpty();
        acknowledge(second);

        Message next = take();
        assertThat(next.offset()).isZero();
        acknowledge(next);
        assertThat(take().offset()).isEqualTo(2);
    }

    @Test
    void oneThatComesDueIsBeforeThoseThatWereFoundAlready() {
        publish(probe(1).group(1).delayNanos(10 * SECOND));
        publishTo(1, 2, 2);
        Message other = take();
        // The first of group 1 was found, and group 2 is served before it.
        assertThat(other.offset()).isEqualTo(1);
        release(other, 0);
        pass(11 * SECOND);

        assertThat(offsets(takeAll())).containsExactlyInAnyOrder(0L, 2L);
    }

    @Test
    void oneThatComesDueIsBeforeThoseThatComeWhileItsGroupIsRead() {
        publish(probe(1).group(1).delayNanos(10 * SECOND));
        publishTo(2);
        acknowledge(take());
        log.forgetTail();
        log.readAtOnce(false);
        pass(11 * SECOND);
        assertThat(log.waitingReads()).as("reads for the group").isEqualTo(1);
        publishTo(1);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(receive.offsets()).containsExactly(0L);
    }

    @Test
    void whoeverWasKeptBackIsBeforeThoseThatComeWhenNobodyKeepsThemBack() {
        fewRecordsInMemory();
        publishTo(1, 1, 1, 2, 2, 2);
        giveUpAll();
        restart();
        Message first = takeAll().get(0);
        assertThat(first.offset()).isZero();
        log.readAtOnce(false);
        release(first, 60 * SECOND);
        log.syncAtOnce(false);
        publishTo(1);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        // The group is looked up: it has nothing to deliver. In the turn after that the receive would be told.
        log.completeReads();
        shard.discard(QUEUE, 0, new PurgeProbe());
        log.sync();
        log.syncAtOnce(true);
        log.readAtOnce(true);
        run();

        assertThat(receive.offsets()).containsExactly(1L);
    }

    @Test
    void aMessageOfAnotherGroupIsNotTakenForTheFirstOfOneWithManyThatAreSettled() {
        fewRecordsInMemory();
        publishTo(9);
        release(take(), 600 * SECOND);
        for (int i = 0; i < 100; i++) {
            publishTo(1);
        }
        for (int i = 0; i < 100; i++) {
            acknowledge(take());
        }
        publishTo(3, 3);
        take();
        publishTo(1);

        assertThat(offsets(takeAll())).containsExactly(103L);
    }

    @Test
    void anExpiredMessageKeepsNobodyBack() {
        publish(probe(1).group(1).expiryMillis(clock.epochMillis() + 5_000));
        publishTo(1);
        release(take(), 60 * SECOND);
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 30 * SECOND));

        pass(7 * SECOND);

        assertThat(waiting.offsets()).containsExactly(1L);
    }

    @Test
    void aDiscardedMessageKeepsNobodyBack() {
        publishTo(1, 1, 1);
        release(take(), 60 * SECOND);
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 30 * SECOND));
        discard(QUEUE, 1);
        discard(QUEUE, 0);

        assertThat(waiting.offsets()).containsExactly(2L);
    }

    @Test
    void aDamagedMessageIsPassedOverAndReported() {
        publishTo(1, 1, 2);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        log.forgetTail();

        assertThat(offsets(takeAll())).containsExactly(2L);
        assertThat(host.damaged).containsExactly(0L);
        assertThat(offsets(takeAll())).containsExactly(1L);
        assertThat(stats().damaged()).isEqualTo(1);
    }

    @Test
    void afterAPurgeNothingIsLeftButWhatIsLeased() {
        publishTo(1, 1, 1, 2, 2);
        Message held = take();
        purge();
        assertThat(takeAll()).isEmpty();
        publishTo(1, 2);
        assertThat(offsets(takeAll())).containsExactly(6L);

        acknowledge(held);

        assertThat(offsets(takeAll())).containsExactly(5L);
    }

    @Test
    void groupsAndOtherMessagesTakeTurns() {
        publishTo(1, 2, 3, 4);
        publish(4);

        assertThat(receive(ReceiveProbe.upTo(4)).offsets()).containsExactlyInAnyOrder(0L, 1L, 4L, 5L);
    }

    /** The index of groups, in which they are found again, knows no such order. */
    @Test
    void afterARestartTheGroupComesFirstThatHasTheOldestMessage() {
        for (long group = 20; group > 0; group--) {
            publishTo(group);
        }
        restart();

        for (long offset = 0; offset < 20; offset++) {
            assertThat(take().offset()).isEqualTo(offset);
        }
    }

    @Test
    void noGroupWaitsForLongBecauseAnotherHasMany() {
        fewRecordsInMemory();
        for (int i = 0; i < 40; i++) {
            publish(probe(50).group(1));
        }
        for (long group = 2; group < 12; group++) {
            publish(probe(3).group(group));
        }
        Map<Long, Integer> turns = new HashMap<>();
        for (int i = 0; i < 33; i++) {
            Message next = take();
            turns.merge(next.offset() < 2_000 ? 1 : 2 + (next.offset() - 2_000) / 3, 1, Integer::sum);
            acknowledge(next);
        }
        assertThat(turns).hasSize(11).allSatisfy((group, count) -> assertThat(count)
                .as("turns of group %d", group)
                .isBetween(2, 4));
    }

    @Test
    void moreGroupsThanStandInTheLineAreAllServed() {
        int groups = LINE_MAX + 1_000;
        recordsInMemory(1_000);
        Message first = null;
        for (long group = 1; group <= groups; group++) {
            publish(probe(2).group(group));
            first = first == null ? take() : first;
        }
        acknowledge(first);
        for (int round = 0; round < 2; round++) {
            List<Message> taken = new ArrayList<>();
            for (List<Message> more = takeAll(); !more.isEmpty(); more = takeAll()) {
                taken.addAll(more);
            }
            assertThat(taken).extracting(Message::number).doesNotHaveDuplicates();
            acknowledge(taken);
        }
        assertThat(stats().ready()).isZero();
        assertThat(shard.queues()
                        .get(QUEUE)
                        .subscription()
                        .indexes()
                        .get(0)
                        .ordered()
                        .runs())
                .as("runs of an index of nothing")
                .isZero();
    }

    @Test
    void whoeverWaitsIsLookedForInManyGroupsWithPauses() {
        recordsInMemory(10_000);
        for (long group = 1; group <= 5_000; group++) {
            publish(probe(1).group(group).delayNanos(600 * SECOND));
        }
        publishTo(5_000);
        ReceiveProbe receive = ReceiveProbe.upTo(1);
        shard.receive(QUEUE, receive);
        assertThat(stats().leased()).as("in the same turn").isZero();
        run();

        assertThat(receive.offsets()).containsExactly(5_000L);
    }

    @Test
    void manyMessagesOfOneGroupThatAreNotDueAreNotLookedThrough() {
        recordsInMemory(10_000);
        publish(probe(5_000).group(1).delayNanos(600 * SECOND));
        publishTo(1);
        ReceiveProbe receive = ReceiveProbe.upTo(1);
        shard.receive(QUEUE, receive);
        assertThat(stats().leased()).as("in the same turn").isEqualTo(1);
        run();

        assertThat(receive.offsets()).containsExactly(5_000L);
    }

    @Test
    void anIndexThatIsWrittenAnewWhileItsQueueRestsIsThereAfterARestart() {
        fewRecordsInMemory();
        for (long group = 1; group <= 12; group++) {
            publishTo(group);
        }
        giveUpAll();
        shard.queues().get(QUEUE).subscription().indexes().get(0).ordered().compact();
        run();
        publish(OTHER, 1, MESSAGE_BYTES);
        giveUpAll();
        restart();

        assertThat(takeAll()).hasSize(12);
    }

    @Test
    void damageOfTheIndexChangesNoOrder() {
        fewRecordsInMemory();
        for (int i = 0; i < 600; i++) {
            publishTo(1 + i % 3);
        }
        giveUpAll();
        // The second block of a run has its first records.
        for (long each : shard.indexes().described()) {
            log.segments().all().get(each)[4096 + 20] ^= 1;
        }
        restart();
        List<Long> expected = new ArrayList<>(List.of(0L, 1L, 2L));
        for (int i = 0; i < 600; i++) {
            Message next = take();
            long group = next.offset() % 3;
            assertThat(next.offset()).isEqualTo(expected.get((int) group));
            expected.set((int) group, next.offset() + 3);
            acknowledge(next);
        }
        assertThat(host.indexDamages).isNotEmpty();
        assertThat(host.damaged).isEmpty();
    }

    @Test
    void aReadOfTheIndexThatFailsIsTriedAgain() {
        fewRecordsInMemory();
        for (int i = 0; i < 100; i++) {
            publishTo(1 + i % 7);
        }
        giveUpAll();
        restart();
        log.failReads(true);
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        assertThat(waiting.isAnswered()).isFalse();
        assertThat(host.checkpointFailures).isNotEmpty();
        log.failReads(false);

        pass(2 * SECOND);

        assertThat(waiting.messages()).hasSize(1);
    }

    @Test
    void aMessageThatComesWhenAllOfItsGroupThatWasLookedAtIsSettledIsDelivered() {
        fewRecordsInMemory();
        publishTo(9, 9);
        take();
        for (int i = 0; i <= 100; i++) {
            publishTo(1);
        }
        giveUpAll();
        for (int i = 0; i < 100; i++) {
            acknowledge(take());
        }
        Message last = take();
        restart();
        assertThat(takeAll()).isEmpty();
        acknowledge(last);
        log.readAtOnce(false);
        log.syncAtOnce(false);
        publishTo(1);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 20 * SECOND));
        // The look-up stops where nothing that waits is left ahead of it.
        log.completeReads();
        log.sync();
        log.syncAtOnce(true);
        log.readAtOnce(true);
        run();

        assertThat(receive.offsets()).containsExactly(103L);
    }

    /** Publishes to a group, and takes the last of its messages behind which the index has to be asked for the next. */
    private Message takeLastKnown() {
        for (int i = 0; i < 2 * KNOWN_MAX; i++) {
            publishTo(1);
        }
        for (int i = 1; i < KNOWN_MAX; i++) {
            acknowledge(take());
        }
        return take();
    }

    @Test
    void whatComesNextInAGroupIsKnownForAWhile() {
        fewRecordsInMemory();
        Message last = takeLastKnown();
        publishTo(1);
        log.readAtOnce(false);
        acknowledge(last);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        log.readAtOnce(true);
        log.completeReads();
        run();
        log.readAtOnce(false);
        acknowledge(receive.message(0));
        for (long offset = KNOWN_MAX + 1; offset < 2 * KNOWN_MAX; offset++) {
            Message next = take();
            assertThat(next.offset()).as("without a read").isEqualTo(offset);
            acknowledge(next);
        }
        log.readAtOnce(true);

        assertThat(take().offset()).as("what came behind all that was known").isEqualTo(2L * KNOWN_MAX);
    }

    @Test
    void aGroupOfWhichAllIsKnownIsNotLookedUp() {
        fewRecordsInMemory();
        publishTo(1, 1, 2);
        Message first = take();
        log.readAtOnce(false);
        publishTo(1);
        acknowledge(first);
        for (int left = 3; left > 0; left--) {
            acknowledge(take());
        }
        assertThat(stats().ready()).isZero();
        assertThat(log.waitingReads()).as("reads of the index").isZero();
        log.readAtOnce(true);
    }

    @Test
    void oneThatComesDueWhileItsGroupIsLookedUpIsFirst() {
        fewRecordsInMemory();
        publish(probe(1).group(1).delayNanos(10 * SECOND));
        Message first = takeLastKnown();
        log.readAtOnce(false);
        acknowledge(first);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        assertThat(log.waitingReads()).as("reads for the group").isEqualTo(1);
        pass(11 * SECOND);
        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(receive.offsets()).containsExactly(0L);
    }

    @Test
    void oneThatComesDueBehindAPassIsBeforeWhatThePassFinds() {
        fewRecordsInMemory();
        publish(probe(70).group(1).delayNanos(10 * SECOND));
        publishTo(1);
        publish(probe(8).group(1).delayNanos(600 * SECOND));
        giveUpAll();
        restart();
        log.readAtOnce(false);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        // So many of no interest that the pass begins anew behind them.
        log.completeReads();
        run();
        assertThat(log.waitingReads()).as("reads for the rest of the group").isEqualTo(1);
        pass(11 * SECOND);
        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(receive.offsets()).containsExactly(0L);
    }

    /** Purges the queue, and has it looked at again though what it was looked through for is still being read. */
    private void purgeDuringReads() {
        log.failJobs(true);
        publishTo(1, 1, 1, 1);
        log.failJobs(false);
        purge();
        assertThat(log.waitingReads()).as("reads of what is gone").isEqualTo(1);
        pass(2 * SECOND);
    }

    @Test
    void aLookUpForAGroupThatIsGoneSaysNothingOfAnother() {
        fewRecordsInMemory();
        Message first = takeLastKnown();
        log.readAtOnce(false);
        acknowledge(first);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        purgeDuringReads();
        publishTo(2, 2);
        assertThat(receive.offsets()).containsExactly(2L * KNOWN_MAX + 4);
        log.readAtOnce(true);
        log.completeReads();
        acknowledge(receive.message(0));

        assertThat(take().offset()).isEqualTo(2L * KNOWN_MAX + 5);
    }

    @Test
    void aPassThatWasGivenUpDoesNotEndTheNextOne() {
        fewRecordsInMemory();
        publishTo(1, 1, 1, 1, 1, 1);
        giveUpAll();
        restart();
        log.readAtOnce(false);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        purgeDuringReads();
        publish(probe(6).group(2));
        assertThat(log.waitingReads()).as("reads of both").isEqualTo(2);
        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(receive.offsets()).containsExactly(10L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasReadForAGroupThatIsGoneMayFail(boolean restarts) {
        fewRecordsInMemory();
        if (restarts) {
            publishTo(1, 1, 1, 1, 1, 1);
            giveUpAll();
            restart();
            log.readAtOnce(false);
        } else {
            Message first = takeLastKnown();
            log.readAtOnce(false);
            acknowledge(first);
        }
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        assertThat(log.waitingReads()).isEqualTo(1);
        purge();
        log.failReads(true);
        log.readAtOnce(true);
        log.completeReads();
        log.failReads(false);
        publishTo(2);

        assertThat(receive.offsets()).containsExactly(restarts ? 6L : 2L * KNOWN_MAX);
    }

    @Test
    void aDamagedMessageKeepsNobodyBackOnceItIsDue() {
        publishTo(1, 1);
        release(take(), 10 * SECOND);
        assertThat(takeAll()).isEmpty();
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        log.forgetTail();
        pass(11 * SECOND);

        assertThat(offsets(takeAll())).containsExactly(1L);
        assertThat(host.damaged).containsExactly(0L);
    }

    @Test
    void aDamagedMessageStaysSoAfterARestart() {
        publishTo(1, 1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        log.forgetTail();
        Message second = take();
        assertThat(second.offset()).isEqualTo(1);
        assertThat(host.damaged).containsExactly(0L);
        acknowledge(second);
        giveUpAll();
        restart();

        assertThat(takeAll()).isEmpty();
        assertThat(host.damaged).as("it is not tried again").containsExactly(0L);
    }

    @Test
    void aMessageThatIsDiscardedBeforeItIsReadableIsNotDelivered() {
        publishTo(2);
        take();
        log.syncAtOnce(false);
        publishTo(1);
        PurgeProbe discard = discard(QUEUE, 1);
        log.sync();
        log.syncAtOnce(true);
        run();
        assertThat(discard.refusal()).isNull();

        assertThat(takeAll()).isEmpty();
    }

    @Test
    void whatWasFoundBeforeARepairIsLookedUpAgain() {
        fewRecordsInMemory();
        publishTo(1, 1, 1, 1);
        publishTo(1, 1, 1, 1);
        giveUpAll();
        log.segments().all().get(shard.indexes().described().iterator().next())[4096 + 20] ^= 1;
        restart();

        assertThat(take().offset()).isZero();
        assertThat(host.indexDamages).isNotEmpty();
    }

    @Test
    void aMessageThatARepairFindsDamagedKeepsNobodyBack() {
        fewRecordsInMemory();
        publishTo(1, 1, 1, 1);
        publishTo(1, 1, 1, 1);
        release(take(), 60 * SECOND);
        log.mayStay(true);
        giveUpAll();
        log.segments().all().get(shard.indexes().described().iterator().next())[4096 + 20] ^= 1;
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(0));
        restart();

        assertThat(take().offset()).isEqualTo(1);
        assertThat(host.damaged).containsExactly(0L);
    }

    @Test
    void aLookUpThatFailsIsTriedAgain() {
        fewRecordsInMemory();
        Message first = takeLastKnown();
        log.failReads(true);
        acknowledge(first);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        assertThat(host.checkpointFailures).isNotEmpty();
        log.failReads(false);

        pass(2 * SECOND);

        assertThat(receive.offsets()).containsExactly((long) KNOWN_MAX);
    }
}
