package io.millrace.engine.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
    @Test
    void whoSaysNothingHasItAtOnce() {
        assertThat(RetryPolicy.AT_ONCE.delayMillis(1, 1)).isZero();
        assertThat(RetryPolicy.AT_ONCE.delayMillis(Integer.MAX_VALUE, 1)).isZero();
    }

    @Test
    void aFixedDelayStays() {
        RetryPolicy policy = new RetryPolicy(500, 500, false);

        assertThat(IntStream.of(1, 2, 3, 1000).mapToLong(each -> policy.delayMillis(each, 7)))
                .containsExactly(500L, 500L, 500L, 500L);
    }

    @Test
    void aDelayDoublesUpToItsBound() {
        RetryPolicy policy = new RetryPolicy(3, 20, false);

        assertThat(IntStream.of(0, 1, 2, 3, 4, 5, 64, 65, Integer.MAX_VALUE)
                        .mapToLong(each -> policy.delayMillis(each, 7)))
                .containsExactly(3L, 3L, 6L, 12L, 20L, 20L, 20L, 20L, 20L);
    }

    @Test
    void itNeverOverflows() {
        RetryPolicy policy = new RetryPolicy(1, RetryPolicy.MILLIS_MAX, false);
        assertThat(IntStream.range(1, 200).mapToLong(each -> policy.delayMillis(each, 7)))
                .isSorted()
                .allMatch(each -> each >= 1 && each <= RetryPolicy.MILLIS_MAX)
                .endsWith(RetryPolicy.MILLIS_MAX);
    }

    @Test
    void aRandomDelayIsAnythingUpToWhatItWouldBe() {
        RetryPolicy policy = new RetryPolicy(2, 4, true);

        assertThat(LongStream.range(0, 1000)
                        .map(draw -> policy.delayMillis(1, draw))
                        .distinct())
                .containsExactlyInAnyOrder(0L, 1L, 2L);
        assertThat(LongStream.range(0, 1000)
                        .map(draw -> policy.delayMillis(9, draw))
                        .distinct())
                .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "5, 4", "1, 3153600000001", "3153600000001, 3153600000001"})
    void whatMakesNoSenseIsRefused(long delayMillis, long delayMillisMax) {
        assertThatThrownBy(() -> new RetryPolicy(delayMillis, delayMillisMax, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3153600000000");
    }
}
