package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.Peek.State;
import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.record.RecordFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Looking disturbs nothing; purging takes everything that nobody holds. */
class ShardPeekPurgeTest extends ShardFixture {
    /** Offset 0 leased, 1 delayed, 2 returned, 3 settled, 4 damaged, 5 and 6 new. */
    private Message oneOfEach() {
        publish(4);
        publish(1);
        List<Message> messages = receive(ReceiveProbe.upTo(4)).messages();
        settle(new SettlementProbe().release(messages.get(1), SECOND).acknowledge(messages.get(3)));
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(1));
        log.forgetTail();
        assertThat(receive(ReceiveProbe.upTo(1)).messages()).isEmpty();
        publish(2);
        release(messages.get(2), 0);
        return messages.get(0);
    }

    @Test
    void aPeekShowsWhereEachMessageStands() {
        oneOfEach();

        PeekProbe peek = peek(PeekProbe.all());

        assertThat(peek.offsets()).containsExactly(0L, 1L, 2L, 4L, 5L, 6L);
        assertThat(peek.states())
                .containsExactly(State.LEASED, State.DELAYED, State.READY, State.DAMAGED, State.READY, State.READY);
        assertThat(peek.seen().stream().map(PeekProbe.Seen::number))
                .containsExactly(1000L, 1001L, 1002L, -1L, 1005L, 1006L);
        assertThat(peek.seen().stream().map(PeekProbe.Seen::deliveryCount)).containsExactly(0, 1, 1, 0, 0, 0);
        assertThat(peek.nextOffset()).isEqualTo(7);
        assertThat(peek.answers()).isEqualTo(1);
    }

    @Test
    void aPeekForOneStateSeesThatOneOnly() {
        oneOfEach();

        assertThat(peekOnly(State.LEASED)).containsExactly(0L);
        assertThat(peekOnly(State.DELAYED)).containsExactly(1L);
        assertThat(peekOnly(State.READY)).containsExactly(2L, 5L, 6L);
        assertThat(peekOnly(State.DAMAGED)).containsExactly(4L);
    }

    private List<Long> peekOnly(State state) {
        return peek(new PeekProbe(0, 10, Integer.MAX_VALUE, state)).offsets();
    }

    @Test
    void aPeekDisturbsNothing() {
        oneOfEach();
        QueueStats before = stats();
        long appended = log.appendedPosition();

        peek(PeekProbe.all());

        assertThat(stats()).isEqualTo(before);
        assertThat(log.appendedPosition()).isEqualTo(appended);
    }

    @Test
    void aPeekGoesOnWhereTheLastOneStopped() {
        publish(7);

        PeekProbe first = peek(new PeekProbe(0, 3, Integer.MAX_VALUE, null));
        PeekProbe second = peek(new PeekProbe(first.nextOffset(), 3, Integer.MAX_VALUE, State.READY));
        PeekProbe third = peek(new PeekProbe(second.nextOffset(), 3, Integer.MAX_VALUE, State.READY));

        assertThat(first.offsets()).containsExactly(0L, 1L, 2L);
        assertThat(second.offsets()).containsExactly(3L, 4L, 5L);
        assertThat(third.offsets()).containsExactly(6L);
        assertThat(List.of(first.sawAll(), second.sawAll(), third.sawAll())).containsExactly(false, false, true);
        assertThat(peek(new PeekProbe(third.nextOffset(), 3, 1000, State.READY)).offsets())
                .isEmpty();
        assertThat(peek(new PeekProbe(-5, 1, 1, null)).offsets()).containsExactly(0L);
    }

    @Test
    void whatAPeekReadsFromDiskIsNotGivenBackBeforeItIsRead() {
        publish(1);
        publish(1);
        publish(1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(1));
        log.forgetTail();
        log.readAtOnce(false);
        PeekProbe peek = peek(PeekProbe.all());
        assertThat(peek.answers()).isZero();
        log.readAtOnce(true);
        acknowledge(take());
        log.wantTrim(log.positionsOf(RecordFormat.ENTRY).get(1));
        run();
        assertThat(log.trimmed()).isZero();

        log.completeReads();
        run();

        assertThat(peek.states()).containsExactly(State.READY, State.DAMAGED, State.READY);
        assertThat(log.trimmed()).isEqualTo(log.positionsOf(RecordFormat.ENTRY).get(1));
    }

    @Test
    void aPurgeTakesAllButWhatConsumersHold() {
        Message leased = oneOfEach();

        PurgeProbe purge = purge();

        assertThat(purge.purged()).isEqualTo(5);
        assertThat(stats().ready()).isZero();
        assertThat(stats().delayed()).isZero();
        assertThat(stats().damaged()).isZero();
        assertThat(stats().leased()).isEqualTo(1);
        pass(2 * SECOND);
        assertThat(receive(ReceiveProbe.upTo(9)).messages()).isEmpty();
        release(leased, 0);
        assertThat(receive(ReceiveProbe.upTo(9)).offsets()).containsExactly(0L);
        assertThat(publish(1).storedOffset()).isEqualTo(7);
    }

    @Test
    void aPurgeIsAnsweredWhenItIsSyncedAndHoldsAfterARestart() {
        publish(3);
        log.syncAtOnce(false);
        PurgeProbe purge = purge();
        assertThat(purge.answers()).isZero();
        log.sync();
        assertThat(purge.purged()).isEqualTo(3);

        restart();

        assertThat(receive(ReceiveProbe.upTo(9)).messages()).isEmpty();
        assertThat(publish(1).storedOffset()).isEqualTo(3);
    }

    @Test
    void aPurgeTakesMessagesThatAreNotSyncedYet() {
        log.syncAtOnce(false);
        publish(1);
        log.sync();
        Message leased = take();
        PublishProbe publish = publish(2);
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(1, SECOND));

        PurgeProbe purge = purge();
        log.sync();
        run();

        assertThat(publish.isStored()).isTrue();
        assertThat(purge.purged()).isEqualTo(2);
        assertThat(waiting.isAnswered()).isFalse();
        assertThat(stats().ready()).isZero();
        acknowledge(leased);
        log.syncAtOnce(true);
        publish(1);
        assertThat(waiting.offsets()).containsExactly(3L);
    }

    @Test
    void aDiscardedMessageIsGone() {
        publish(Shard.CATALOG_LOG, 1, MESSAGE_BYTES);
        publish(Shard.CATALOG_LOG, 1, MESSAGE_BYTES);

        assertThat(discard(Shard.CATALOG_LOG, 0).purged()).isEqualTo(1);
        assertThat(discard(Shard.CATALOG_LOG, 0).purged()).isZero();

        assertThat(receive(Shard.CATALOG_LOG, ReceiveProbe.upTo(9)).offsets()).containsExactly(1L);
        restart();
        assertThat(receive(Shard.CATALOG_LOG, ReceiveProbe.upTo(9)).offsets()).containsExactly(1L);
    }

    @Test
    void whatConsumersHoldAndWhatIsNotThereCannotBeDiscarded() {
        publish(1);
        take();

        assertThatThrownBy(() -> discard(QUEUE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> discard(QUEUE, 1)).isInstanceOf(IllegalStateException.class);
    }
}
