package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.offset.SettledSet;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.policy.LatestPerKey;
import io.millrace.engine.policy.MessageKeys;
import io.millrace.engine.queue.Queue;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.retention.KeyCleaningProbe;
import io.millrace.storage.index.EntryIndex;
import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Logs that keep the latest message of each key. The number of a message is its version times a hundred plus its key;
 * versions that end with 9 are tombstones, key {@value #NO_KEY} stands for none.
 */
class LatestPerKeyTest extends ShardFixture {
    private static final int KEYS = 100;
    private static final int NO_KEY = 99;
    private static final long TOMBSTONE_MILLIS = 100_000;
    private static final MessageKeys NUMBERS = LatestPerKeyTest::readKeys;

    /** What was published and confirmed, by offset. */
    private final List<Long> published = new ArrayList<>();

    private final List<Long> times = new ArrayList<>();

    private static void readKeys(int format, ByteBuf body, MessageKeys.Visitor visitor) {
        for (int i = 0; i * MESSAGE_BYTES < body.readableBytes(); i++) {
            long number = body.getLong(body.readerIndex() + i * MESSAGE_BYTES);
            if (key(number) != NO_KEY) {
                visitor.onKey(i, key(number) * 0x9e3779b97f4a7c15L, key(number), isTombstone(number));
            }
        }
    }

    private static long key(long number) {
        return number % KEYS;
    }

    private static boolean isTombstone(long number) {
        return number / KEYS % 10 == 9;
    }

    private void keepLatest(double dirtyRatio) {
        host.policies.put(
                QUEUE,
                KeepPolicy.retained(KeepPolicy.UNLIMITED, KeepPolicy.UNLIMITED)
                        .withLatestPerKey(new LatestPerKey(NUMBERS, dirtyRatio, TOMBSTONE_MILLIS)));
        shard.keepPolicyChanged();
    }

    private void publishNumbers(long first, int count) {
        nextNumber = first;
        publish(count);
        for (int i = 0; i < count; i++) {
            published.add(first + i);
            times.add(clock.epochMillis());
        }
    }

    private void giveUpAll() {
        long end = log.syncedPosition();
        log.wantTrim(end);
        run();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            pass(SECOND);
        }
    }

    private SettledSet settled() {
        return shard.queues().get(QUEUE).subscription().settled();
    }

    private List<Long> left() {
        return LongStream.range(0, published.size())
                .filter(offset -> !settled().contains(offset))
                .mapToObj(offset -> published.get((int) offset))
                .toList();
    }

    /** Of each key the latest message is there, or it was a tombstone, and nothing of the key is there any more. */
    private void check() {
        Map<Long, Integer> latest = new HashMap<>();
        for (int offset = 0; offset < published.size(); offset++) {
            latest.put(key(published.get(offset)), offset);
        }
        for (int offset = 0; offset < published.size(); offset++) {
            long number = published.get(offset);
            int last = latest.get(key(number));
            if (key(number) == NO_KEY) {
                assertThat(settled().contains(offset)).isFalse();
            } else if (settled().contains(last)) {
                assertThat(isTombstone(published.get(last))).isTrue();
                assertThat(clock.epochMillis() - times.get(last)).isGreaterThan(TOMBSTONE_MILLIS);
                assertThat(settled().contains(offset))
                        .as("version %d, which was deleted", number)
                        .isTrue();
            }
        }
        FetchProbe all = fetch(FetchProbe.from(settled().floor()));
        assertThat(all.damaged()).isZero();
        assertThat(all.numbers()).containsAll(left());
    }

    @Test
    void whatIsLeasedWhileKeysAreReadIsSettledWhenItIsBack() {
        keepLatest(0.1);
        publishNumbers(100, 3);
        publishNumbers(200, 3);
        giveUpAll();
        ReceiveProbe receive = ReceiveProbe.upTo(1);
        log.whenSubmitted = job -> {
            if (KeyCleaningProbe.isScan(job) && !receive.isAnswered()) {
                shard.receive(QUEUE, receive);
            }
        };

        pass(15);
        assertThat(receive.messages()).hasSize(1);
        assertThat(left()).contains(receive.message(0).number());
        assertThat(stats().leased()).isEqualTo(1);

        release(receive.message(0), 0);
        pass(15);
        check();
        assertThat(left()).containsExactly(200L, 201L, 202L);
        assertThat(stats().leased()).isZero();
    }

    @ParameterizedTest
    @SeedSource(runs = 60)
    void theLatestOfAKeyIsNeverLost(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double dirtyRatio = random.nextInt(1, 11) / 10.0;
        keepLatest(dirtyRatio);
        long version = 1;
        publishNumbers(version++ * KEYS, 1);
        for (int round = 0; round < 150; round++) {
            int what = random.nextInt(20);
            if (what < 14) {
                int keys = random.nextInt(4) == 0 ? random.nextInt(1, 8) : 1;
                publishNumbers(version++ * KEYS + random.nextInt(30), keys);
            } else if (what < 16) {
                log.mayStay(random.nextBoolean());
                giveUpAll();
            } else if (what < 18) {
                pass(random.nextInt(1, 40));
            } else if (what == 18) {
                // What is settled meanwhile is lost again.
                log.syncAtOnce(false);
                pass(random.nextInt(1, 15));
                restart();
            } else {
                restart();
            }
            check();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyTheLatestStays(boolean restarts) {
        keepLatest(0.5);
        for (int version = 1; version <= 8; version++) {
            publishNumbers((long) version * KEYS, 30);
            for (int key = 30; key < 60; key++) {
                publishNumbers((long) version * KEYS + key, 1);
            }
            giveUpAll();
        }
        pass(30);
        if (restarts) {
            restart();
        }

        assertThat(left()).isEqualTo(LongStream.range(800, 860).boxed().toList());
        check();
        pass(60);
        long bytes = log.segments().all().values().stream()
                .mapToLong(each -> each.length)
                .sum();
        assertThat(bytes).as("their space is back").isLessThan(3 * 60 * 110);
    }

    @Test
    void whatTransactionsHavePublishedSupersedesAndIsSuperseded() {
        keepLatest(0.5);
        for (int version = 1; version <= 3; version++) {
            for (int key = 0; key < 2; key++) {
                long number = (long) version * KEYS + key;
                PublishProbe publish = new PublishProbe(number, 1, MESSAGE_BYTES);
                if (key == version % 2) {
                    publish(publish);
                } else {
                    new TransactionProbe().publish(shard, QUEUE, publish).run();
                    run();
                }
                published.add(number);
                times.add(clock.epochMillis());
            }
            giveUpAll();
        }
        pass(30);

        assertThat(left()).containsExactly(300L, 301L);
        check();
    }

    @Test
    void whatHasNoKeyStays() {
        keepLatest(0.5);
        for (int version = 1; version <= 8; version++) {
            publishNumbers((long) version * KEYS + NO_KEY, 1);
            publishNumbers((long) version * KEYS, 1);
            giveUpAll();
        }
        pass(30);

        assertThat(left()).containsExactly(199L, 299L, 399L, 499L, 599L, 699L, 799L, 899L, 800L);
    }

    @Test
    void aTombstoneStaysForAWhileAndThenGoes() {
        keepLatest(0.1);
        publishNumbers(807, 1);
        publishNumbers(907, 1);
        publishNumbers(1001, 1);
        giveUpAll();
        pass(30);
        assertThat(left()).as("the value is gone, the tombstone is not").containsExactly(907L, 1001L);

        pass((int) (TOMBSTONE_MILLIS / 1000));
        publishNumbers(1102, 1);
        giveUpAll();
        pass(30);

        assertThat(left()).containsExactly(1001L, 1102L);
    }

    @Test
    void aMessageThatCannotBeReadSupersedesNothing() {
        publishNumbers(107, 1);
        publishNumbers(207, 1);
        giveUpAll();
        EntryIndex index = shard.queues().get(QUEUE).log().entries();
        fetch(FetchProbe.from(0)); // has the index read
        assertThat(index.find(1)).isEqualTo(EntryIndex.FOUND);
        log.segments().flip(index.segment(), (int) index.address() + index.recordBytes() - 1);
        keepLatest(0.1);

        pass(30);

        assertThat(left()).containsExactly(107L, 207L);
    }

    @Test
    void withMoreKeysThanFitIntoMemoryItTakesSeveralPasses() {
        for (int version = 1; version <= 4; version++) {
            for (int key = 0; key < 90; key++) {
                publishNumbers((long) version * KEYS + key, 1);
            }
            giveUpAll();
        }
        RecordWriter writer = new RecordWriter(log, shard.time());
        KeyCleaningProbe cleaning = new KeyCleaningProbe(shard.context(), shard.queues(), log, writer, 25);
        Queue queue = shard.queues().get(QUEUE);
        LatestPerKey policy = new LatestPerKey(NUMBERS, 0.01, TOMBSTONE_MILLIS);
        int passes = 0;
        for (long before = -1; before < cleaning.cleanTo(queue); passes++) {
            before = cleaning.cleanTo(queue);
            cleaning.consider(queue, policy);
            run();
            check();
        }

        assertThat(passes).isGreaterThan(360 / 25);
        assertThat(left()).isEqualTo(LongStream.range(400, 490).boxed().toList());
    }
}
