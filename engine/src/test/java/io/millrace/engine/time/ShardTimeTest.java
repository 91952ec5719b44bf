package io.millrace.engine.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SimulatedClock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The shard's time goes on evenly, whatever is done to the wall clock. */
class ShardTimeTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final SimulatedClock clock = new SimulatedClock();

    private ShardTime begun() {
        ShardTime time = new ShardTime(clock);
        time.begin();
        return time;
    }

    @Test
    void itBeginsAsTheWallTime() {
        assertThat(begun().millis()).isEqualTo(clock.epochMillis());
    }

    @Test
    void aClockThatIsSetDoesNotConcernIt() {
        ShardTime time = begun();
        long from = time.millis();
        clock.jumpWall(-5_000_000);
        clock.advance(3 * SECOND);
        clock.jumpWall(9_000_000);

        assertThat(time.millis()).isEqualTo(from + 3_000);
        assertThat(time.nanosUntil(from + 4_000)).isEqualTo(SECOND);
        assertThat(time.nanosUntil(from + 3_000)).isZero();
    }

    @Test
    void itIsPutOnRecordWhenTheClockWasSetByMoreThanASecond() {
        ShardTime time = begun();
        clock.jumpWall(1_000);
        assertThat(time.isToBeRecorded()).isFalse();
        clock.jumpWall(1);
        assertThat(time.isToBeRecorded()).isTrue();

        time.recorded(time.millis(), clock.epochMillis());

        assertThat(time.isToBeRecorded()).isFalse();
    }

    @Test
    void itGoesOnOverARestartAsTheWallClockDoes() {
        long wall = clock.epochMillis();
        ShardTime next = new ShardTime(clock);
        next.replay(wall - 7_000, wall);
        next.seen(wall - 6_500);
        clock.advance(2 * SECOND);
        next.begin();

        assertThat(next.millis()).isEqualTo(wall - 5_000);
    }

    @Test
    void whereTheWallClockWasSetBackItGoesOnFromTheLastRecord() {
        long wall = clock.epochMillis();
        ShardTime next = new ShardTime(clock);
        next.replay(wall, wall);
        next.seen(wall + 500);
        clock.jumpWall(-60_000);
        next.begin();

        assertThat(next.millis()).isEqualTo(wall + 500);
        clock.advance(SECOND);
        assertThat(next.millis()).isEqualTo(wall + 1_500);
    }

    @Test
    void theEndOfTimeIsFarAway() {
        ShardTime time = begun();

        assertThat(time.nanosUntil(Long.MAX_VALUE)).isPositive();
        assertThat(time.nanosUntil(0)).isZero();
        assertThat(ShardTime.endOf(Long.MAX_VALUE - 1, 5)).isEqualTo(Long.MAX_VALUE);
    }
}
