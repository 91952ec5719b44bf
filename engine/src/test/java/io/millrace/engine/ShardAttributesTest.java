package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What due time, delay, priority and expiry of a message do. */
class ShardAttributesTest extends ShardFixture {
    private static final long TICK = 10_000_000;

    private void giveUpAll() {
        log.wantTrim(log.syncedPosition());
        run();
        assertThat(log.trimmed()).isEqualTo(log.syncedPosition());
    }

    private List<Long> takeAll() {
        return receive(ReceiveProbe.upTo(1_000)).offsets();
    }

    @Test
    void aMessageWithADateComesAtItsDateAlsoToOneWhoWaits() {
        publish(probe(1).dueMillis(clock.epochMillis() + 5_000));
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 60 * SECOND));
        pass(5 * SECOND - TICK);
        assertThat(waiting.isAnswered()).isFalse();
        assertThat(stats().delayed()).isEqualTo(1);

        pass(2 * TICK);

        assertThat(waiting.offsets()).containsExactly(0L);
    }

    @Test
    void aDateIsReachedWithinASecondWhenTheClockIsSet() {
        publish(probe(1).dueMillis(clock.epochMillis() + 86_400_000));
        publish(probe(1).delayNanos(86_400 * SECOND));
        clock.jumpWall(86_400_000);
        pass(SECOND + TICK);

        assertThat(takeAll()).containsExactly(0L);
    }

    @Test
    void aDelayOutlivesARestartAndDoesNotBecomeLongerWhenTheClockIsSetBack() {
        publish(probe(1).delayNanos(10 * SECOND));
        pass(4 * SECOND);
        publish(1);
        acknowledge(take());
        clock.jumpWall(-86_400_000);
        restart();
        pass(10 * SECOND + TICK);

        assertThat(takeAll()).containsExactly(0L);
    }

    @Test
    void prioritiesAreUnsignedAndTheSmallestIsFirst() {
        publish(1);
        publish(probe(2).priority(-1));
        publish(probe(1).priority(0));
        publish(probe(1).priority(Integer.MAX_VALUE));

        assertThat(takeAll()).containsExactly(3L, 4L, 0L, 1L, 2L);
    }

    @Test
    void whatComesBackHasItsPriorityStill() {
        publish(1);
        publish(probe(1).priority(3));
        publish(probe(1).priority(2));
        Message second = take();
        assertThat(second.offset()).isEqualTo(2);
        release(second, 0);
        release(take(), SECOND);
        Message third = take();
        assertThat(third.offset()).isEqualTo(1);
        release(third, 2 * SECOND);
        publish(probe(1).priority(5));
        giveUpAll();
        restart();
        pass(3 * SECOND);

        assertThat(takeAll()).containsExactly(2L, 1L, 3L, 0L);
    }

    @Test
    void aLeaseSaysItsPriorityToTheNextProcess() {
        publish(1);
        publish(probe(1).priority(7));
        giveUpAll();
        assertThat(receive(ReceiveProbe.durable(1)).offsets()).containsExactly(1L);
        publish(probe(1).priority(8));
        restart();
        pass(ReceiveProbe.LEASE_NANOS + TICK);

        assertThat(takeAll()).containsExactly(1L, 2L, 0L);
    }

    @Test
    void whatIsNotSyncedDoesNotHideWhatIs() {
        publish(1);
        publish(probe(1).priority(5));
        log.syncAtOnce(false);
        PublishProbe urgent = publish(probe(1).priority(1));

        assertThat(receive(ReceiveProbe.upTo(1)).offsets()).containsExactly(1L);
        assertThat(urgent.isStored()).isFalse();
        log.sync();
        assertThat(receive(ReceiveProbe.upTo(9)).offsets()).containsExactly(2L, 0L);
    }

    @Test
    void whatIsDueBeforeItIsSyncedWaitsForThat() {
        log.syncAtOnce(false);
        publish(probe(1).delayNanos(1));
        pass(SECOND);
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();

        log.sync();
        run();

        assertThat(receive(ReceiveProbe.upTo(1)).offsets()).containsExactly(0L);
    }

    @Test
    void whatHasExpiredGoesAlsoWhereNobodyReceives() {
        publish(probe(3).expiryMillis(clock.epochMillis() + 2_000));
        publish(probe(1).expiryMillis(clock.epochMillis() + 2_000).delayNanos(60 * SECOND));
        publish(1);
        pass(2 * SECOND + TICK);

        assertThat(stats().ready()).isEqualTo(1);
        assertThat(stats().delayed()).isZero();
        assertThat(stats().counters().messagesExpired()).isEqualTo(4);
        restart();
        assertThat(takeAll()).containsExactly(4L);
    }

    @Test
    void whatExpiresUnderItsLeaseIsSettledWhenItComesBack() {
        publish(probe(4).expiryMillis(clock.epochMillis() + 2_000));
        ReceiveProbe durable = receive(ReceiveProbe.durable(1));
        Message released = take();
        Message delayed = take();
        Message acknowledged = take();
        pass(2 * SECOND + TICK);
        assertThat(stats().leased()).isEqualTo(4);
        giveUpAll();
        assertThat(acknowledge(acknowledged).done()).containsExactly(true);
        release(released, 0);
        release(delayed, SECOND);
        assertThat(stats().leased()).isEqualTo(1);
        assertThat(stats().ready() + stats().delayed()).isZero();

        restart();
        assertThat(stats().leased()).isEqualTo(durable.messages().size());
        pass(ReceiveProbe.LEASE_NANOS + TICK);

        assertThat(stats().leased() + stats().ready()).isZero();
        assertThat(stats().counters().messagesExpired()).isEqualTo(1);
    }

    @Test
    void whatExpiresOnItsWayIsNotDelivered() {
        publish(probe(2).expiryMillis(clock.epochMillis() + 5_000));
        publish(1);
        log.forgetTail();
        log.readAtOnce(false);
        ReceiveProbe receive = receive(ReceiveProbe.upTo(9));
        clock.advance(6 * SECOND);
        log.completeReads();
        run();

        assertThat(receive.offsets()).containsExactly(2L);
        assertThat(stats().leased()).isEqualTo(1);
    }

    @Test
    void whoFindsOnlyWhatHasExpiredWaitsOn() {
        for (int i = 0; i < 50; i++) {
            publish(probe(1).expiryMillis(clock.epochMillis() + 5_000));
        }
        publish(1);
        // Nothing has run since: only the messages themselves say that their time is over.
        clock.advance(6 * SECOND);
        ReceiveProbe receive = new ReceiveProbe(2, Integer.MAX_VALUE, ReceiveProbe.LEASE_NANOS, SECOND, false);
        shard.receive(QUEUE, receive);
        run();

        assertThat(receive.offsets()).containsExactly(50L);
        assertThat(stats().counters().messagesExpired()).isEqualTo(50);
    }

    @Test
    void manyQueuesWithOneDelayedMessageEachShareAFewFiles() {
        restartWith(new EngineLimits(64L << 20, 1_000, EngineLimits.DEFAULT.compactionBytesMax(), 256));
        for (long each = 1_000; each < 5_000; each++) {
            host.defined.add(each);
            PublishProbe publish = probe(1).delayNanos((each - 900) * SECOND);
            shard.publish(each, publish);
        }
        run();
        giveUpAll();
        assertThat(shard.indexes().described()).hasSizeBetween(1, 20);

        restart();
        pass(2_000 * SECOND);

        for (long each = 1_000; each < 5_000; each += 100) {
            int due = each < 2_900 ? 1 : 0;
            assertThat(shard.stats(each).ready()).as("queue %d", each).isEqualTo(due);
        }
    }

    @Test
    void theFrontOfAnIndexOnDiskIsWaitedFor() {
        restartWith(new EngineLimits(64L << 20, 1_000, EngineLimits.DEFAULT.compactionBytesMax(), 4));
        for (int i = 0; i < 40; i++) {
            publish(probe(1).priority(40 - i));
        }
        giveUpAll();
        restart();
        log.readAtOnce(false);
        ReceiveProbe receive = receive(ReceiveProbe.upTo(3));
        assertThat(receive.isAnswered()).isFalse();

        for (int i = 0; i < 5; i++) {
            log.completeReads();
            run();
        }

        assertThat(receive.offsets()).startsWith(39L);
        log.readAtOnce(true);
        List<Long> rest = new ArrayList<>(takeAll());
        while (stats().ready() > 0) {
            rest.addAll(takeAll());
        }
        assertThat(rest).hasSize(40 - receive.offsets().size()).isSortedAccordingTo((a, b) -> Long.compare(b, a));
    }

    @Test
    void theRunsOfAQueueThatWasDroppedAreDeleted() {
        restartWith(new EngineLimits(64L << 20, 1_000, EngineLimits.DEFAULT.compactionBytesMax(), 4));
        for (int i = 0; i < 40; i++) {
            publish(probe(1).priority(i));
        }
        giveUpAll();
        assertThat(shard.indexes().described()).isNotEmpty();
        List<Long> named = shard.indexes().described();
        host.defined.remove(QUEUE);
        shard.drop(QUEUE);
        publish(OTHER, 1, MESSAGE_BYTES);
        giveUpAll();

        assertThat(shard.indexes().described()).isEmpty();
        assertThat(log.segments().all()).doesNotContainKeys(named.toArray(Long[]::new));
        restart();
    }

    @Test
    void damageOfAnIndexLosesNoMessage() {
        restartWith(new EngineLimits(64L << 20, 1_000, EngineLimits.DEFAULT.compactionBytesMax(), 4));
        for (int i = 0; i < 30; i++) {
            publish(probe(1).priority(100 - i));
            publish(probe(1).dueMillis(clock.epochMillis() + 5_000 + i));
        }
        giveUpAll();
        // The second block of a run has its first records.
        for (long each : shard.indexes().described()) {
            log.segments().all().get(each)[4096 + 20] ^= 1;
        }
        restart();
        pass(7 * SECOND);

        List<Long> taken = new ArrayList<>();
        while (stats().ready() + stats().delayed() > 0) {
            taken.addAll(takeAll());
            pass(SECOND);
        }
        assertThat(taken).hasSize(60).doesNotHaveDuplicates();
        assertThat(host.indexDamages).isNotEmpty();
        assertThat(host.damaged).isEmpty();
    }

    @Test
    void nothingIsDeliveredInTheMiddleOfAPurge() {
        restartWith(new EngineLimits(64L << 20, 1_000, EngineLimits.DEFAULT.compactionBytesMax(), 4));
        publish(1);
        publish(probe(12).priority(-1));
        publish(1);
        assertThat(receive(ReceiveProbe.durable(2)).offsets()).containsExactly(0L, 13L);
        giveUpAll();
        restart();
        log.readAtOnce(false);
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, 20 * SECOND));
        assertThat(log.waitingReads()).as("reads of priorities").isEqualTo(1);
        publish(1);

        // It settles what lies before the leased ones, all that has a priority, and then what is behind them.
        purge();

        assertThat(waiting.isAnswered()).isFalse();
        assertThat(stats().leased()).isEqualTo(2);
        assertThat(stats().ready()).isZero();
        log.readAtOnce(true);
        log.completeReads();
        run();
    }
}
