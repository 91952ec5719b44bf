package io.millrace.storage.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedFileSystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;

/** Bits flipped anywhere in runs: what comes is in order and was added, and nothing is missing without a report. */
class DamagedRunsTest {
    private static final int RECORDS = 10_000;

    private final RecordingOwner owner = new RecordingOwner();
    private final NavigableSet<Triple> added = new TreeSet<>();

    @ParameterizedTest
    @SeedSource(runs = 80)
    void whatIsMissingIsReported(long seed) throws Exception {
        RandomGenerator random = new SplittableRandom(seed);
        SimulatedFileSystem disk = new SimulatedFileSystem(random);
        FileSegmentStore store = new FileSegmentStore(disk, Path.of("/segments"));
        ManualShardLog log = new ManualShardLog(store);
        OrderedIndex index = new OrderedIndex(
                new OrderedIndexOptions(1, random.nextInt(100, 10_000), 3, random.nextBoolean(), false, 4), owner);
        index.open(log);
        fill(random, index, log);
        flip(random, disk, store);
        if (random.nextInt(3) == 0) {
            index.compact();
            log.completeAll();
        }
        boolean isLookupSound = lookUp(random, index, log);
        List<Triple> taken = takeAll(index, log);

        assertThat(taken).isSorted().doesNotHaveDuplicates();
        assertThat(added.containsAll(taken)).isTrue();
        if (taken.size() < added.size()) {
            assertThat(owner.damages).isNotEmpty();
        }
        assertThat(isLookupSound).isTrue();
        assertThat(owner.failures).isEmpty();
        index.close();
        assertThat(log.unreleased()).isZero();
    }

    private void fill(RandomGenerator random, OrderedIndex index, ManualShardLog log) {
        for (int i = 0; i < RECORDS; i++) {
            Triple each = new Triple(random.nextInt(1000), random.nextInt(1000), i);
            added.add(each);
            index.add(each.key(), each.sub(), each.value());
            if (random.nextInt(50) == 0 && !log.isIdle()) {
                log.step(random);
            }
        }
        index.spill();
        log.completeAll();
    }

    private static void flip(RandomGenerator random, SimulatedFileSystem disk, FileSegmentStore store)
            throws Exception {
        List<Long> segments = new ArrayList<>(store.sealed());
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            long segment = segments.get(random.nextInt(segments.size()));
            disk.flipBit(store.path(segment), random.nextLong(store.size(segment)), random.nextInt(8));
        }
    }

    /** Whether scans of single records find what is there, or say that they may not have. */
    private boolean lookUp(RandomGenerator random, OrderedIndex index, ManualShardLog log) {
        List<Triple> all = new ArrayList<>(added);
        for (int i = 0; i < 200; i++) {
            Triple wanted = all.get(random.nextInt(all.size()));
            OrderedIndexTest.Scan scan = new OrderedIndexTest.Scan(wanted.key(), wanted.sub(), wanted.sub(), 1);
            index.scan(scan);
            log.completeReads();
            int expected = added.subSet(
                            new Triple(wanted.key(), wanted.sub(), Long.MIN_VALUE),
                            new Triple(wanted.key(), wanted.sub(), Long.MAX_VALUE))
                    .size();
            boolean isReported = scan.isDamaged() || !owner.damages.isEmpty();
            if (scan.records().count() != expected && !isReported) {
                return false;
            }
        }
        return true;
    }

    private static List<Triple> takeAll(OrderedIndex index, ManualShardLog log) {
        List<Triple> taken = new ArrayList<>();
        for (OrderedIndex.State state = index.peek(); state != OrderedIndex.State.EMPTY; state = index.peek()) {
            if (state == OrderedIndex.State.READY) {
                taken.add(new Triple(index.key(), index.sub(), index.value()));
                index.poll();
            } else {
                assertThat(log.waitingReads()).isPositive();
                log.completeReads();
            }
        }
        return taken;
    }
}
