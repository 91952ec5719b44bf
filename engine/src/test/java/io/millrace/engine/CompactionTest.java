package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.ReceiveProbe.Message;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.storage.Extent;
import io.millrace.storage.index.SealedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Old segments in which little lives, or that are many, are written anew; nothing that lives is lost on the way. */
class CompactionTest extends ShardFixture {
    /** So many segments of about one size become one. */
    private static final int TIER_SEGMENTS = 8;

    private static final int LARGE_BYTES = 4_000;

    private void giveUpAll() {
        long end = log.syncedPosition();
        log.wantTrim(end);
        run();
        assertThat(log.trimmed()).isEqualTo(end);
    }

    /** Publishes so many messages, an entry each, and has them moved into a segment. */
    private void publishIntoSegment(int messages, int messageBytes) {
        for (int i = 0; i < messages; i++) {
            publish(QUEUE, 1, messageBytes);
        }
        giveUpAll();
    }

    /** Acknowledges everything that is there but each {@code step}th message, which goes back. */
    private List<Long> leaveEach(int step) {
        List<Long> left = new ArrayList<>();
        List<Message> kept = new ArrayList<>();
        for (List<Message> got = some(); !got.isEmpty(); got = some()) {
            List<Message> done = new ArrayList<>();
            for (Message each : got) {
                if (each.offset() % step == 0) {
                    kept.add(each);
                    left.add(each.number());
                } else {
                    done.add(each);
                }
            }
            acknowledge(done);
        }
        kept.forEach(each -> release(each, 0));
        return left;
    }

    private List<Message> some() {
        return receive(ReceiveProbe.upTo(100)).messages();
    }

    private List<Long> allNumbers() {
        List<Long> numbers = new ArrayList<>();
        for (List<Message> got = some(); !got.isEmpty(); got = some()) {
            got.forEach(each -> numbers.add(each.number()));
        }
        return numbers;
    }

    private void quieten() {
        for (int i = 0; i < 40; i++) {
            pass(SECOND);
        }
    }

    private long segmentBytes() {
        return log.segments().all().values().stream()
                .mapToLong(each -> each.length)
                .sum();
    }

    private List<SealedRun> runs() {
        return shard.queues().get(QUEUE).log().entries().sealed();
    }

    private static List<Long> numbers(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }

    /** A small message of a log that has few takes less than what says where it is. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsWrittenAnewStaysWhereItIsWhileItLives(boolean restarts) {
        for (long each = 1_000; each < 1_400; each++) {
            host.defined.add(each);
            publish(each, 1, PublishProbe.MESSAGE_BYTES_MIN);
        }
        giveUpAll();
        if (restarts) {
            restart();
        }
        publishIntoSegment(2, PublishProbe.MESSAGE_BYTES_MIN);
        acknowledge(take());
        quieten();
        Set<Long> segments = Set.copyOf(log.segments().all().keySet());

        quieten();

        assertThat(log.segments().all().keySet()).isEqualTo(segments);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sparseSegmentsShrinkToWhatLives(boolean restarts) {
        publishIntoSegment(100, LARGE_BYTES);
        publishIntoSegment(100, LARGE_BYTES);
        List<Long> left = leaveEach(10);
        assertThat(segmentBytes()).isGreaterThan(200L * LARGE_BYTES);

        quieten();

        assertThat(segmentBytes()).isBetween(20L * LARGE_BYTES, 25L * LARGE_BYTES);
        assertThat(runs()).as("neighbours are one run").hasSize(1);
        if (restarts) {
            restart();
        }
        assertThat(allNumbers()).isEqualTo(left);
    }

    @Test
    void segmentsHalfOfWhichLivesStayAsTheyAre() {
        publishIntoSegment(100, LARGE_BYTES);
        publish(QUEUE, 1, LARGE_BYTES);
        List<SealedRun> before = List.copyOf(runs());
        for (int i = 0; i < 40; i++) {
            acknowledge(take());
        }

        quieten();

        assertThat(runs()).isEqualTo(before);
    }

    @Test
    void aBatchOfWhichOneMessageIsLeftIsNotWrittenAgainAndAgain() {
        for (int i = 0; i < 20; i++) {
            publish(QUEUE, 100, 100);
        }
        giveUpAll();
        List<Long> left = leaveEach(100);

        quieten();
        List<SealedRun> written = List.copyOf(runs());
        publish(1);
        acknowledge(receive(ReceiveProbe.upTo(100)).messages().stream()
                .filter(each -> each.offset() >= 2000)
                .toList());
        quieten();

        assertThat(runs()).as("every entry of it lives").isEqualTo(written);
        pass(40 * SECOND);
        assertThat(allNumbers()).isEqualTo(left);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anExtentThatStorageWantsBackIsLeft(boolean restarts) {
        log.mayStay(true);
        publishIntoSegment(100, LARGE_BYTES);
        publishIntoSegment(100, LARGE_BYTES);
        log.mayStay(false);
        List<Long> left = leaveEach(10);
        quieten();
        assertThat(log.adopted()).as("what lives in them was told").hasSize(2);
        assertThat(log.adopted())
                .allSatisfy(each -> assertThat(each.liveBytes()).isBetween(10L * LARGE_BYTES, 12L * LARGE_BYTES));

        for (Extent each : log.adopted()) {
            log.vacate(each);
        }
        quieten();

        assertThat(log.adopted()).isEmpty();
        if (restarts) {
            restart();
        }
        assertThat(allNumbers()).isEqualTo(left);
    }

    @Test
    void anExtentInWhichNothingLivesIsGivenBackUnasked() {
        log.mayStay(true);
        publishIntoSegment(10, LARGE_BYTES);
        publishIntoSegment(10, LARGE_BYTES);
        publishIntoSegment(10, LARGE_BYTES);
        acknowledge(some().subList(10, 20));

        quieten();

        assertThat(log.adopted()).as("one in the middle that is settled goes").hasSize(2);
        List<Long> left = numbers(1000, 1010);
        left = new ArrayList<>(left);
        left.addAll(numbers(1020, 1030));
        assertThat(allNumbers()).isEqualTo(left);
    }

    @Test
    void theNumberOfSegmentsDependsOnTheAmountOfDataOnly() {
        for (int i = 0; i < 100; i++) {
            publishIntoSegment(2, MESSAGE_BYTES);
            pass(10 * SECOND);
        }

        quieten();

        assertThat(runs()).hasSizeLessThan(2 * TIER_SEGMENTS);
        assertThat(log.segments().all()).hasSizeLessThan(3 * TIER_SEGMENTS);
        assertThat(allNumbers()).isEqualTo(numbers(1000, 1200));
    }

    @Test
    void oneOldMessageHoldsNoMoreThanItself() {
        publishIntoSegment(300, LARGE_BYTES);
        Message old = take();
        for (int i = 1; i < 300; i++) {
            acknowledge(take());
        }
        release(old, 0);
        for (int round = 0; round < 5; round++) {
            publishIntoSegment(50, LARGE_BYTES);
            Message again = take();
            assertThat(again.number()).isEqualTo(old.number());
            acknowledge(some());
            release(again, 0);
        }

        quieten();

        assertThat(segmentBytes()).isLessThan(3L * LARGE_BYTES);
        assertThat(allNumbers()).containsExactly(old.number());
    }

    @Test
    void aCycleWritesABoundedAmountAndTheRestComesLater() {
        restartWith(new EngineLimits(1 << 30, 1_000, 30L * LARGE_BYTES, EngineLimits.DEFAULT.indexRecordsMax()));
        publishIntoSegment(200, LARGE_BYTES);
        publishIntoSegment(200, LARGE_BYTES);
        publishIntoSegment(200, LARGE_BYTES);
        List<Long> left = leaveEach(10);

        pass(6 * SECOND);
        assertThat(segmentBytes())
                .as("one segment, of three, went in the first cycles")
                .isGreaterThan(60L * LARGE_BYTES);
        quieten();

        assertThat(segmentBytes()).isBetween(60L * LARGE_BYTES, 75L * LARGE_BYTES);
        assertThat(allNumbers()).isEqualTo(left);
    }

    @Test
    void aRunWhoseIndexIsDamagedStaysAndIsReportedAndTheOthersGo() {
        publishIntoSegment(100, LARGE_BYTES);
        publishIntoSegment(100, LARGE_BYTES);
        publishIntoSegment(100, LARGE_BYTES);
        List<Long> left = leaveEach(10);
        SealedRun damaged = runs().get(1);
        restart(); // nothing of it is in memory
        log.segments().flip(damaged.segment(), (int) damaged.rootAddress() + 20);

        quieten();

        assertThat(host.damaged).as("told once").containsExactly(damaged.firstOffset());
        assertThat(runs()).hasSize(3).contains(damaged);
        assertThat(log.segments().all()).containsKey(damaged.segment());
        assertThat(segmentBytes()).isLessThan(130L * LARGE_BYTES);
        log.segments().flip(damaged.segment(), (int) damaged.rootAddress() + 20);
        restart();
        assertThat(allNumbers()).as("when the damage is repaired").isEqualTo(left);
    }

    @Test
    void whatCannotBeWrittenStaysWhereItIsAndIsTriedAgain() {
        publishIntoSegment(100, LARGE_BYTES);
        List<Long> left = leaveEach(10);
        log.failJobs(true);
        quieten();
        assertThat(host.checkpointFailures).isNotEmpty();
        assertThat(segmentBytes()).isGreaterThan(100L * LARGE_BYTES);

        log.failJobs(false);
        quieten();

        assertThat(segmentBytes()).isLessThan(12L * LARGE_BYTES);
        assertThat(allNumbers()).isEqualTo(left);
    }

    @Test
    void whatIsReadWhileItMovesIsReadWhereItWas() {
        publishIntoSegment(100, LARGE_BYTES);
        leaveEach(10);
        log.readAtOnce(false);
        PeekProbe peek = new PeekProbe(0, 100, Integer.MAX_VALUE, null);
        shard.peek(QUEUE, peek);
        run();
        assertThat(log.segments().all()).containsKey(1L);

        quieten();
        assertThat(log.segments().all()).as("it is read still").containsKey(1L);
        log.completeReads();
        run();
        log.completeReads();
        run();
        log.completeReads();
        run();

        assertThat(peek.states()).hasSize(10).containsOnly(Peek.State.READY);
        assertThat(log.segments().all()).doesNotContainKey(1L);
    }

    @Test
    void whatHasMovedWhileAPeekReadsTheIndexIsReadWhereItIsNow() {
        publishIntoSegment(100, LARGE_BYTES);
        publishIntoSegment(100, LARGE_BYTES);
        List<Long> left = leaveEach(10);
        restart();
        log.readAtOnce(false);
        PeekProbe peek = new PeekProbe(0, 100, Integer.MAX_VALUE, null);
        shard.peek(QUEUE, peek);
        run();
        log.completeRead();
        run();
        assertThat(peek.size()).as("those of the first segment are found").isEqualTo(10);
        assertThat(log.waitingReads())
                .as("it reads the index of the second one")
                .isEqualTo(1);

        discard(QUEUE, publish(1).storedOffset()); // something is settled, so compaction looks what it can do
        quieten();
        assertThat(log.segments().all()).as("somebody reads still").containsKey(1L);
        log.completeRead();
        run();
        assertThat(log.segments().all()).as("it is given back").doesNotContainKey(1L);
        while (log.waitingReads() > 0) {
            log.completeReads();
            run();
        }

        assertThat(peek.seen()).extracting(PeekProbe.Seen::number).isEqualTo(left);
    }
}
