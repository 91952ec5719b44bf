package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.record.RecordFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Transactions in one shard: one change of its log, after which all of it holds, and before which nothing does. */
class ShardTransactionTest extends ShardFixture {
    @Test
    void nothingIsSeenBeforeAllOfItIsSynced() {
        log.syncAtOnce(false);
        TransactionProbe transaction =
                run(transaction().publish(shard, QUEUE, probe(2)).publish(shard, OTHER, probe(1)));

        log.syncBelow(commitPosition());
        run();
        assertThat(transaction.answers()).isZero();
        assertThat(receive(ReceiveProbe.upTo(10)).messages()).isEmpty();
        assertThat(receive(OTHER, ReceiveProbe.upTo(10)).messages()).isEmpty();

        log.sync();
        run();
        assertThat(transaction.isCommitted()).isTrue();
        log.syncAtOnce(true);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1000L, 1001L);
        assertThat(receive(OTHER, ReceiveProbe.upTo(10)).numbers()).containsExactly(1002L);
    }

    @Test
    void whatWasNotSyncedToItsEndNeverWas() {
        publish(1);
        Message source = durable();
        log.syncAtOnce(false);
        TransactionProbe cut =
                run(transaction().acknowledge(shard, QUEUE, source).publish(shard, OTHER, probe(3)));
        log.syncBelow(commitPosition());

        restart();
        assertThat(cut.answers()).isZero();
        assertThat(receive(OTHER, ReceiveProbe.upTo(10)).messages()).isEmpty();
        assertThat(stats().leased()).isEqualTo(1);

        // Its offsets are not given out twice, and what is published behind it stays whatever happens.
        assertThat(publish(OTHER, 1, MESSAGE_BYTES).storedOffset()).isEqualTo(3);
        restart();
        assertThat(receive(OTHER, ReceiveProbe.upTo(10)).offsets()).containsExactly(3L);
        assertThat(acknowledge(source).done()).containsExactly(true);
    }

    @Test
    void anAcknowledgementAndItsFollowUpsAreOneChange() {
        publish(1);
        Message source = durable();

        TransactionProbe transaction =
                run(transaction().acknowledge(shard, QUEUE, source).publish(shard, OTHER, probe(2)));

        assertThat(transaction.isCommitted()).isTrue();
        for (int life = 0; life < 2; life++) {
            assertThat(stats().leased() + stats().ready()).isZero();
            assertThat(shard.stats(OTHER).ready()).isEqualTo(2);
            restart();
        }
        assertThat(log.positionsOf(RecordFormat.COMMIT)).hasSize(1);
    }

    @Test
    void whereALeaseHasEndedNothingIsDone() {
        publish(2);
        Message ended = take();
        Message held = take();
        acknowledge(ended);

        TransactionProbe transaction = run(transaction()
                .publish(shard, OTHER, probe(1))
                .acknowledge(shard, QUEUE, held)
                .acknowledge(shard, QUEUE, ended));

        assertThat(transaction.refusal()).isEqualTo(Refusal.LEASE_ENDED);
        assertThat(transaction.publishes().get(0).refusal()).isEqualTo(Refusal.LEASE_ENDED);
        assertThat(stats().leased()).isEqualTo(1);
        assertThat(shard.stats(OTHER).nextOffset()).isZero();
        assertThat(acknowledge(held).done()).containsExactly(true);
    }

    @Test
    void aLeaseWhoseTimeIsOverHasEndedThoughNobodyHasNoticed() {
        publish(1);
        Message message = take();
        clock.advance(ReceiveProbe.LEASE_NANOS);

        assertThat(run(transaction().acknowledge(shard, QUEUE, message)).refusal())
                .isEqualTo(Refusal.LEASE_ENDED);
    }

    @Test
    void aLeaseThatIsNamedTwiceIsEndedOnce() {
        publish(1);
        Message message = take();

        TransactionProbe transaction =
                run(transaction().acknowledge(shard, QUEUE, message).acknowledge(shard, QUEUE, message));

        assertThat(transaction.isCommitted()).isTrue();
        assertThat(stats().leased() + stats().ready()).isZero();
        assertThat(stats().counters().acknowledged()).isEqualTo(1);
    }

    @Test
    void whereOneQueueIsNotThereNothingIsDone() {
        TransactionProbe transaction =
                run(transaction().publish(shard, QUEUE, probe(1)).publish(shard, 99, probe(1)));

        assertThat(transaction.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(transaction.answers()).isEqualTo(1);
        assertThat(stats().nextOffset()).isZero();
    }

    @Test
    void whereSpaceIsShortAcknowledgementsGoOn() {
        publish(2);
        Message first = take();
        Message second = take();
        log.space(false);

        assertThat(run(transaction().acknowledge(shard, QUEUE, first).publish(shard, OTHER, probe(1)))
                        .refusal())
                .isEqualTo(Refusal.OUT_OF_SPACE);
        assertThat(run(transaction().acknowledge(shard, QUEUE, second)).isCommitted())
                .isTrue();
        assertThat(stats().leased()).isEqualTo(1);
    }

    @Test
    void whatIsKnownIsToldToBeADuplicateAndTheRestIsStored() {
        PublishProbe known = publish(probe(1).key(5, 100 * SECOND));
        PublishProbe again = probe(1).key(5, 100 * SECOND);
        PublishProbe fresh = probe(1).key(6, 100 * SECOND);
        PublishProbe twice = probe(1).key(6, 100 * SECOND);
        PublishProbe elsewhere = probe(1).key(6, 100 * SECOND);

        TransactionProbe transaction = run(transaction()
                .publish(shard, QUEUE, again)
                .publish(shard, QUEUE, fresh)
                .publish(shard, QUEUE, twice)
                .publish(shard, OTHER, elsewhere));

        assertThat(transaction.isCommitted()).isTrue();
        assertThat(again.isDuplicate()).isTrue();
        assertThat(again.storedOffset()).isEqualTo(known.storedOffset());
        assertThat(fresh.isDuplicate()).isFalse();
        assertThat(twice.isDuplicate()).isTrue();
        assertThat(twice.storedOffset()).isEqualTo(fresh.storedOffset());
        assertThat(elsewhere.isDuplicate()).isFalse();
        assertThat(stats().ready()).isEqualTo(2);
        restart();
        assertThat(publish(probe(1).key(6, 100 * SECOND)).isDuplicate()).isTrue();
    }

    @Test
    void whatMessagesSayOfTheirDeliveryHolds() {
        long nowMillis = clock.epochMillis();
        run(transaction()
                .publish(shard, QUEUE, probe(1).priority(7))
                .publish(shard, QUEUE, probe(1).priority(3))
                .publish(shard, QUEUE, probe(1).delayNanos(10 * SECOND))
                .publish(shard, QUEUE, probe(1).expiryMillis(nowMillis + 5_000))
                .publish(shard, QUEUE, probe(1).group(1))
                .publish(shard, QUEUE, probe(1).group(1)));
        restart();
        assertThat(stats().delayed()).isEqualTo(1);

        pass(6 * SECOND);
        List<Long> first = receive(ReceiveProbe.upTo(10)).numbers();
        assertThat(first).containsExactlyInAnyOrder(1001L, 1000L, 1004L);
        assertThat(first.indexOf(1001L)).isLessThan(first.indexOf(1000L));
        assertThat(stats().counters().messagesExpired()).isEqualTo(1);
        pass(5 * SECOND);
        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1002L);
    }

    @Test
    void whereDamageMayHaveTakenTheEndOfItWhatIsThereCounts() {
        run(transaction().publish(shard, QUEUE, probe(2)).publish(shard, OTHER, probe(1)));
        long commit = commitPosition();

        restartWith(position -> position != commit);

        assertThat(receive(ReceiveProbe.upTo(10)).numbers()).containsExactly(1000L, 1001L);
        assertThat(receive(OTHER, ReceiveProbe.upTo(10)).numbers()).containsExactly(1002L);
    }

    @Test
    void itsBeginningMayBeGivenUpBeforeItsEnd() {
        publish(1);
        Message source = durable();
        run(transaction().acknowledge(shard, QUEUE, source).publish(shard, OTHER, probe(2)));
        log.wantTrim(commitPosition());
        run();
        assertThat(log.trimmed()).isEqualTo(commitPosition());

        restart();

        assertThat(receive(OTHER, ReceiveProbe.upTo(10)).numbers()).containsExactly(1001L, 1002L);
        assertThat(stats().leased() + stats().ready()).isZero();
    }

    @Test
    void itWaitsBehindWhatWaits() {
        log.behind(true);
        PublishProbe before = publish(1, false);
        TransactionProbe transaction = run(transaction().publish(shard, QUEUE, probe(1)));
        PublishProbe behind = publish(1, false);
        assertThat(transaction.answers()).isZero();

        log.behind(false);
        run();

        assertThat(List.of(before, transaction.publishes().get(0), behind))
                .extracting(PublishProbe::storedOffset)
                .containsExactly(0L, 1L, 2L);
    }

    @Test
    void whoWaitsHearsOfTheEnd() {
        log.behind(true);
        TransactionProbe transaction = run(transaction().publish(shard, QUEUE, probe(1)));

        shard.close();
        run();

        assertThat(transaction.refusal()).isEqualTo(Refusal.CLOSING);
        assertThat(transaction.publishes().get(0).refusal()).isEqualTo(Refusal.CLOSING);
    }

    private PublishProbe publish(int count, boolean answered) {
        PublishProbe publish = publish(count);
        assertThat(publish.answers() > 0).isEqualTo(answered);
        return publish;
    }

    private Message durable() {
        return receive(ReceiveProbe.durable(1)).message(0);
    }

    private static TransactionProbe transaction() {
        return new TransactionProbe();
    }

    private TransactionProbe run(TransactionProbe transaction) {
        transaction.run();
        run();
        return transaction;
    }

    private long commitPosition() {
        return log.positionsOf(RecordFormat.COMMIT).get(0);
    }
}
