package io.millrace.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A length of time that a user writes means exactly one duration, or is refused with what to write instead. */
class DurationsTest {
    @ParameterizedTest
    @CsvSource({"0ms, 0", "500ms, 500", "30s, 30000", "90s, 90000", "5m, 300000", "12h, 43200000", "7d, 604800000"})
    void aDurationIsReadAndPrintedTheSame(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Durations.print(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void aNumberWithoutUnitIsRefusedWithWhatToWrite() {
        assertThatThrownBy(() -> Durations.parse("30"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'30' has no unit; write for example 30ms, 30s, 30m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1h30m", "1.5h", "30 s", "30S", "1M", "1min", "1w"})
    void anUnknownUnitIsRefusedWithTheKnownOnes(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the units are ms, s, m, h, d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1s", "P1D", "\n1s"})
    void whatIsNoNumberIsRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLongestDurationStillFitsIntoNanoseconds() {
        String longest = Durations.print(Durations.MAX);

        assertThat(Durations.parse(longest).toNanos()).isPositive();
        assertThatThrownBy(() -> Durations.parse(Durations.MAX.toMillis() + 1 + "ms"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too large; the most is " + longest);
        assertThatThrownBy(() -> Durations.parse("106752d")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatHasNoTextIsNotPrinted() {
        assertThatThrownBy(() -> Durations.print(Duration.ofNanos(1_500_000)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Durations.print(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsPrintedIsReadBack(long seed) {
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 1000; i++) {
            long millis = (random.nextLong() >>> (1 + random.nextInt(62))) % (Durations.MAX.toMillis() + 1);
            var duration = Duration.ofMillis(millis - millis % (random.nextBoolean() ? 60_000 : 1));
            assertThat(Durations.parse(Durations.print(duration)))
                    .as("seed %d, %s", seed, duration)
                    .isEqualTo(duration);
        }
    }
}
