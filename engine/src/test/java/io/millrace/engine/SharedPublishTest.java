package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.LengthPolicy;
import io.millrace.engine.policy.Overflow;
import io.millrace.engine.record.RecordFormat;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same messages for several queues of a shard are stored once, and are each queue's own in all other ways. */
class SharedPublishTest extends ShardFixture {
    private static final int QUEUES = 10;
    private static final int BODY_BYTES = 5_000;
    private static final long FIRST = 100;

    @BeforeEach
    void define() {
        for (long each = FIRST; each < FIRST + QUEUES; each++) {
            host.defined.add(each);
        }
    }

    private static List<Long> queues() {
        return LongStream.range(FIRST, FIRST + QUEUES).boxed().toList();
    }

    /** Publishes one message to all queues. */
    private List<PublishProbe> share(int bytes, BiConsumer<Long, PublishProbe> attributes) {
        List<PublishProbe> probes = new ArrayList<>();
        SharedPublish shared = new SharedPublish();
        for (long each : queues()) {
            PublishProbe probe = new PublishProbe(nextNumber, 1, bytes);
            attributes.accept(each, probe);
            probes.add(probe);
            shared.add(each, probe);
        }
        nextNumber++;
        shared.publishTo(shard);
        run();
        return probes;
    }

    private List<PublishProbe> share() {
        return share(BODY_BYTES, (queue, probe) -> {});
    }

    private int records(byte kind) {
        return log.positionsOf(kind).size();
    }

    private List<Message> all(long queue) {
        return receive(queue, ReceiveProbe.upTo(1_000)).messages();
    }

    private void giveUpAll() {
        giveUp(log.syncedPosition());
    }

    private void giveUp(long position) {
        log.wantTrim(position);
        run();
        assertThat(log.trimmed()).isGreaterThan(0);
    }

    private long segmentBytes() {
        return log.segments().all().values().stream()
                .mapToLong(each -> each.length)
                .sum();
    }

    private long largestSegment() {
        return log.segments().all().entrySet().stream()
                .max(Comparator.comparing(each -> each.getValue().length))
                .orElseThrow()
                .getKey();
    }

    private void quieten() {
        for (int i = 0; i < 40; i++) {
            pass(SECOND);
        }
    }

    @Test
    void whatIsAlikeIsOneRecord() {
        publish(FIRST, 3, MESSAGE_BYTES);

        List<PublishProbe> probes = share();

        assertThat(records(RecordFormat.ENTRY)).isEqualTo(1);
        List<Long> shared = log.positionsOf(RecordFormat.SHARED);
        assertThat(shared).hasSize(1);
        assertThat(log.record(shared.get(0)).readableBytes()).isLessThan(BODY_BYTES + 300);
        assertThat(probes).allMatch(each -> each.answers() == 1);
        assertThat(probes)
                .extracting(PublishProbe::storedOffset)
                .startsWith(3L, 0L)
                .endsWith(0L);
        for (long each : queues()) {
            assertThat(shard.stats(each).ready()).isEqualTo(each == FIRST ? 4 : 1);
            assertThat(all(each)).last().extracting(Message::number).isEqualTo(nextNumber - 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"priority", "expiry", "due", "delay", "group"})
    void whatIsDeliveredDifferentlyIsNotShared(String what) {
        List<PublishProbe> probes = share(BODY_BYTES, (queue, probe) -> {
            if (queue == FIRST + 1) {
                differ(probe, what);
            }
        });

        assertThat(records(RecordFormat.SHARED)).isEqualTo(1);
        assertThat(records(RecordFormat.ENTRY)).isEqualTo(1);
        assertThat(probes).allMatch(PublishProbe::isStored);
        assertThat(all(FIRST + 2)).hasSize(1);
        assertThat(all(FIRST + 1)).hasSize(what.equals("due") || what.equals("delay") ? 0 : 1);
    }

    private void differ(PublishProbe probe, String what) {
        switch (what) {
            case "priority" -> probe.priority(3);
            case "expiry" -> probe.expiryMillis(clock.epochMillis() + 10_000);
            case "due" -> probe.dueMillis(clock.epochMillis() + 10_000);
            case "delay" -> probe.delayNanos(10 * SECOND);
            default -> probe.group(4);
        }
    }

    @Test
    void eachKindOfDeliveryIsSharedAmongItsOwn() {
        share(BODY_BYTES, (queue, probe) -> probe.priority((int) (queue % 2)).delayNanos(queue % 2 * SECOND));

        assertThat(records(RecordFormat.SHARED)).isEqualTo(2);
        assertThat(records(RecordFormat.ENTRY)).isZero();
        restart();
        assertThat(all(FIRST)).hasSize(1);
        assertThat(all(FIRST + 1)).isEmpty();
        pass(2 * SECOND);
        assertThat(all(FIRST + 1)).hasSize(1);
    }

    @Test
    void keysAndNumbersOfProducersAreJudgedForEachQueue() {
        share(BODY_BYTES, (queue, probe) -> probe.key(queue == FIRST ? 5 : 6, 100 * SECOND));
        List<PublishProbe> again = share(BODY_BYTES, (queue, probe) -> probe.key(5, 100 * SECOND));
        List<PublishProbe> numbered = share(BODY_BYTES, (queue, probe) -> probe.producer(9, 0, 0));

        assertThat(records(RecordFormat.SHARED)).isZero();
        assertThat(again).extracting(PublishProbe::isDuplicate).containsOnlyOnce(true);
        assertThat(numbered).allMatch(PublishProbe::isStored);
    }

    @Test
    void aQueueThatIsFullOrNotDefinedRefusesForItself() {
        host.lengthPolicies.put(FIRST + 1, new LengthPolicy(1, LengthPolicy.UNLIMITED, Overflow.REJECT));
        host.defined.remove(FIRST + 2);
        publish(FIRST + 1, 1, MESSAGE_BYTES);

        List<PublishProbe> probes = share();

        assertThat(probes.get(1).refusal()).isEqualTo(Refusal.QUEUE_FULL);
        assertThat(probes.get(2).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(probes).filteredOn(PublishProbe::isStored).hasSize(QUEUES - 2);
        assertThat(probes).allMatch(each -> each.answers() == 1);
        assertThat(shard.stats(FIRST + 1).counters().refused()).isEqualTo(1);
    }

    @Test
    void theyWaitTogetherWhileOldMessagesAreMoved() {
        log.behind(true);
        long before = log.unsyncedBytes();
        List<PublishProbe> waiting = share();
        PublishProbe behind = publish(FIRST + 3, 1, MESSAGE_BYTES);
        assertThat(log.unsyncedBytes() - before).isEqualTo(BODY_BYTES + MESSAGE_BYTES);
        shard.drop(FIRST + 4);
        host.defined.remove(FIRST + 4);
        log.behind(false);
        run();

        assertThat(waiting.get(4).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
        assertThat(waiting).filteredOn(PublishProbe::isStored).hasSize(QUEUES - 1);
        assertThat(waiting.get(3).storedOffset()).isZero();
        assertThat(behind.storedOffset()).isEqualTo(1);
        assertThat(log.unsyncedBytes()).isZero();
        log.behind(true);
        List<PublishProbe> refused = share();
        shard.close();
        assertThat(refused)
                .filteredOn(each -> each.refusal() == Refusal.CLOSING)
                .hasSize(QUEUES - 1);
    }

    @Test
    void whatIsNotSharedIsBoundedAsIfItCameAlone() {
        log.syncAtOnce(false);
        int bytes = (int) (shard.limits().unsyncedBytesMax() / 4);

        List<PublishProbe> probes = share(bytes, (queue, probe) -> probe.priority((int) (queue - FIRST)));

        assertThat(log.unsyncedBytes()).isLessThanOrEqualTo(shard.limits().unsyncedBytesMax() + bytes);
        assertThat(probes)
                .filteredOn(each -> each.refusal() == Refusal.OVERLOADED)
                .hasSizeGreaterThan(QUEUES / 2);
        log.sync();
        run();
        assertThat(probes).allMatch(each -> each.answers() == 1);
    }

    @Test
    void anotherBodyAndALogTwiceAreNotTaken() {
        SharedPublish shared = new SharedPublish();
        shared.add(QUEUE, probe(1));
        assertThatThrownBy(() -> shared.add(QUEUE, probe(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> shared.add(OTHER, probe(2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> shared.add(Shard.CATALOG_LOG, probe(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneIsWrittenOnceWhenTheLogIsGivenUp(boolean restarts) {
        for (int i = 0; i < 20; i++) {
            publish(FIRST + i % 3, 1, MESSAGE_BYTES);
            share();
        }
        giveUpAll();

        assertThat(segmentBytes()).isBetween(20L * BODY_BYTES, 22L * BODY_BYTES);
        if (restarts) {
            restart();
        }
        for (long each : queues()) {
            long own = each < FIRST + 3 ? (each == FIRST + 2 ? 6 : 7) : 0;
            assertThat(all(each))
                    .hasSize((int) (20 + own))
                    .extracting(Message::offset)
                    .doesNotHaveDuplicates();
        }
    }

    /** Longer than what is copied in one go, and by another way. */
    @Test
    void aLargeOneIsWrittenOnceAsWell() {
        share(3 << 20, (queue, probe) -> {});
        giveUpAll();

        assertThat(segmentBytes()).isBetween(3L << 20, 4L << 20);
        restart();
        assertThat(all(FIRST + 9)).hasSize(1);
    }

    /** Each log brings so much that it would get a segment of its own. */
    @Test
    void logsThatShareMuchHaveOneSegment() {
        for (int i = 0; i < 6; i++) {
            share(3 << 20, (queue, probe) -> {});
        }
        giveUpAll();

        assertThat(segmentBytes()).isBetween(18L << 20, 19L << 20);
    }

    @Test
    void oneThatEndsBehindWhatIsGivenUpIsWrittenOnce() {
        share();
        long start = log.positionsOf(RecordFormat.SHARED).get(0);
        giveUp(start + BODY_BYTES);
        assertThat(segmentBytes()).isBetween((long) BODY_BYTES, 2L * BODY_BYTES);
        restart();
        for (long each : queues()) {
            assertThat(all(each)).hasSize(1);
        }
    }

    /** All of its body is in what may stay; only the list of logs is not. */
    @Test
    void oneWhoseListEndsBehindWhatIsGivenUpStays() {
        share();
        long start = log.positionsOf(RecordFormat.SHARED).get(0);
        int bytes = log.record(start).readableBytes();
        publish(QUEUE, 1, MESSAGE_BYTES);
        giveUp(start + bytes - 8);
        restart();
        for (long each : queues()) {
            assertThat(all(each)).hasSize(1);
        }
    }

    @Test
    void oneThatStaysIsIndexedForEachQueue() {
        log.mayStay(true);
        for (int i = 0; i < 20; i++) {
            share();
        }
        giveUpAll();

        assertThat(log.adopted()).hasSize(1);
        assertThat(log.adopted().get(0).liveBytes()).isGreaterThan(20L * QUEUES * BODY_BYTES);
        assertThat(segmentBytes()).isLessThan(BODY_BYTES);
        restart();
        for (long each : queues()) {
            assertThat(all(each)).hasSize(20);
        }
    }

    /** Copies would take more than the segment does now. */
    @Test
    void aSegmentIsNotWrittenAnewWhileCopiesWouldBeMore() {
        for (int i = 0; i < 40; i++) {
            share();
        }
        giveUpAll();
        long segment = largestSegment();
        // Another one is written anew meanwhile, which frees more than copies would take.
        for (int i = 0; i < 160; i++) {
            publish(QUEUE, 1, BODY_BYTES);
        }
        giveUpAll();
        for (int i = 0; i < 5; i++) {
            acknowledgeMost(QUEUE);
        }
        for (long each = FIRST; each < FIRST + 8; each++) {
            shard.purge(each, new PurgeProbe());
            run();
        }
        quieten();
        assertThat(log.segments().all()).containsKey(segment);

        shard.purge(FIRST + 8, new PurgeProbe());
        acknowledgeMost(FIRST + 9);
        quieten();

        assertThat(log.segments().all()).doesNotContainKey(segment);
        assertThat(segmentBytes()).isLessThan(25L * BODY_BYTES);
        restart();
        assertThat(all(FIRST + 9)).hasSize(10);
    }

    private void acknowledgeMost(long queue) {
        SettlementProbe settlement = new SettlementProbe();
        receive(queue, ReceiveProbe.upTo(30)).messages().forEach(settlement::acknowledge);
        shard.settle(queue, settlement);
        run();
    }

    @Test
    void damageIsToldForEachQueueAtItsOffset() {
        publish(FIRST + 5, 2, MESSAGE_BYTES);
        share();
        log.damage(log.positionsOf(RecordFormat.SHARED).get(0));
        log.forgetTail();

        for (long each : queues()) {
            assertThat(all(each)).hasSize(each == FIRST + 5 ? 2 : 0);
        }
        assertThat(host.damaged).hasSize(QUEUES).containsOnly(0L, 2L).containsOnlyOnce(2L);
    }

    @Test
    void whatIsSettledInOneQueueIsThereInTheOthers() {
        share();
        share();
        acknowledgeMost(FIRST);
        shard.drop(FIRST + 1);
        host.defined.remove(FIRST + 1);
        run();
        restart();
        assertThat(all(FIRST)).isEmpty();
        assertThat(all(FIRST + 2)).extracting(Message::offset).containsExactly(0L, 1L);
        assertThat(shard.nextOffset(FIRST)).isEqualTo(2);
    }

    /** A record of a shard log says its logs behind the body: no byte of that is in what is handed out. */
    @Test
    void theEntryEndsWithItsBody() {
        share();
        ByteBuf record = log.record(log.positionsOf(RecordFormat.SHARED).get(0));
        assertThat(record.getLong(record.writerIndex() - 16)).isEqualTo(FIRST + QUEUES - 1);
        PeekProbe peek = PeekProbe.all();
        shard.peek(FIRST + 2, peek);
        run();
        assertThat(peek.seen()).hasSize(1);
        assertThat(shard.stats(FIRST + 2).ready()).isEqualTo(1);
    }
}
