package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.storage.index.IndexMemory;
import io.millrace.storage.index.SealedRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a receive needs of the index of sealed segments is read together, and looked at anew when it is there. */
class NextBlocksTest extends ShardFixture {
    /** Enough for several blocks of entries and a directory in each segment. */
    private static final int LARGE_SEGMENT = 1_200;

    private static final int SMALL_SEGMENT = 40;
    /** More than a receive takes to know what is first in the index by priority. */
    private static final int FRONT_READS_MAX = 6;

    private final SplittableRandom random = new SplittableRandom(5);
    private final List<Message> expected = new ArrayList<>();

    private void giveUpAll() {
        run();
        log.wantTrim(log.syncedPosition());
        run();
        assertThat(log.trimmed()).isEqualTo(log.syncedPosition());
    }

    /** Publishes messages with random priorities into so many segments, and forgets what is in memory of them. */
    private void publishByPriority(int segments, int messages) {
        List<long[]> all = new ArrayList<>();
        for (int segment = 0; segment < segments; segment++) {
            for (int i = 0; i < messages; i++) {
                int priority = random.nextInt(1, 1_000_000);
                all.add(new long[] {priority, all.size(), nextNumber});
                shard.publish(QUEUE, probe(1).priority(priority));
            }
            giveUpAll();
        }
        all.sort(Comparator.<long[]>comparingLong(each -> each[0]).thenComparingLong(each -> each[1]));
        all.forEach(each -> expected.add(new Message(each[1], 0, 1, each[2])));
        restart();
        assertThat(runs()).hasSize(segments);
    }

    private List<Long> expectedOffsets(int from, int to) {
        return expected.subList(from, to).stream().map(Message::offset).toList();
    }

    private List<SealedRun> runs() {
        return shard.queues().get(QUEUE).log().entries().sealed();
    }

    @Test
    void aReceiveByPriorityReadsWhatItNeedsInFewRounds() {
        publishByPriority(4, LARGE_SEGMENT);
        int readsBefore = log.readCount();

        assertThat(receive(ReceiveProbe.upTo(100)).offsets()).isEqualTo(expectedOffsets(0, 100));

        // The front of the index by priority, directories, blocks, entries.
        assertThat(log.readCount() - readsBefore).isLessThanOrEqualTo(FRONT_READS_MAX + 3);
        int readsOfFirst = log.readCount();
        assertThat(receive(ReceiveProbe.upTo(100)).offsets()).isEqualTo(expectedOffsets(100, 200));
        assertThat(log.readCount() - readsOfFirst)
                .as("all blocks are in memory")
                .isLessThanOrEqualTo(3);
    }

    @Test
    void withNextToNoMemoryForTheIndexReceivesBecomeSmallAndMissNothing() {
        host.indexMemory = new IndexMemory(0);
        publishByPriority(3, LARGE_SEGMENT);
        List<Long> got = new ArrayList<>();
        while (got.size() < 60) {
            List<Long> more = receive(ReceiveProbe.upTo(20)).offsets();
            assertThat(more).isNotEmpty();
            got.addAll(more);
        }

        assertThat(got).isEqualTo(expectedOffsets(0, got.size()));
    }

    @Test
    void whatWasReadOfSegmentsThatAreGoneTakesNoMemory() {
        publishByPriority(4, SMALL_SEGMENT);
        for (int left = 4 * SMALL_SEGMENT; left > 0; ) {
            List<Message> got = receive(ReceiveProbe.upTo(100)).messages();
            acknowledge(got);
            left -= got.size();
        }
        assertThat(shard.queues().indexCache().bytes()).isPositive();

        publish(1);
        giveUpAll();

        assertThat(shard.queues().indexCache().bytes()).isZero();
    }

    @Test
    void aReceiveOfWhatWentBackReadsWhatItNeedsInFewRounds() {
        for (int segment = 0; segment < 25; segment++) {
            for (int i = 0; i < SMALL_SEGMENT; i++) {
                publish(1);
            }
            giveUpAll();
        }
        List<Message> spread = new ArrayList<>();
        for (Message each : receive(ReceiveProbe.durable(10_000)).messages()) {
            if (each.offset() % 25 == 0) {
                spread.add(each);
            }
        }
        assertThat(spread).hasSize(SMALL_SEGMENT);
        spread.forEach(each -> release(each, 0));
        restart();
        int readsBefore = log.readCount();

        assertThat(receive(ReceiveProbe.upTo(40)).offsets())
                .isEqualTo(spread.stream().map(Message::offset).limit(40).toList());

        assertThat(log.readCount() - readsBefore).as("blocks, entries").isEqualTo(2);
    }

    @Test
    void noMoreIsReadThanTheBytesOfTheReceiveAllow() {
        publishByPriority(30, SMALL_SEGMENT);
        ReceiveProbe small = new ReceiveProbe(100, 4 * MESSAGE_BYTES, ReceiveProbe.LEASE_NANOS, 0, false);
        assertThat(receive(small).isAnswered()).isTrue();

        assertThat(shard.queues().indexCache().bytes()).isLessThan(1_000);
    }

    @Test
    void noMoreIsReadThanTheMessagesOfTheReceiveNeed() {
        publishByPriority(30, SMALL_SEGMENT);
        assertThat(receive(ReceiveProbe.upTo(4)).offsets()).isEqualTo(expectedOffsets(0, 4));

        assertThat(shard.queues().indexCache().bytes()).isLessThan(2_000);
    }

    @Test
    void aDamagedBlockAmongSeveralTakesItsOwnMessagesAlone() {
        publishByPriority(6, SMALL_SEGMENT);
        SealedRun damaged = runs().get(2);
        log.segments().flip(damaged.segment(), (int) damaged.rootAddress() + 20);

        List<Long> got = new ArrayList<>();
        for (List<Long> more = receive(ReceiveProbe.upTo(100)).offsets();
                !more.isEmpty();
                more = receive(ReceiveProbe.upTo(100)).offsets()) {
            got.addAll(more);
        }

        assertThat(got)
                .isEqualTo(expectedOffsets(0, expected.size()).stream()
                        .filter(each -> each < damaged.firstOffset() || each >= damaged.endOffset())
                        .toList());
        assertThat(host.damaged).hasSize(SMALL_SEGMENT).doesNotHaveDuplicates();
        assertThat(stats().damaged()).isEqualTo(SMALL_SEGMENT);
    }

    @Test
    void whatIsMovedWhileItsBlockIsReadIsFoundWhereItIsThen() {
        publishByPriority(6, SMALL_SEGMENT);
        // In each segment most messages go, so that it is worth writing anew.
        List<Message> first = new ArrayList<>(receive(ReceiveProbe.durable(100)).messages());
        first.addAll(receive(ReceiveProbe.durable(100)).messages());
        assertThat(first).hasSize(200);
        restart();
        List<SealedRun> before = List.copyOf(runs());
        log.readAtOnce(false);
        ReceiveProbe receive = receive(ReceiveProbe.waiting(40, 100 * SECOND));
        awaitIndexRead();
        acknowledge(first);
        for (int i = 0; i < 20 && runs().equals(before); i++) {
            pass(SECOND);
        }
        assertThat(runs()).as("they were written anew").isNotEqualTo(before);
        assertThat(receive.isAnswered()).isFalse();

        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(receive.offsets()).isEqualTo(expectedOffsets(200, 240));
        assertThat(host.damaged).isEmpty();
    }

    /** Lets reads come back until blocks of the index of entries are being read. */
    private void awaitIndexRead() {
        while (log.waitingReads() > 0 && shard.queues().get(QUEUE).loads() == 0) {
            log.completeReads();
            run();
        }
        assertThat(shard.queues().get(QUEUE).loads()).isEqualTo(1);
        assertThat(log.waitingReads()).isPositive();
        assertThat(shard.queues().indexCache().bytes()).isZero();
    }

    @Test
    void aPurgeAndACancelWhileBlocksAreReadLeaveNothingBehind() {
        publishByPriority(6, SMALL_SEGMENT);
        log.readAtOnce(false);
        ReceiveProbe cancelled = receive(ReceiveProbe.waiting(100, 100 * SECOND));
        ReceiveProbe waiting = receive(ReceiveProbe.waiting(100, 100 * SECOND));
        awaitIndexRead();
        shard.cancel(cancelled);
        assertThat(purge().purged()).isEqualTo(expected.size());
        log.readAtOnce(true);
        log.completeReads();
        run();
        assertThat(waiting.isAnswered()).isFalse();

        publish(1);

        assertThat(waiting.numbers()).containsExactly(nextNumber - 1);
        assertThat(cancelled.isAnswered()).isFalse();
    }
}
