package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.KeepPolicy;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What transactions publish to a log, and acknowledge for one of its subscriptions. */
class SubscriptionTransactionTest extends ShardsFixture {
    private static final int LAST = SHARDS - 1;
    private static final long LOG = queue(0);
    /** Subscriptions of it; shard 0 has them. */
    private static final long FIRST = 40;

    private static final long LATER = 50;

    @BeforeEach
    void haveALogWithASubscription() {
        host.policies.put(LOG, KeepPolicy.retained(KeepPolicy.UNLIMITED, KeepPolicy.UNLIMITED));
        subscribe(FIRST, SeekProbe.earliest());
    }

    private SeekProbe subscribe(long logId, SeekProbe seek) {
        shards.get(0).subscriptions().subscribe(logId, LOG, seek);
        run();
        return seek;
    }

    private SeekProbe seek(SeekProbe seek) {
        shards.get(0).subscriptions().seek(FIRST, seek);
        run();
        return seek;
    }

    /** One that is prepared in shard 0, and waits for its coordinator to be synced. */
    private TransactionProbe undecided(PublishProbe publish) {
        syncAtOnce(false);
        TransactionProbe transaction =
                transaction().publish(shards.get(0), LOG, publish).publish(shards.get(LAST), queue(LAST), probe());
        run(transaction);
        sync(0);
        logs.get(0).syncAtOnce(true);
        return transaction;
    }

    private List<Long> receive(long logId) {
        return receive(logId, ReceiveProbe.upTo(9)).numbers();
    }

    @Test
    void nobodyGetsWhatIsNotDecided() {
        TransactionProbe transaction = undecided(probe());
        publish(LOG, probe());
        long position = subscribe(LATER, SeekProbe.latest()).position();

        assertThat(receive(FIRST)).containsExactly(1002L);
        assertThat(position).isZero();
        assertThat(receive(LATER)).containsExactly(1002L);

        sync(LAST);

        assertThat(transaction.isCommitted()).isTrue();
        assertThat(receive(FIRST)).containsExactly(1000L);
        assertThat(receive(LATER)).containsExactly(1000L);
        restart();
        assertThat(receive(FIRST)).containsExactly(1000L, 1002L);
    }

    @Test
    void whatIsDecidedAfterARestartReachesThem() {
        undecided(probe());
        publish(LOG, probe());
        // Its coordinator has it on record, and nobody was told.
        logs.get(LAST).sync();

        restartOnly();
        assertThat(receive(FIRST)).containsExactly(1002L);
        recover();

        assertThat(receive(FIRST)).containsExactly(1000L);
        restart();
        assertThat(receive(FIRST)).containsExactly(1000L, 1002L);
    }

    @Test
    void whatIsDecidedAndNotDueComesWhenItIs() {
        undecided(probe().dueMillis(clock.epochMillis() + 5_000));

        sync(LAST);
        assertThat(receive(FIRST)).isEmpty();

        pass(5 * SECOND + SECOND / 50);
        assertThat(receive(FIRST)).containsExactly(1000L);
    }

    @Test
    void whatIsNotToBeNobodyGets() {
        run(transaction().publish(shards.get(0), LOG, probe()).publish(shards.get(LAST), 99, probe()));
        publish(LOG, probe());

        assertThat(receive(FIRST)).containsExactly(1002L);
        restart();
        assertThat(receive(FIRST)).containsExactly(1002L);
        assertThat(shards.get(0).stats(FIRST).ready()).isZero();
    }

    @Test
    void whatOneHasAcknowledgedByATransactionIsThereForOthers() {
        subscribe(LATER, SeekProbe.earliest());
        publish(LOG, probe());
        Message message = take(FIRST);

        run(transaction().acknowledge(shards.get(0), FIRST, message).publish(shards.get(LAST), queue(LAST), probe()));

        restart();
        assertThat(receive(FIRST)).isEmpty();
        assertThat(receive(LATER)).containsExactly(1000L);
        assertThat(numbers(queue(LAST))).containsExactly(1001L);
    }

    @Test
    void aSubscriptionStaysWhereItIsWhileATransactionHoldsItsMessages() {
        publish(LOG, probe());
        Message message = take(FIRST);
        syncAtOnce(false);
        run(transaction().acknowledge(shards.get(0), FIRST, message).publish(shards.get(LAST), queue(LAST), probe()));
        sync(0);
        logs.get(0).syncAtOnce(true);

        assertThat(seek(SeekProbe.latest()).refusal()).isEqualTo(Refusal.TRANSACTION_UNDECIDED);

        sync(LAST);
        assertThat(seek(SeekProbe.earliest()).position()).isZero();
        assertThat(receive(FIRST)).containsExactly(1000L);
    }

    // One with a filter.

    private NumberFilter subscribeWith(NumberFilter filter) {
        host.filters.put(LATER, filter);
        subscribe(LATER, SeekProbe.earliest());
        return filter;
    }

    private QueueStats later() {
        return shards.get(0).stats(LATER);
    }

    @Test
    void whatIsNotDecidedIsNotLookedAt() {
        NumberFilter even = subscribeWith(NumberFilter.of(2, 0));
        undecided(probe());
        publish(LOG, probe());
        shards.get(0).subscriptions().seek(LATER, SeekProbe.earliest());
        run();

        assertThat(even.looks).doesNotContain(1000L);
        assertThat(later().delayed()).isZero();
        sync(LAST);

        assertThat(receive(LATER)).containsExactly(1000L, 1002L);
        restart();
        assertThat(receive(LATER)).containsExactly(1000L, 1002L);
    }

    @Test
    void whatIsDecidedAndNotDueWaitsOnlyWhereItIsWanted() {
        subscribeWith(NumberFilter.of(2, 1));
        undecided(probe().dueMillis(clock.epochMillis() + 5_000));
        publish(LOG, probe().dueMillis(clock.epochMillis() + 5_000));
        undecided(probe().dueMillis(clock.epochMillis() + 5_000));
        sync(LAST);

        assertThat(later().delayed()).isOne();
        restart();
        assertThat(later().delayed()).isOne();
        pass(6 * SECOND);
        assertThat(receive(LATER)).containsExactly(1003L);
        assertThat(later().counters().published()).isOne();
    }

    @Test
    void whatExpiresBeforeItIsDecidedExpiresOnlyWhereItIsWanted() {
        subscribeWith(NumberFilter.of(4, 2));
        undecided(probe().expiryMillis(clock.epochMillis() + 2_000));
        undecided(probe().expiryMillis(clock.epochMillis() + 2_000));
        pass(3 * SECOND);
        sync(LAST);

        assertThat(later().counters().messagesExpired()).isOne();
        assertThat(receive(LATER)).isEmpty();
        assertThat(later().ready()).isZero();
    }
}
