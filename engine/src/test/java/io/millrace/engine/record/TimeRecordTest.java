package io.millrace.engine.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.SeedSource;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Five numbers in three, in the order of the first. */
class TimeRecordTest {
    @ParameterizedTest
    @SeedSource(runs = 200)
    void everythingComesBack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long millis = random.nextLong(1L << random.nextInt(1, 43));
        int priority = random.nextInt();
        long logId = random.nextLong(1L << random.nextInt(1, 55));
        int deliveries = random.nextInt(1 << random.nextInt(1, 31));
        long offset = random.nextLong(1L << random.nextInt(1, 53));

        long key = TimeRecord.key(millis, priority);
        long sub = TimeRecord.sub(logId, deliveries);
        long value = TimeRecord.value(offset, priority);

        assertThat(TimeRecord.millis(key)).isEqualTo(millis);
        assertThat(TimeRecord.priority(key, value)).isEqualTo(priority);
        assertThat(TimeRecord.logId(sub)).isEqualTo(logId);
        assertThat(TimeRecord.isOfRound(sub, deliveries)).isTrue();
        assertThat(TimeRecord.isOfRound(sub, deliveries + 1)).isFalse();
        assertThat(TimeRecord.offset(value)).isEqualTo(offset);
        assertThat(TimeRecord.key(millis + 1, random.nextInt())).isGreaterThan(key);
    }

    @Test
    void timesOutsideOfTheRangeAreItsBounds() {
        assertThat(TimeRecord.millis(TimeRecord.key(-5, -1))).isZero();
        assertThat(TimeRecord.millis(TimeRecord.key(Long.MAX_VALUE, -1))).isEqualTo(TimeRecord.MILLIS_MAX);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> TimeRecord.sub(1L << 55, 0)).hasMessageContaining("fits into an index");
        assertThatThrownBy(() -> TimeRecord.value(1L << 52, 0)).hasMessageContaining("fits into an index");
    }
}
