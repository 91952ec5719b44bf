package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.index.IndexProbe;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.testkit.SeedSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Keys in any order, with windows of any length, in two queues, with an index that has next to nothing in memory, so
 * that runs are written, merged and read all the time, over crashes that lose what was not synced and snapshots taken
 * at any moment: held against a map. Each publish is answered as the map says, in its order; when all windows have
 * ended nothing is left on disk.
 */
class ShardDeduplicationPropertyTest extends ShardFixture {
    private static final int ACTIONS = 200;
    private static final int KEYS = 40;
    private static final long WINDOW_NANOS_MAX = 60 * SECOND;
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    /** A window that ends this soon, or has ended this short ago, may be over or not. */
    private static final long DOUBT_NANOS = 8 * MILLI;

    private record Key(long logId, long key) {}

    private record Known(long offset, long endNanos) {}

    private record Issued(long logId, long key, long windowNanos, PublishProbe publish) {}

    private final Map<Key, Known> known = new HashMap<>();
    private final Map<Long, Long> nextOffsets = new HashMap<>();
    private final Map<Long, ArrayDeque<Issued>> unanswered = new HashMap<>();
    private SplittableRandom random;
    private long duplicates;

    @ParameterizedTest
    @SeedSource(runs = 300)
    void everyKeyIsStoredOnceInItsWindow(long seed) {
        random = new SplittableRandom(seed);
        restartWith(new EngineLimits(64L << 20, 100, EngineLimits.DEFAULT.compactionBytesMax(), random.nextInt(1, 12)));
        for (int i = 0; i < ACTIONS; i++) {
            act();
        }
        assertThat(duplicates).isPositive();
        endWindows();
        assertThat(host.indexDamages).isEmpty();
        assertThat(host.checkpointFailures).isEmpty();
        assertThat(host.faults).isEmpty();
    }

    private void act() {
        int what = random.nextInt(100);
        if (what < 60) {
            for (int i = random.nextInt(1, 8); i > 0; i--) {
                publishOne();
            }
        } else if (what < 75) {
            answerAll();
            pass(random.nextInt(5) == 0 ? random.nextLong(WINDOW_NANOS_MAX) : random.nextLong(5 * SECOND));
        } else if (what < 80) {
            log.syncAtOnce(random.nextBoolean());
            log.readAtOnce(random.nextBoolean());
        } else if (what < 88) {
            log.mayStay(random.nextBoolean());
            log.wantTrim(log.syncedPosition());
            run();
        } else if (what < 92) {
            answerAll();
            purge();
        } else {
            crash();
        }
        if (random.nextBoolean()) {
            run();
        }
        check();
    }

    private void publishOne() {
        long logId = random.nextBoolean() ? QUEUE : OTHER;
        long key = random.nextInt(4) == 0 ? 0 : random.nextInt(1, KEYS);
        Known before = known.get(new Key(logId, key));
        if (before != null && Math.abs(before.endNanos - clock.elapsedNanos()) < DOUBT_NANOS) {
            answerAll();
            pass(2 * DOUBT_NANOS);
        }
        long windowNanos = random.nextInt(10) == 0
                ? random.nextLong(1, WINDOW_NANOS_MAX)
                : random.nextLong(DOUBT_NANOS, 10 * SECOND);
        PublishProbe publish = probe(random.nextInt(1, 4)).key(key, windowNanos);
        unanswered.computeIfAbsent(logId, each -> new ArrayDeque<>()).add(new Issued(logId, key, windowNanos, publish));
        shard.publish(logId, publish);
    }

    /** Those that were answered were answered in their order, as the map says. No time has passed since they came. */
    private void check() {
        for (ArrayDeque<Issued> line : unanswered.values()) {
            while (!line.isEmpty() && line.peek().publish.answers() > 0) {
                checkAnswer(line.remove());
            }
            assertThat(line).as("those behind one that waits").allMatch(each -> each.publish.answers() == 0);
        }
    }

    private void checkAnswer(Issued issued) {
        PublishProbe publish = issued.publish;
        long now = clock.elapsedNanos();
        long nextOffset = nextOffsets.getOrDefault(issued.logId, 0L);
        Key key = new Key(issued.logId, issued.key);
        Known before = issued.key == 0 ? null : known.get(key);
        assertThat(publish.answers()).isEqualTo(1);
        assertThat(publish.refusal()).isNull();
        if (before != null && before.endNanos > now) {
            assertThat(publish.isDuplicate()).as("key %d is known", issued.key).isTrue();
            assertThat(publish.storedOffset()).isEqualTo(before.offset);
            duplicates++;
        } else {
            assertThat(publish.isDuplicate()).as("key %d is new", issued.key).isFalse();
            assertThat(publish.storedOffset()).isEqualTo(nextOffset);
            nextOffsets.put(issued.logId, nextOffset + publish.count());
            known.put(key, new Known(nextOffset, now + issued.windowNanos));
        }
    }

    private void answerAll() {
        log.syncAtOnce(true);
        log.readAtOnce(true);
        log.completeReads();
        run();
        log.sync();
        run();
        check();
        assertThat(unanswered.values()).allMatch(ArrayDeque::isEmpty);
    }

    /** What was not answered was not stored, and does not count. */
    private void crash() {
        check();
        unanswered.clear();
        restart();
    }

    private void endWindows() {
        answerAll();
        log.wantTrim(log.syncedPosition());
        run();
        // Then the runs are let go, and a minute later their segments.
        pass(WINDOW_NANOS_MAX + 2 * DOUBT_NANOS);
        pass(62 * SECOND);
        List<Long> left = shard.indexes().described();
        assertThat(left).as("runs that are described").isEmpty();
        assertThat(IndexProbe.keys(shard.indexes()).headRecords()).isZero();
        known.clear();
        publishOne();
        answerAll();
    }
}
