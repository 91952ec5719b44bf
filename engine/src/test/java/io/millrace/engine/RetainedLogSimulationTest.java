package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.compaction.CompactionTally;
import io.millrace.engine.policy.EngineLimits;
import io.millrace.engine.policy.KeepPolicy;
import io.millrace.engine.policy.LatestPerKey;
import io.millrace.engine.policy.MessageKeys;
import io.millrace.storage.local.LocalStoreOptions;
import io.millrace.storage.local.ScrubOptions;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedClock;
import io.millrace.testkit.SimulatedCrash;
import io.millrace.testkit.SimulatedFileSystem;
import io.millrace.testkit.SimulatedWorld;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Retained logs on the local store, over a disk that forgets what was not synced: one that keeps a number of bytes, one
 * that keeps the latest of each key. After each power cut and all the time in between, what was confirmed and is to be
 * kept can be fetched, with its bytes, at its offset.
 */
class RetainedLogSimulationTest {
    private static final long BOUNDED = 1;
    private static final long KEYED = 2;
    private static final int BLOCK_BYTES = 4096;
    private static final int MESSAGE_BYTES = 700;
    private static final long KEPT_BYTES = 60_000;
    private static final int KEYS = 20;
    private static final LocalStoreOptions OPTIONS =
            new LocalStoreOptions(1, 16 * BLOCK_BYTES, 1, 16 << 10, BLOCK_BYTES, 1, 0);

    private static long superseded;
    private static long expired;
    private static long powerCuts;
    private static long compactions;

    private final SimulatedClock clock = new SimulatedClock();
    private final ShardLedger ledger = new ShardLedger(0);
    /** What was confirmed of each log, by offset. */
    private final Map<Long, TreeMap<Long, Long>> confirmed = Map.of(BOUNDED, new TreeMap<>(), KEYED, new TreeMap<>());

    private SplittableRandom random;
    private SimulatedFileSystem disk;
    private SimulatedProcess process;
    private long nextNumber = 1;

    @ParameterizedTest
    @SeedSource(runs = 30)
    void whatIsToBeKeptIsThere(long seed) throws IOException {
        random = new SplittableRandom(seed);
        disk = new SimulatedFileSystem(random.split());
        for (int life = 0; life < 5; life++) {
            start();
            if (life < 4 && random.nextInt(3) > 0) {
                disk.crashAt(disk.operations() + random.nextInt(1, 1_500));
            }
            try {
                live();
                disk.crashAt(Long.MAX_VALUE);
                process.kill();
                disk.crash(random);
            } catch (SimulatedCrash e) {
                process.kill();
            }
            died();
        }
        start();
        checkAll();
        process.close();
        disk.crash(random);
        died();
    }

    private void died() {
        powerCuts++;
        compactions +=
                process.compactions().stream().mapToInt(CompactionTally::begun).sum();
        process = null;
        disk.crashAt(Long.MAX_VALUE);
        disk.restart();
    }

    private void start() throws IOException {
        SimulatedWorld world = new SimulatedWorld(random.split(), clock);
        process = new SimulatedProcess(
                disk,
                OPTIONS,
                EngineLimits.DEFAULT,
                world,
                Set.of(BOUNDED, KEYED),
                List.of(ledger),
                random.split(),
                ScrubOptions.NEVER);
        process.policies.put(BOUNDED, KeepPolicy.retained(KeepPolicy.UNLIMITED, KEPT_BYTES));
        process.policies.put(
                KEYED,
                KeepPolicy.retained(KeepPolicy.UNLIMITED, KeepPolicy.UNLIMITED)
                        .withLatestPerKey(new LatestPerKey(RetainedLogSimulationTest::readKeys, 0.3, 1L << 40)));
        ledger.restarted();
        assertThat(process.awaitReady()).isTrue();
    }

    private static void readKeys(int format, ByteBuf body, MessageKeys.Visitor visitor) {
        for (int i = 0; i * MESSAGE_BYTES < body.readableBytes(); i++) {
            visitor.onKey(i, 0, body.getLong(body.readerIndex() + i * MESSAGE_BYTES) % KEYS, false);
        }
    }

    private void live() {
        for (int action = random.nextInt(20, 120); action > 0; action--) {
            int what = random.nextInt(20);
            if (what < 14) {
                publish(random.nextBoolean() ? BOUNDED : KEYED, random.nextInt(4) == 0 ? random.nextInt(2, 6) : 1);
            } else if (what < 17) {
                clock.advance(TimeUnit.SECONDS.toNanos(random.nextInt(1, 20)));
            } else if (what == 17) {
                checkAll();
            }
            if (random.nextInt(3) == 0) {
                process.runUntilIdle();
            }
        }
        process.runUntilIdle();
        checkAll();
    }

    private void publish(long logId, int count) {
        PublishProbe publish = new PublishProbe(nextNumber, count, MESSAGE_BYTES) {
            @Override
            protected void onStored(long offset) {
                super.onStored(offset);
                for (int i = 0; i < count(); i++) {
                    confirmed.get(logId).put(offset + i, firstNumber() + i);
                }
            }
        };
        nextNumber += count;
        process.shard(0).publish(logId, publish);
    }

    private void checkAll() {
        // What is due is done before: the floor does not move while it is looked at.
        process.runUntilIdle();
        check(BOUNDED);
        check(KEYED);
    }

    private void check(long logId) {
        TreeMap<Long, Long> expected = confirmed.get(logId);
        Map<Long, Long> seen = new HashMap<>();
        FetchProbe first = fetch(logId, 0);
        long from = Math.max(0, first.floor());
        long floor = from;
        for (FetchProbe next = fetch(logId, from); next.nextOffset() > from; next = fetch(logId, from)) {
            assertThat(next.damaged()).isZero();
            next.addTo(seen);
            from = next.nextOffset();
        }
        seen.forEach((offset, number) ->
                assertThat(number).as("what is at %d", offset).isEqualTo(expected.getOrDefault(offset, number)));
        if (logId == BOUNDED) {
            assertThat(seen.keySet()).containsAll(expected.tailMap(floor).keySet());
            assertThat(floor == 0 || seen.size() * (MESSAGE_BYTES + 90L) >= KEPT_BYTES)
                    .as("%d messages from %d on", seen.size(), floor)
                    .isTrue();
            expired = Math.max(expired, floor);
        } else {
            Map<Long, Long> latest = new HashMap<>();
            expected.forEach((offset, number) -> latest.merge(number % KEYS, offset, Math::max));
            seen.forEach((offset, number) -> latest.merge(number % KEYS, offset, Math::max));
            assertThat(seen.keySet()).containsAll(latest.values());
            superseded = Math.max(superseded, expected.size() - seen.size());
        }
    }

    private FetchProbe fetch(long logId, long from) {
        FetchProbe fetch = new FetchProbe(from, random.nextInt(1, 40), random.nextInt(1, 50_000), 0);
        process.shard(0).fetch(logId, fetch);
        process.runUntilIdle();
        assertThat(fetch.refusal()).isNull();
        assertThat(fetch.answers()).isEqualTo(1);
        assertThat(from == 0 || fetch.floor() < 0).as("%d is in the log", from).isTrue();
        return fetch;
    }

    @AfterAll
    static void printWhatWasMet() {
        System.out.println("retained logs: " + powerCuts + " power cuts, " + compactions + " compactions, up to "
                + expired + " messages expired and " + superseded + " superseded in a log");
        assertThat(expired).isPositive();
        assertThat(superseded).isPositive();
    }
}
