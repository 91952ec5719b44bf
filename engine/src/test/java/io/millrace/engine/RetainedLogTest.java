package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.record.RecordFormat;
import io.millrace.storage.index.SealedRun;
import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that keep their messages for a time or up to a size, whoever has read them. */
class RetainedLogTest extends ShardFixture {
    private static final int LARGE_BYTES = 4_000;
    private static final long MINUTE_MILLIS = 60_000;

    private void retain(long millis, long bytes) {
        host.policies.put(QUEUE, KeepPolicy.retained(millis, bytes));
        shard.keepPolicyChanged();
    }

    private void giveUpAll() {
        long end = log.syncedPosition();
        log.wantTrim(end);
        run();
        assertThat(log.trimmed()).isEqualTo(end);
    }

    private void publishIntoSegment(long millis, int entries) {
        for (int i = 0; i < entries; i++) {
            publishAt(millis, 1, LARGE_BYTES);
        }
        giveUpAll();
    }

    private long now() {
        return clock.epochMillis();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            pass(SECOND);
        }
    }

    private static List<Long> numbers(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }

    // Fetching.

    @Test
    void entriesComeWholeFromAnyOffset() {
        publish(3);
        publish(1);
        publish(4);

        assertThat(fetch(FetchProbe.from(0)).firstOffsets()).containsExactly(0L, 3L, 4L);
        FetchProbe inside = fetch(FetchProbe.from(6));
        assertThat(inside.firstOffsets()).containsExactly(4L);
        assertThat(inside.numbers()).isEqualTo(numbers(1004, 1008));
        assertThat(inside.nextOffset()).isEqualTo(8);
        assertThat(fetch(FetchProbe.from(8)).firstOffsets()).isEmpty();
    }

    @Test
    void aFetchIsBoundedAndTakesOneEntryAtLeast() {
        publish(QUEUE, 1, LARGE_BYTES);
        publish(QUEUE, 1, LARGE_BYTES);
        publish(QUEUE, 1, LARGE_BYTES);

        FetchProbe small = fetch(new FetchProbe(0, 10, 100, 0));
        assertThat(small.firstOffsets()).containsExactly(0L);
        assertThat(small.nextOffset()).isEqualTo(1);
        assertThat(fetch(new FetchProbe(0, 10, 2 * LARGE_BYTES + 1_000, 0)).firstOffsets())
                .containsExactly(0L, 1L);
        assertThat(fetch(new FetchProbe(1, 1, Integer.MAX_VALUE, 0)).firstOffsets())
                .containsExactly(1L);
    }

    @Test
    void whatIsOutsideOfTheLogIsSaidToBe() {
        publish(5);
        FetchProbe behind = fetch(FetchProbe.from(6));
        assertThat(behind.floor()).isZero();
        assertThat(behind.endOfRange()).isEqualTo(5);
        assertThat(behind.answers()).isEqualTo(1);
        host.defined.remove(OTHER);
        FetchProbe nowhere = FetchProbe.from(0);
        shard.fetch(OTHER, nowhere);
        assertThat(nowhere.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
    }

    @Test
    void whatIsNotSyncedIsNotSeenAndIsWaitedFor() {
        log.syncAtOnce(false);
        publish(2);
        assertThat(fetch(FetchProbe.from(0)).firstOffsets()).isEmpty();
        FetchProbe waiting = fetch(new FetchProbe(0, 10, 1_000, 5 * SECOND));
        assertThat(waiting.answers()).isZero();

        log.sync();
        run();

        assertThat(waiting.numbers()).isEqualTo(numbers(1000, 1002));
        pass(6 * SECOND);
        assertThat(waiting.answers()).isEqualTo(1);
    }

    @Test
    void aWaitEndsInTimeOrWithTheQueueOrIsCancelled() {
        publish(1);
        FetchProbe inVain = fetch(new FetchProbe(1, 10, 1_000, 5 * SECOND));
        FetchProbe cancelled = fetch(new FetchProbe(1, 10, 1_000, 5 * SECOND));
        FetchProbe longer = fetch(new FetchProbe(1, 10, 1_000, 50 * SECOND));
        shard.cancel(cancelled);
        pass(6 * SECOND);
        assertThat(inVain.answers()).isEqualTo(1);
        assertThat(inVain.numbers()).isEmpty();
        assertThat(cancelled.answers()).isZero();
        assertThat(longer.answers()).isZero();

        shard.drop(QUEUE);
        run();

        assertThat(longer.refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsInSegmentsIsReadThere(boolean adopted) {
        log.mayStay(adopted);
        for (int i = 0; i < 1_200; i++) {
            publish(1 + i % 3);
            if (i % 500 == 499) {
                giveUpAll();
            }
        }
        restart();

        FetchProbe all = fetch(FetchProbe.from(0));

        assertThat(all.numbers()).isEqualTo(numbers(1000, nextNumber));
        assertThat(stats().leased()).as("nothing has changed").isZero();
        assertThat(fetch(FetchProbe.from(0)).numbers()).isEqualTo(all.numbers());
    }

    @Test
    void whatIsDamagedIsPassedOverAndReported() {
        publish(2);
        publish(2);
        publish(1);
        log.damage(log.positionsOf(RecordFormat.ENTRY).get(1));
        log.forgetTail();

        FetchProbe fetch = fetch(FetchProbe.from(0));

        assertThat(fetch.firstOffsets()).containsExactly(0L, 4L);
        assertThat(fetch.damaged()).isEqualTo(1);
        assertThat(host.damaged).containsExactly(2L);
    }

    @Test
    void behindADamagedIndexItGoesOn() {
        publishIntoSegment(now(), 5);
        publishIntoSegment(now(), 5);
        SealedRun first = shard.queues().get(QUEUE).log().entries().sealed().get(0);
        restart();
        log.segments().flip(first.segment(), (int) first.rootAddress() + 20);

        FetchProbe fetch = fetch(FetchProbe.from(2));

        assertThat(fetch.firstOffsets()).containsExactly(5L, 6L, 7L, 8L, 9L);
        assertThat(host.damaged).containsExactly(2L);
    }

    // Retention.

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOldestGoWhereThereIsTooMuch(boolean restarts) {
        retain(KeepPolicy.UNLIMITED, 250L * LARGE_BYTES);
        for (int i = 0; i < 6; i++) {
            publishIntoSegment(now(), 100);
        }
        pass(30);
        if (restarts) {
            restart();
        }

        FetchProbe gone = fetch(FetchProbe.from(0));
        assertThat(gone.floor()).isEqualTo(300);
        assertThat(gone.endOfRange()).isEqualTo(600);
        assertThat(fetch(FetchProbe.from(300)).numbers()).isEqualTo(numbers(1300, 1600));
    }

    @Test
    void theSpaceOfWhatIsGoneComesBack() {
        retain(KeepPolicy.UNLIMITED, 10L * LARGE_BYTES);
        for (int i = 0; i < 60; i++) {
            publishIntoSegment(now(), 100);
            pass(12);
        }
        long bytes = log.segments().all().values().stream()
                .mapToLong(each -> each.length)
                .sum();
        assertThat(bytes)
                .as("dead weight up to a bound stays until the next trim")
                .isLessThan(18L << 20);
    }

    @Test
    void whatIsTooOldGoes() {
        publishIntoSegment(now(), 100);
        publishAt(now(), 3, LARGE_BYTES);
        pass(120);
        retain(MINUTE_MILLIS, KeepPolicy.UNLIMITED);
        pass(12);
        assertThat(fetch(FetchProbe.from(0)).floor())
                .as("also what the journal has")
                .isEqualTo(103);
        publishAt(now(), 1, LARGE_BYTES);
        pass(30);
        assertThat(fetch(FetchProbe.from(103)).numbers()).containsExactly(1103L);

        pass(60);

        assertThat(fetch(FetchProbe.from(103)).floor()).isEqualTo(104);
        assertThat(publish(1).storedOffset()).isEqualTo(104);
    }

    @Test
    void aClockThatIsAheadDoesNotHoldMessagesForEver() {
        retain(MINUTE_MILLIS, KeepPolicy.UNLIMITED);
        publishAt(now() + 1_000 * MINUTE_MILLIS, 1, LARGE_BYTES);
        giveUpAll();

        pass(90);

        assertThat(fetch(FetchProbe.from(0)).floor()).isEqualTo(1);
    }

    @Test
    void aQueueKeepsWhatNobodyHasSettled() {
        publishIntoSegment(0, 10);
        pass(60);
        assertThat(fetch(FetchProbe.from(0)).numbers()).hasSize(10);
    }

    // Times.

    /** Against a list: timestamps in any order, entries in the journal, in segments and in adopted extents. */
    @ParameterizedTest
    @SeedSource(runs = 40)
    void theFirstEntryThatReachesATimeIsFound(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        clock.advance(1_000_000 * SECOND);
        List<Long> offsets = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        long start = now() - 100_000;
        long time = start;
        for (int i = 0; i < 700; i++) {
            time = Math.min(now(), time + random.nextInt(-50, 120));
            times.add(time);
            offsets.add(publishAt(time, 1 + random.nextInt(3), MESSAGE_BYTES).storedOffset());
            if (random.nextInt(200) == 0) {
                log.mayStay(random.nextBoolean());
                giveUpAll();
            }
            if (random.nextInt(300) == 0) {
                restart();
            }
        }
        for (int i = 0; i < 30; i++) {
            long wanted = start + random.nextLong(-500, time - start + 500);
            int first = 0;
            while (first < times.size() && times.get(first) < wanted) {
                first++;
            }
            FindTimeProbe found = findTime(wanted);
            assertThat(found.answers()).isEqualTo(1);
            assertThat(found.offset()).isEqualTo(first < times.size() ? offsets.get(first) : -1);
            assertThat(found.foundMillis()).isEqualTo(first < times.size() ? times.get(first) : -1);
        }
    }

    @Test
    void aSearchInALogThatIsNotThereIsRefused() {
        host.defined.remove(QUEUE);
        assertThat(findTime(0).refusal()).isEqualTo(Refusal.QUEUE_NOT_FOUND);
    }
}
