package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.index.IndexProbe;
import io.millrace.engine.policy.EngineLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that are not in memory any more: who waits for them to be read, what happens meanwhile, and where they end. */
class ShardDeduplicationReadTest extends ShardFixture {
    private static final long WINDOW = 300 * SECOND;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int HEAD_RECORDS = 4;
    private static final int KEYS = 40;

    @BeforeEach
    void keysAreOnDisk() {
        restartWith(limits(64L << 20));
        for (int key = 1; key <= KEYS; key++) {
            publishKeyed(key);
        }
        assertThat(segments()).isNotEmpty();
    }

    private static EngineLimits limits(long unsyncedBytesMax) {
        return new EngineLimits(unsyncedBytesMax, 1000, EngineLimits.DEFAULT.compactionBytesMax(), HEAD_RECORDS);
    }

    private long[] segments() {
        return IndexProbe.keys(shard.indexes()).segments();
    }

    private PublishProbe publishKeyed(long key) {
        return publishKeyed(QUEUE, key, WINDOW);
    }

    private PublishProbe publishKeyed(long logId, long key, long windowNanos) {
        PublishProbe publish = probe(1).key(key, windowNanos);
        shard.publish(logId, publish);
        run();
        return publish;
    }

    private static void assertStored(PublishProbe publish, long offset) {
        assertThat(publish.storedOffset()).isEqualTo(offset);
        assertThat(publish.isDuplicate()).isFalse();
        assertThat(publish.answers()).isEqualTo(1);
    }

    private static void assertDuplicate(PublishProbe publish, long offset) {
        assertThat(publish.storedOffset()).isEqualTo(offset);
        assertThat(publish.isDuplicate()).isTrue();
        assertThat(publish.answers()).isEqualTo(1);
    }

    // Waiting.

    @Test
    void theQueueWaitsInItsOrderAndNothingElseDoes() {
        log.readAtOnce(false);
        PublishProbe duplicate = publishKeyed(1);
        PublishProbe plain = publish(2);
        PublishProbe sameKey = publishKeyed(1);
        PublishProbe fresh = publishKeyed(1000);
        PublishProbe sameFresh = publishKeyed(1000);
        List<PublishProbe> waiting = List.of(duplicate, plain, sameKey, fresh, sameFresh);
        assertThat(waiting).allMatch(each -> each.answers() == 0);
        assertThat(log.unsyncedBytes()).isGreaterThan(6 * MESSAGE_BYTES);

        assertThat(publish(OTHER, 1, MESSAGE_BYTES).isStored()).isTrue();
        assertThat(acknowledge(take()).done()).containsExactly(true);
        assertThat(waiting).allMatch(each -> each.answers() == 0);

        log.readAtOnce(true);
        log.completeReads();
        run();
        assertDuplicate(duplicate, 0);
        assertStored(plain, KEYS);
        assertDuplicate(sameKey, 0);
        assertStored(fresh, KEYS + 2);
        assertDuplicate(sameFresh, KEYS + 2);
        assertThat(log.unsyncedBytes()).isZero();
    }

    /** More keys are looked for than are looked for at a time. */
    @Test
    void manyMayWait() {
        log.readAtOnce(false);
        List<PublishProbe> waiting = new ArrayList<>();
        for (int i = 0; i < 5 * KEYS; i++) {
            waiting.add(publishKeyed(1 + i % KEYS));
            publishKeyed(OTHER, 1 + i % KEYS, WINDOW);
        }
        assertThat(waiting).anyMatch(each -> each.answers() == 0);
        log.readAtOnce(true);
        log.completeReads();
        run();

        for (int i = 0; i < waiting.size(); i++) {
            assertDuplicate(waiting.get(i), i % KEYS);
        }
        assertThat(shard.stats(OTHER).nextOffset()).isEqualTo(KEYS);
        assertThat(log.unsyncedBytes()).isZero();
    }

    @Test
    void whatWaitsIsBounded() {
        restartWith(limits(1000));
        log.readAtOnce(false);
        PublishProbe first = publishKeyed(1);
        PublishProbe refused = null;
        for (int i = 0; i < 10 && refused == null; i++) {
            PublishProbe next = publish(1);
            refused = next.refusal() == null ? null : next;
        }

        assertThat(refused).isNotNull();
        assertThat(refused.refusal()).isEqualTo(Refusal.OVERLOADED);
        assertThat(publish(OTHER, 1, 500).refusal()).isEqualTo(Refusal.OVERLOADED);
        log.readAtOnce(true);
        log.completeReads();
        run();
        assertDuplicate(first, 0);
        assertThat(log.unsyncedBytes()).isZero();
    }

    @Test
    void whoWaitsIsToldOfTheEnd() {
        log.readAtOnce(false);
        List<PublishProbe> waiting = List.of(publishKeyed(1), publish(1));
        shard.close();
        run();
        assertThat(waiting).allMatch(each -> each.refusal() == Refusal.CLOSING && each.answers() == 1);
        assertThat(log.unsyncedBytes()).isZero();
        log.completeReads();
        run();

        restart();
        log.readAtOnce(false);
        waiting = List.of(publishKeyed(1), publish(1));
        log.fail();
        run();
        assertThat(waiting).allMatch(each -> each.refusal() == Refusal.STORAGE_FAILED && each.answers() == 1);
        log.completeReads();
        run();
        assertThat(waiting).allMatch(each -> each.answers() == 1);
    }

    @Test
    void whoWaitsIsRefusedWhenSpaceEnds() {
        log.readAtOnce(false);
        PublishProbe waiting = publishKeyed(1);
        log.space(false);
        run();
        assertThat(waiting.refusal()).isEqualTo(Refusal.OUT_OF_SPACE);

        log.space(true);
        PublishProbe again = publishKeyed(2);
        log.readAtOnce(true);
        log.completeReads();
        run();
        assertThat(waiting.answers()).isEqualTo(1);
        assertDuplicate(again, 1);
    }

    @Test
    void aQueueThatIsDroppedMeanwhileTakesNothing() {
        log.readAtOnce(false);
        List<PublishProbe> waiting = List.of(publishKeyed(1), publish(1));
        host.defined.remove(QUEUE);
        shard.drop(QUEUE);
        log.readAtOnce(true);
        log.completeReads();
        run();

        assertThat(waiting).allMatch(each -> each.refusal() == Refusal.QUEUE_NOT_FOUND && each.answers() == 1);
        assertThat(log.unsyncedBytes()).isZero();
    }

    @Test
    void whereTheLogFallsBehindNewMessagesWaitOnAndDuplicatesDoNot() {
        log.readAtOnce(false);
        PublishProbe duplicate = publishKeyed(1);
        PublishProbe plain = publish(1);
        log.behind(true);
        PublishProbe last = publishKeyed(2);
        log.readAtOnce(true);
        log.completeReads();
        run();
        assertDuplicate(duplicate, 0);
        assertThat(plain.answers() + last.answers()).isZero();

        log.behind(false);
        run();
        assertStored(plain, KEYS);
        assertDuplicate(last, 1);
        assertThat(log.unsyncedBytes()).isZero();
    }

    /** The index must not grow beyond memory where runs cannot be written. */
    @Test
    void keysWaitWhereRunsCannotBeWrittenAndOthersDoNot() {
        log.failJobs(true);
        List<PublishProbe> all = new ArrayList<>();
        for (int i = 0; i < 20 * HEAD_RECORDS; i++) {
            all.add(publishKeyed(1000 + i));
        }
        assertThat(IndexProbe.keys(shard.indexes()).headRecords()).isLessThanOrEqualTo(8 * HEAD_RECORDS);
        assertThat(all).anyMatch(each -> each.answers() == 0);
        assertThat(publish(OTHER, 1, MESSAGE_BYTES).isStored()).isTrue();

        log.failJobs(false);
        pass(2 * SECOND);
        assertThat(all).allMatch(each -> each.isStored() && !each.isDuplicate());
        assertThat(host.checkpointFailures).isNotEmpty();
    }

    /** Then everything goes, which takes no run to be written. */
    @Test
    void keysThatWaitForRoomGetItWhenAllWindowsHaveEnded() {
        log.failJobs(true);
        int stored = 0;
        PublishProbe waiting = publishKeyed(1000);
        while (waiting.isStored() && stored < 20 * HEAD_RECORDS) {
            stored++;
            waiting = publishKeyed(1000 + stored);
        }
        assertThat(waiting.answers()).isZero();

        pass(WINDOW + SECOND);

        assertStored(waiting, KEYS + stored);
        assertThat(segments()).isEmpty();
    }

    // Restarts, damage.

    @Test
    void theRunsAreThereAfterARestart() {
        log.wantTrim(log.syncedPosition());
        run();
        restart();
        assertThat(segments()).isNotEmpty();
        for (int key = 1; key <= KEYS; key++) {
            assertDuplicate(publishKeyed(key), key - 1);
        }
        assertStored(publishKeyed(KEYS + 1), KEYS);
    }

    @Test
    void damagedRunsMakeKeysNewAndAreNamed() {
        log.wantTrim(log.syncedPosition());
        run();
        purge();
        restart();
        for (long segment : segments()) {
            for (int block = 1; block < log.segments().all().get(segment).length / 4096; block++) {
                log.segments().flip(segment, block * 4096 + 100);
            }
        }

        List<PublishProbe> all = new ArrayList<>();
        for (int key = 1; key <= KEYS; key++) {
            all.add(publishKeyed(key));
        }
        assertThat(all).allMatch(PublishProbe::isStored).anyMatch(each -> !each.isDuplicate());
        assertThat(host.indexDamages).isNotEmpty();
        assertDuplicate(publishKeyed(1), all.get(0).storedOffset());
    }

    @Test
    void aKeyThatCannotBeReadIsTriedAgainAndThenNew() {
        log.wantTrim(log.syncedPosition());
        run();
        restart();
        assertDuplicate(publishKeyed(1), 0);
        log.failReads(true);
        PublishProbe late = publishKeyed(2);
        pass(SECOND / 2);
        assertThat(late.answers()).isZero();
        log.failReads(false);
        pass(SECOND);
        assertDuplicate(late, 1);

        log.failReads(true);
        PublishProbe unknown = publishKeyed(3);
        pass(4 * SECOND);
        assertStored(unknown, KEYS);
        assertThat(host.indexDamages).hasSize(1);
        log.failReads(false);
    }

    // The end of windows.

    @Test
    void keysThatAreUsedAgainAndAgainAreFoundAsTheyWereLast() {
        for (int i = 0; i < 5 * HEAD_RECORDS; i++) {
            PublishProbe publish = publishKeyed(QUEUE, 2000, SECOND);
            assertThat(publish.isDuplicate()).isFalse();
            assertDuplicate(publishKeyed(2000), publish.storedOffset());
            pass(SECOND + 2 * MILLI);
        }
        PublishProbe last = publishKeyed(2000);
        assertStored(last, KEYS + 5 * HEAD_RECORDS);
        log.wantTrim(log.syncedPosition());
        run();
        restart();
        assertDuplicate(publishKeyed(2000), last.storedOffset());
    }

    @Test
    void allSpaceComesBackWhenAllWindowsHaveEnded() {
        log.wantTrim(log.syncedPosition());
        run();
        restart();
        assertThat(log.segments().all().keySet()).contains(segments()[0]);
        long[] before = segments();
        pass(WINDOW + 2 * MILLI);
        assertThat(segments()).isEmpty();
        pass(61 * SECOND);

        assertThat(log.segments().all().keySet())
                .doesNotContainAnyElementsOf(Arrays.stream(before).boxed().toList());
        restart();
        assertThat(segments()).isEmpty();
        assertStored(publishKeyed(1), KEYS);
    }

    /** A trickle of keys keeps the last window from ending, and merges no runs. */
    @Test
    void spaceComesBackWhereAFewKeysComeAllTheTime() {
        long[] before = segments();
        for (int i = 0; i < 30; i++) {
            publishKeyed(3000 + i);
            pass(WINDOW / 10);
        }

        assertThat(segments()).isNotEmpty().doesNotContain(before);
        assertThat(segments()).hasSizeLessThan(10);
        long records = Arrays.stream(segments()).map(this::recordsOf).sum();
        assertThat(records).as("records of two windows at most").isLessThan(25);
        assertThat(log.segments().all().keySet())
                .doesNotContainAnyElementsOf(Arrays.stream(before).boxed().toList());
    }

    /** As the footer of the run says. */
    private long recordsOf(long segment) {
        ByteBuffer run = ByteBuffer.wrap(log.segments().all().get(segment));
        return run.getLong(run.limit() - 4096 + 16);
    }
}
