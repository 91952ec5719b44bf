package io.millrace.engine.offset;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Floor and settled offsets above it are what a plain set of settled offsets makes them. */
class SettledSetTest {
    @ParameterizedTest
    @SeedSource(runs = 200)
    void itSaysWhatASortedSetSays(long seed) {
        var random = new SplittableRandom(seed);
        long start = random.nextInt(3) * ((1L << 32) - 20);
        var set = new SettledSet(start);
        var unsettled = new TreeSet<Long>();
        for (long each = start; each < start + 200; each++) {
            unsettled.add(each);
        }
        for (int i = 0; i < 150; i++) {
            settleSome(random, set, unsettled, start);
            long floor = unsettled.first();
            assertThat(set.floor()).isEqualTo(floor);
            assertThat(set.sizeAbove()).isEqualTo(start + 200 - floor - unsettled.size());
            long from = start + random.nextInt(120);
            assertThat(set.nextUnsettled(from)).isEqualTo(unsettled.ceiling(from));
            assertThat(set.contains(from)).isEqualTo(!unsettled.contains(from));
        }
    }

    private static void settleSome(SplittableRandom random, SettledSet set, NavigableSet<Long> unsettled, long start) {
        // The last offsets stay unsettled, so that there is always a next one.
        long last = start + 190;
        long from = Math.min(last, random.nextInt(4) == 0 ? set.floor() : start + random.nextInt(150));
        if (random.nextInt(5) > 0) {
            assertThat(set.settle(from)).isEqualTo(unsettled.remove(from));
            return;
        }
        long to = Math.min(last, from + random.nextInt(30));
        var range = unsettled.subSet(from, to);
        assertThat(set.settleRange(from, to)).isEqualTo(range.size());
        range.clear();
    }

    @Test
    void inOrderSettlementKeepsNothingAboveTheFloor() {
        var set = new SettledSet(5);

        for (long each = 5; each < 1000; each++) {
            set.settle(each);
        }

        assertThat(set.floor()).isEqualTo(1000);
        assertThat(set.sizeAbove()).isZero();
    }

    @Test
    void oneOldMessageDoesNotLimitHowFarOthersAreSettled() {
        var set = new SettledSet(0);
        long far = 2L << 32;

        set.settleRange(1, far);
        set.settle(far);

        assertThat(set.floor()).isZero();
        assertThat(set.nextUnsettled(1)).isEqualTo(far + 1);
        set.settle(0);
        assertThat(set.floor()).isEqualTo(far + 1);
        assertThat(set.sizeAbove()).isZero();
    }
}
