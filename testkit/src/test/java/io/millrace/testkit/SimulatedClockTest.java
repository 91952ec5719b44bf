package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Time stands still, passes and jumps on command. */
class SimulatedClockTest {
    private final SimulatedClock clock = new SimulatedClock();

    @Test
    void timeStandsStill() {
        assertThat(clock.nanoTime()).isEqualTo(clock.nanoTime());
        assertThat(Instant.ofEpochMilli(clock.epochMillis())).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void bothClocksAdvance() {
        long nanos = clock.nanoTime();
        long millis = clock.epochMillis();

        clock.advance(999_999);
        assertThat(clock.nanoTime() - nanos).isEqualTo(999_999);
        assertThat(clock.epochMillis() - millis).isZero();

        clock.advance(1);
        assertThat(clock.epochMillis() - millis).isEqualTo(1);
        assertThat(clock.elapsedNanos()).isEqualTo(1_000_000);
    }

    @Test
    void onlyTheWallClockJumps() {
        long nanos = clock.nanoTime();
        long millis = clock.epochMillis();

        clock.jumpWall(-5000);
        clock.jumpWall(2000);

        assertThat(clock.epochMillis() - millis).isEqualTo(-3000);
        assertThat(clock.nanoTime()).isEqualTo(nanos);
    }

    @Test
    void monotonicTimeOverflowsSoon() {
        long before = clock.nanoTime();
        clock.advance(20_000_000_000L);

        assertThat(clock.nanoTime()).isNegative();
        assertThat(clock.nanoTime() - before).isEqualTo(20_000_000_000L);
    }

    @Test
    void timeDoesNotGoBack() {
        assertThatIllegalArgumentException().isThrownBy(() -> clock.advance(-1));
    }
}
