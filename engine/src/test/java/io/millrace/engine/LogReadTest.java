package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Logs that are read where transactions are under way, and where messages are gone. */
class LogReadTest extends ShardsFixture {
    private static final int LAST = SHARDS - 1;
    private static final long WAIT_NANOS = 5 * SECOND;

    /** How many messages {@link #depthOfASearchThrough} has published. */
    private long offset;

    /** A fetch that does not mind that messages are gone, and notes which are. */
    private static final class Browsing extends Fetch {
        private final List<Long> there = new ArrayList<>();
        private final List<Long> gone = new ArrayList<>();
        private boolean isAnswered;

        Browsing(long from, long waitNanos) {
            super(from, 100, 10_000, waitNanos);
        }

        @Override
        protected boolean passesOverGaps() {
            return true;
        }

        @Override
        protected void onFetched() {
            isAnswered = true;
            for (int i = 0; i < size(); i++) {
                long end = i + 1 < size() ? firstOffset(i + 1) : nextOffset();
                for (long offset = firstOffset(i); offset < end; offset++) {
                    (isGone(offset) ? gone : there).add(offset);
                }
            }
            release();
        }

        @Override
        protected void onOutOfRange(long floor, long end) {
            throw new AssertionError("from " + fromOffset() + ", and there is " + floor + " to " + end);
        }

        @Override
        protected void onRefused(Refusal reason) {
            throw new AssertionError(reason);
        }
    }

    private Browsing browse(long from, long waitNanos) {
        Browsing fetch = new Browsing(from, waitNanos);
        shard(queue(0)).fetch(queue(0), fetch);
        run();
        return fetch;
    }

    private FindTimeProbe find(long millis) {
        FindTimeProbe find = new FindTimeProbe(millis);
        shards.get(0).findTime(queue(0), find);
        run();
        return find;
    }

    /** Publishes one message to shard 0, and another by a transaction that has prepared there and waits. */
    private TransactionProbe prepareOne() {
        publish(queue(0), probe());
        syncAtOnce(false);
        TransactionProbe transaction = run(transaction()
                .publish(shards.get(0), queue(0), probe())
                .publish(shards.get(LAST), queue(LAST), probe()));
        sync(0);
        logs.get(0).syncAtOnce(true);
        return transaction;
    }

    @Test
    void whatIsNotDecidedIsNotFoundByItsTime() {
        long before = clock.epochMillis();
        clock.advance(SECOND);
        TransactionProbe transaction = prepareOne();
        long after = clock.epochMillis();
        clock.advance(SECOND);
        publish(queue(0), probe());

        assertThat(find(before).offset()).isZero();
        // The one behind it is old enough, and what lies before it may still come.
        assertThat(find(after + 1).answers()).isOne();
        assertThat(find(after + 1).offset()).isEqualTo(-1);

        sync(LAST);
        assertThat(transaction.isCommitted()).isTrue();
        assertThat(find(after + 1).offset()).isEqualTo(2);
    }

    /** Nothing is read from disk: all of it is in memory, and looked at some entries at a time. */
    @Test
    void aSearchGoesNoDeeperForWhatItHasToLookAt() {
        long few = depthOfASearchThrough(40);
        long many = depthOfASearchThrough(2_000);

        assertThat(many).isEqualTo(few);
    }

    /** Publishes {@code count} messages and a later one, which is gone then, and searches for the time of that. */
    private long depthOfASearchThrough(int count) {
        for (int i = 0; i < count; i++) {
            publish(queue(0), probe());
        }
        clock.advance(SECOND);
        long later = clock.epochMillis();
        publish(queue(0), probe());
        shards.get(0).discard(queue(0), offset + count, new PurgeProbe());
        offset += count + 1;
        run();
        FindTimeProbe find = find(later);
        assertThat(find.answers()).isOne();
        assertThat(find.offset()).isEqualTo(-1);
        return find.depth();
    }

    @Test
    void theEndIsWhereAllIsDecided() {
        TransactionProbe transaction = prepareOne();
        publish(queue(0), probe());
        Browsing latest = browse(Fetch.LATEST, WAIT_NANOS);

        assertThat(latest.fromOffset()).isOne();
        assertThat(latest.endOffset()).isOne();
        assertThat(shards.get(0).stats(queue(0)).log().endOffset()).isOne();
        assertThat(latest.isAnswered).isFalse();
        assertThat(shards.get(0).stats(queue(0)).log().waitingReads()).isOne();

        sync(LAST);
        assertThat(transaction.isCommitted()).isTrue();
        assertThat(latest.there).containsExactly(1L, 2L);
        assertThat(browse(Fetch.LATEST, 0).fromOffset()).isEqualTo(3);
    }

    @Test
    void whatIsGoneIsPassedOverByThoseWhoDoNotMind() {
        PublishProbe three = new PublishProbe(1, 3, ShardFixture.MESSAGE_BYTES);
        publish(queue(0), three);
        publish(queue(0), probe());
        List<Message> taken = receive(queue(0), ReceiveProbe.durable(3)).messages();
        settle(taken.get(0));
        settle(taken.get(1));

        Browsing browsing = browse(0, 0);
        assertThat(browsing.fromOffset()).isEqualTo(2);
        assertThat(browsing.earliestOffset()).isEqualTo(2);
        assertThat(browsing.gone).containsExactly(0L, 1L);
        assertThat(browsing.there).containsExactly(2L, 3L);
        assertThat(browse(Fetch.EARLIEST, 0).there).containsExactly(2L, 3L);
        FetchProbe strict = FetchProbe.from(0);
        shards.get(0).fetch(queue(0), strict);
        run();
        assertThat(strict.floor()).isEqualTo(2);
    }

    @Test
    void aLogSaysHowManyBytesItHas() {
        assertThat(shards.get(0).stats(queue(0)).log()).isEqualTo(new LogStats(0, 0, 0, 0));
        publish(queue(0), probe());
        long one = shards.get(0).stats(queue(0)).log().bytes();
        publish(queue(0), probe());

        assertThat(one).isGreaterThan(ShardFixture.MESSAGE_BYTES);
        assertThat(shards.get(0).stats(queue(0)).log()).isEqualTo(new LogStats(0, 2, 0, 2 * one));
    }

    private void settle(Message message) {
        SettlementProbe settlement = new SettlementProbe();
        settlement.add(message.offset(), message.token(), Settlement.ACKNOWLEDGE, 0);
        shards.get(0).settle(queue(0), settlement);
        run();
    }
}
