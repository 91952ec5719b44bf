package io.millrace.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.SeedSource;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The three numbers of a record hold hash, end and offset, and of one hash the newest comes first. */
class DeduplicationRecordTest {
    @ParameterizedTest
    @SeedSource(runs = 200)
    void aRecordHoldsWhatItIsMadeOf(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long subLeast = DeduplicationRecord.subLeast(random.nextLong(), random.nextLong(), random.nextLong());
        long untilMillis = random.nextLong(DeduplicationRecord.MILLIS_MAX + 1);
        long offset = random.nextLong(1L << 52);

        long sub = DeduplicationRecord.sub(subLeast, untilMillis);
        long value = DeduplicationRecord.value(untilMillis, offset);

        assertThat(DeduplicationRecord.untilMillis(sub, value)).isEqualTo(untilMillis);
        assertThat(DeduplicationRecord.offset(value)).isEqualTo(offset);
        assertThat(sub).isBetween(subLeast, DeduplicationRecord.subMost(subLeast));
        long laterMillis =
                Math.min(untilMillis + random.nextLong(1, 1L << random.nextInt(1, 21)), DeduplicationRecord.MILLIS_MAX);
        long laterSub = DeduplicationRecord.sub(subLeast, laterMillis);
        long laterValue = DeduplicationRecord.value(laterMillis, random.nextLong(1L << 52));
        if (laterMillis > untilMillis) {
            assertThat(laterSub).isLessThanOrEqualTo(sub);
            assertThat(laterSub < sub || laterValue < value).isTrue();
        }
    }

    @Test
    void everyBitOfTheKeyAndTheLogCounts() {
        Set<Long> keys = new HashSet<>();
        Set<Long> subs = new HashSet<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            for (int part = 0; part < 3; part++) {
                long log = 7 ^ (part == 0 ? 1L << bit : 0);
                long high = 11 ^ (part == 1 ? 1L << bit : 0);
                long low = 13 ^ (part == 2 ? 1L << bit : 0);
                assertThat(keys.add(DeduplicationRecord.key(log, high, low))).isTrue();
                assertThat(subs.add(DeduplicationRecord.subLeast(log, high, low)))
                        .isTrue();
            }
        }
    }

    @Test
    void endsThatHaveNoRoomAreTheNextThatHas() {
        assertThat(until(Long.MAX_VALUE)).isEqualTo(DeduplicationRecord.MILLIS_MAX);
        assertThat(until(-5)).isZero();
        assertThatThrownBy(() -> DeduplicationRecord.value(0, 1L << 52)).isInstanceOf(IllegalStateException.class);
    }

    private static long until(long untilMillis) {
        return DeduplicationRecord.untilMillis(
                DeduplicationRecord.sub(0, untilMillis), DeduplicationRecord.value(untilMillis, 3));
    }

    /** They are on disk: they never change. */
    @Test
    void hashesStayAsTheyAre() {
        assertThat(DeduplicationRecord.key(1, 2, 3)).isEqualTo(0x6AE5_15C1_C0AC_7E39L);
        assertThat(DeduplicationRecord.subLeast(1, 2, 3)).isEqualTo(0x1FDF_8196_0000_0000L);
    }
}
