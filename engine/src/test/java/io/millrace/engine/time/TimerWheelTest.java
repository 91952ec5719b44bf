package io.millrace.engine.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Deadlines fire when a sorted list says so: never early, at most a tick late, whatever moves in between. */
class TimerWheelTest {
    private static final long TICK_NANOS = 1L << TimerWheel.TICK_SHIFT;
    private static final long ROUND_NANOS = TICK_NANOS << 13;

    /** The wheel under test, and what a plain map says of it. Times are counted from {@link #origin}. */
    private static final class Wheel {
        final long origin;
        final TimerWheel wheel;
        final Map<Integer, Long> deadlines = new HashMap<>();
        final List<Integer> fired = new ArrayList<>();
        long now;

        Wheel(long origin) {
            this.origin = origin;
            this.wheel = new TimerWheel(origin);
        }

        void schedule(int id, long deadline) {
            wheel.schedule(id, origin + deadline);
            deadlines.put(id, deadline);
        }

        void cancel(int id) {
            wheel.cancel(id);
            deadlines.remove(id);
        }

        void advanceTo(long time, IntConsumer onExpiry) {
            now = time;
            fired.clear();
            var due = new TreeSet<Integer>();
            deadlines.forEach((id, deadline) -> {
                if (deadline <= time) {
                    due.add(id);
                }
            });
            wheel.advance(origin + time, id -> {
                Long deadline = deadlines.remove(id);
                assertThat(deadline).as("deadline of %d", id).isNotNull().isLessThanOrEqualTo(time);
                fired.add(id);
                due.remove(id);
                onExpiry.accept(id);
            });
            due.removeIf(id -> !deadlines.containsKey(id) || deadlines.get(id) > time);
            assertThat(due).as("due at %d and not fired", time).isEmpty();
        }

        void advanceTo(long time) {
            advanceTo(time, id -> {});
        }

        /** Where the wheel wants to be looked at next, which must not be too late for anything. */
        void checkNext() {
            assertThat(wheel.isEmpty()).isEqualTo(deadlines.isEmpty());
            if (!deadlines.isEmpty()) {
                long first = deadlines.values().stream()
                        .mapToLong(each -> each)
                        .min()
                        .getAsLong();
                long next = wheel.nextDeadlineNanos() - origin;
                assertThat(next)
                        .isLessThanOrEqualTo(Math.max(first, now) + TICK_NANOS)
                        .isGreaterThan(now);
            }
        }
    }

    @ParameterizedTest
    @SeedSource(runs = 300)
    void everythingFiresInItsTimeWhateverMovesInBetween(long seed) {
        var random = new SplittableRandom(seed);
        long[] origins = {0, random.nextLong(), Long.MAX_VALUE - ROUND_NANOS, -ROUND_NANOS / 2};
        var wheel = new Wheel(origins[random.nextInt(origins.length)]);
        for (int i = 0; i < 200; i++) {
            int id = random.nextInt(60);
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> wheel.schedule(id, wheel.now + distance(random));
                case 3 -> wheel.cancel(id);
                default -> wheel.advanceTo(wheel.now + Math.abs(distance(random)), fired -> move(random, wheel, fired));
            }
            wheel.checkNext();
        }
    }

    /** In the middle of an expiry others are cancelled and moved, and what has just fired is scheduled again. */
    private static void move(SplittableRandom random, Wheel wheel, int fired) {
        switch (random.nextInt(4)) {
            case 0 -> wheel.cancel(random.nextInt(60));
            case 1 -> wheel.schedule(random.nextInt(60), wheel.now + 1 + Math.abs(distance(random)));
            case 2 -> wheel.schedule(fired, wheel.now + 1 + Math.abs(distance(random)));
            default -> {}
        }
    }

    private static long distance(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextLong(4 * TICK_NANOS) - 2 * TICK_NANOS;
            case 1 -> random.nextInt(-3, 4) * ROUND_NANOS + random.nextInt(-2, 3) * TICK_NANOS;
            case 2 -> random.nextLong(5 * ROUND_NANOS);
            default -> random.nextLong(100 * TICK_NANOS);
        };
    }

    @Test
    void nothingFiresEarly() {
        var wheel = new Wheel(12345);
        wheel.schedule(1, TICK_NANOS + 7);

        wheel.advanceTo(TICK_NANOS + 6);
        assertThat(wheel.fired).isEmpty();
        wheel.advanceTo(TICK_NANOS + 7);
        assertThat(wheel.fired).containsExactly(1);
    }

    @Test
    void aDeadlineManyRoundsAwayWaitsForItsRound() {
        var wheel = new Wheel(-1);
        wheel.schedule(1, 3 * ROUND_NANOS + 5);

        for (long time = 0; time < 3 * ROUND_NANOS; time += ROUND_NANOS / 3) {
            wheel.advanceTo(time);
            assertThat(wheel.fired).isEmpty();
        }
        wheel.advanceTo(3 * ROUND_NANOS + 5);
        assertThat(wheel.fired).containsExactly(1);
    }

    @Test
    void aDeadlineInThePastFiresWithTheNextLook() {
        var wheel = new Wheel(5);
        wheel.advanceTo(10 * TICK_NANOS);
        wheel.schedule(1, 10 * TICK_NANOS - ROUND_NANOS / 2);

        wheel.checkNext();
        wheel.advanceTo(10 * TICK_NANOS + 1);
        assertThat(wheel.fired).containsExactly(1);
    }

    @Test
    void timeThatPassesTheLargestNumberChangesNothing() {
        var wheel = new Wheel(Long.MAX_VALUE - 3);
        wheel.schedule(1, 2);
        wheel.schedule(2, 10);
        wheel.schedule(3, 2 * TICK_NANOS);

        wheel.advanceTo(1);
        assertThat(wheel.fired).isEmpty();
        wheel.advanceTo(11);
        assertThat(wheel.fired).containsExactlyInAnyOrder(1, 2);
        wheel.advanceTo(2 * TICK_NANOS);
        assertThat(wheel.fired).containsExactly(3);
    }

    @Test
    void theFurthestDeadlineIsStillInTheFuture() {
        var wheel = new Wheel(Long.MAX_VALUE - 7);
        wheel.advanceTo(9 * ROUND_NANOS);
        wheel.schedule(1, 9 * ROUND_NANOS + (1L << 62));

        wheel.advanceTo(1L << 61);
        assertThat(wheel.fired).isEmpty();
        wheel.advanceTo(9 * ROUND_NANOS + (1L << 62));
        assertThat(wheel.fired).containsExactly(1);
    }

    @Test
    void anIdThatWasFreedAndTakenAgainDuringAnExpiryKeepsItsNewDeadline() {
        var wheel = new Wheel(0);
        wheel.schedule(1, TICK_NANOS);
        wheel.schedule(2, TICK_NANOS);

        wheel.advanceTo(3 * TICK_NANOS, id -> wheel.schedule(3 - id, 9 * TICK_NANOS));

        assertThat(wheel.fired).hasSize(1);
        wheel.advanceTo(9 * TICK_NANOS);
        assertThat(wheel.fired).hasSize(1);
        assertThat(wheel.wheel.isEmpty()).isTrue();
    }
}
