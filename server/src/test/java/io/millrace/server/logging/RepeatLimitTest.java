package io.millrace.server.logging;

import static io.millrace.server.logging.RepeatLimit.ADMITTED_MAX;
import static io.millrace.server.logging.RepeatLimit.MESSAGES_MAX;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.server.logging.RepeatLimit.Message;
import io.millrace.server.logging.RepeatLimit.Suppressed;
import org.junit.jupiter.api.Test;

/** A message that repeats is written a few times per interval, then counted, and the count is never lost. */
class RepeatLimitTest {
    private static final long INTERVAL_NANOS = RepeatLimit.INTERVAL.toNanos();
    /** Monotonic clocks may start anywhere, also just before the end of a long. */
    private static final long START_NANOS = Long.MAX_VALUE - INTERVAL_NANOS / 2;

    private final RepeatLimit limit = new RepeatLimit();
    private final Message message = new Message("a.Logger", "WARN", "lost {}");

    @Test
    void theFirstFewAreAdmittedAndTheRestCounted() {
        for (int i = 0; i < ADMITTED_MAX; i++) {
            assertThat(limit.admits(message, START_NANOS + i)).isTrue();
        }
        assertThat(limit.admits(message, START_NANOS + 100)).isFalse();
        assertThat(limit.admits(message, START_NANOS + 200)).isFalse();

        assertThat(limit.takeEnded(START_NANOS + INTERVAL_NANOS - 1)).isEmpty();
        assertThat(limit.takeEnded(START_NANOS + INTERVAL_NANOS)).containsExactly(new Suppressed(message, 2));
        assertThat(limit.takeEnded(START_NANOS + INTERVAL_NANOS)).isEmpty();
    }

    @Test
    void aNewIntervalAdmitsAgain() {
        repeat(message, START_NANOS, ADMITTED_MAX + 1);

        assertThat(limit.admits(message, START_NANOS + INTERVAL_NANOS)).isTrue();
        assertThat(limit.takeEnded(START_NANOS + INTERVAL_NANOS)).containsExactly(new Suppressed(message, 1));
    }

    @Test
    void otherMessagesLoggersAndLevelsAreCountedApart() {
        repeat(message, START_NANOS, ADMITTED_MAX + 1);

        assertThat(limit.admits(new Message("a.Logger", "WARN", "found {}"), START_NANOS))
                .isTrue();
        assertThat(limit.admits(new Message("b.Logger", "WARN", "lost {}"), START_NANOS))
                .isTrue();
        assertThat(limit.admits(new Message("a.Logger", "ERROR", "lost {}"), START_NANOS))
                .isTrue();
    }

    @Test
    void theWaitIsUntilTheOldestIntervalEnds() {
        assertThat(limit.nanosToNextEnd(START_NANOS)).isEqualTo(Long.MAX_VALUE);
        limit.admits(message, START_NANOS);
        limit.admits(new Message("b", "WARN", ""), START_NANOS + 5);

        assertThat(limit.nanosToNextEnd(START_NANOS + 10)).isEqualTo(INTERVAL_NANOS - 10);
        limit.takeEnded(START_NANOS + INTERVAL_NANOS);
        assertThat(limit.nanosToNextEnd(START_NANOS + INTERVAL_NANOS)).isEqualTo(5);
    }

    @Test
    void endlesslyManyMessagesTakeNoMoreMemoryAndLoseNoCount() {
        repeat(message, START_NANOS, ADMITTED_MAX + 7);
        for (int i = 0; i < MESSAGES_MAX; i++) {
            assertThat(limit.admits(new Message("a.Logger", "WARN", "message " + i), START_NANOS))
                    .isTrue();
        }

        assertThat(limit.takeEnded(START_NANOS)).containsExactly(new Suppressed(message, 7));
        repeat(new Message("a.Logger", "WARN", "message " + (MESSAGES_MAX - 1)), START_NANOS, ADMITTED_MAX);
        assertThat(limit.takeAll()).extracting(Suppressed::count).containsExactly(1L);
        assertThat(limit.nanosToNextEnd(START_NANOS)).isEqualTo(Long.MAX_VALUE);
    }

    private void repeat(Message repeated, long nowNanos, int times) {
        for (int i = 0; i < times; i++) {
            limit.admits(repeated, nowNanos);
        }
    }
}
