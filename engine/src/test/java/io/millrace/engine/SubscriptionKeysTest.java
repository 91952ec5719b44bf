package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.KeepPolicy;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A subscription by key: of each key one message at a time, in order; the keys are in the bodies. */
class SubscriptionKeysTest extends ShardFixture {
    private static final long BY_KEY = 101;
    private static final long SHARED = 102;
    private static final int KEYS = 3;
    /** Of these the messages have no key. */
    private static final int KEYLESS_BYTES = 30;

    @BeforeEach
    void haveALogWithKeys() {
        host.policies.put(QUEUE, KeepPolicy.retained(KeepPolicy.UNLIMITED, KeepPolicy.UNLIMITED));
        host.keys.put(BY_KEY, (format, body, visitor) -> {
            int messageBytes = body.readableBytes() % MESSAGE_BYTES == 0 ? MESSAGE_BYTES : KEYLESS_BYTES;
            for (int i = 0; i * messageBytes < body.readableBytes() && messageBytes == MESSAGE_BYTES; i++) {
                visitor.onKey(i, key(body, i * messageBytes), 1, false);
            }
        });
    }

    private static long key(ByteBuf body, int at) {
        return body.getLong(body.readerIndex() + at) % KEYS;
    }

    private void subscribe(long logId, long from) {
        SeekProbe seek = new SeekProbe(from);
        shard.subscriptions().subscribe(logId, QUEUE, seek);
        run();
        assertThat(seek.position()).isNotNegative();
    }

    private List<Message> receive(int messagesMax) {
        return receive(BY_KEY, ReceiveProbe.upTo(messagesMax)).messages();
    }

    private static List<Long> numbers(List<Message> messages) {
        return messages.stream().map(Message::number).toList();
    }

    private void settleByKey(SettlementProbe settlement) {
        shard.settle(BY_KEY, settlement);
        run();
        assertThat(settlement.done()).doesNotContain(false);
    }

    private void acknowledgeAll(List<Message> messages) {
        SettlementProbe settlement = new SettlementProbe();
        messages.forEach(settlement::acknowledge);
        settleByKey(settlement);
    }

    private void giveUpAll() {
        log.wantTrim(log.syncedPosition());
        run();
    }

    @Test
    void ofEachKeyOneMessageIsDeliveredAtATime() {
        subscribe(BY_KEY, Seek.EARLIEST);
        subscribe(SHARED, Seek.EARLIEST);
        for (int i = 0; i < 7; i++) {
            publish(1);
        }

        List<Message> first = receive(10);

        assertThat(numbers(first)).containsExactlyInAnyOrder(1000L, 1001L, 1002L);
        assertThat(receive(10)).isEmpty();
        settleByKey(new SettlementProbe().acknowledge(first.get(0)));
        assertThat(numbers(receive(10))).containsExactly(first.get(0).number() + KEYS);
        assertThat(receive(SHARED, ReceiveProbe.upTo(10)).messages()).hasSize(7);
    }

    @Test
    void theMessagesOfOneEntryMayHaveManyKeys() {
        subscribe(BY_KEY, Seek.EARLIEST);
        publish(5);

        List<Message> first = receive(10);
        assertThat(numbers(first)).containsExactlyInAnyOrder(1000L, 1001L, 1002L);
        acknowledgeAll(first);
        assertThat(numbers(receive(10))).containsExactlyInAnyOrder(1003L, 1004L);
    }

    @Test
    void messagesWithoutAKeyAreDeliveredAsTheyCome() {
        subscribe(BY_KEY, Seek.EARLIEST);
        publish(QUEUE, 3, KEYLESS_BYTES);

        List<Message> messages = receive(10);

        assertThat(numbers(messages)).containsExactly(1000L, 1001L, 1002L);
        settleByKey(new SettlementProbe().release(messages.get(1), 0));
        assertThat(numbers(receive(10))).containsExactly(1001L);
    }

    @Test
    void whoWaitsGetsWhatIsPublished() {
        subscribe(BY_KEY, Seek.LATEST);
        ReceiveProbe waiting = receive(BY_KEY, ReceiveProbe.waiting(10, 10 * SECOND));

        publish(1);

        assertThat(waiting.numbers()).containsExactly(1000L);
    }

    @Test
    void aBacklogIsInOrderWhereverItIs() {
        for (int i = 0; i < 700; i++) {
            publish(1);
        }
        giveUpAll();
        log.forgetTail();
        for (int i = 0; i < 10; i++) {
            publish(1);
        }
        subscribe(BY_KEY, 5);
        restart();

        for (long number = 1005; number < 1710; number += KEYS) {
            List<Message> next = receive(10);
            assertThat(numbers(next)).containsExactlyInAnyOrder(number, number + 1, number + 2);
            acknowledgeAll(next);
        }
        assertThat(receive(10)).isEmpty();
    }

    @Test
    void aKeyIsKeptBackAfterARestartWhileSomebodyHasAMessageOfIt() {
        subscribe(BY_KEY, Seek.EARLIEST);
        publish(7);
        List<Message> first = receive(2);
        settleByKey(new SettlementProbe().acknowledge(first.get(0)));
        long held = first.get(1).number();

        for (int life = 0; life < 2; life++) {
            restart();
            assertThat(numbers(receive(10))).doesNotContain(held, held + KEYS).hasSize(life == 0 ? 2 : 0);
            giveUpAll();
        }
        settleByKey(new SettlementProbe().acknowledge(first.get(1)));
        assertThat(numbers(receive(10))).containsExactly(held + KEYS);
    }

    @Test
    void whatGoesBackIsBeforeWhatFollows() {
        subscribe(BY_KEY, Seek.EARLIEST);
        publish(6);
        List<Message> first = receive(3);
        SettlementProbe settlement = new SettlementProbe();
        settlement.release(first.get(0), 0);
        settlement.release(first.get(1), 5 * SECOND);
        settlement.acknowledge(first.get(2));
        settleByKey(settlement);

        assertThat(numbers(receive(10)))
                .containsExactlyInAnyOrder(first.get(0).number(), first.get(2).number() + KEYS);
        pass(6 * SECOND);
        assertThat(numbers(receive(10))).containsExactly(first.get(1).number());
    }

    @Test
    void itGoesOnInOrderAfterASeek() {
        subscribe(BY_KEY, Seek.EARLIEST);
        publish(6);
        acknowledgeAll(receive(3));
        receive(3);
        SeekProbe seek = new SeekProbe(1);
        shard.subscriptions().seek(BY_KEY, seek);
        run();

        List<Message> next = receive(10);
        assertThat(numbers(next)).containsExactlyInAnyOrder(1001L, 1002L, 1003L);
        acknowledgeAll(next);
        assertThat(numbers(receive(10))).containsExactlyInAnyOrder(1004L, 1005L);
    }

    @Test
    void whatIsNotDueYetKeepsNothingBack() {
        subscribe(BY_KEY, Seek.EARLIEST);
        publish(probe(1).delayNanos(5 * SECOND));
        publish(5);

        acknowledgeAll(receive(10));
        assertThat(numbers(receive(10))).doesNotContain(1000L);
        restart();
        pass(6 * SECOND);
        assertThat(numbers(receive(10))).contains(1000L);
    }

    @Test
    void whatIsDamagedIsPassedOver() {
        subscribe(BY_KEY, Seek.EARLIEST);
        log.forgetTail();
        shard.subscriptions().seek(BY_KEY, SeekProbe.latest());
        run();
        long position = log.appendedPosition();
        publish(1);
        publish(3);
        log.forgetTail();
        log.damage(position);
        shard.subscriptions().seek(BY_KEY, SeekProbe.earliest());
        run();

        assertThat(host.damaged).containsExactly(0L);
        assertThat(numbers(receive(10))).containsExactlyInAnyOrder(1001L, 1002L, 1003L);
        assertThat(shard.stats(BY_KEY).damaged()).isOne();
    }

    @Test
    void whatHasNoKeysThatAreUnderstoodHasNone() {
        host.keys.put(BY_KEY, (format, body, visitor) -> {
            visitor.onKey(0, 1, 1, false);
            throw new IndexOutOfBoundsException("a body of another format");
        });
        subscribe(BY_KEY, Seek.EARLIEST);
        publish(3);
        assertThat(numbers(receive(10))).containsExactly(1000L, 1001L, 1002L);
    }

    @Test
    void whatIsSettledBeforeItIsLookedAtIsNotDelivered() {
        publish(4);
        SeekProbe seek = SeekProbe.earliest();
        shard.subscriptions().subscribe(BY_KEY, QUEUE, seek);
        shard.purge(BY_KEY, Purge.UNHEARD);
        run();
        assertThat(receive(10)).isEmpty();
        assertThat(shard.stats(BY_KEY).ready()).isZero();
    }
}
