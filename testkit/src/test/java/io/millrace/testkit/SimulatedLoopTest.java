package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.base.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A simulated loop keeps the promises of {@link Loop}. */
class SimulatedLoopTest {
    private final SimulatedWorld world = new SimulatedWorld(new SplittableRandom(3));
    private final SimulatedLoop loop = world.loop("one");
    private final List<String> ran = new ArrayList<>();

    @Test
    void tasksRunOnePerStepInTheirOrder() {
        loop.execute(() -> ran.add("a"));
        loop.execute(() -> ran.add("b"));

        assertThat(ran).isEmpty();
        assertThat(world.step()).isTrue();
        assertThat(ran).containsExactly("a");
        assertThat(world.step()).isTrue();
        assertThat(world.step()).isFalse();
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void aTaskGivenFromATaskRunsAfterThoseThatWait() {
        loop.execute(() -> {
            ran.add("a");
            loop.execute(() -> ran.add("later"));
        });
        loop.execute(() -> ran.add("b"));

        world.runUntilIdle(10);

        assertThat(ran).containsExactly("a", "b", "later");
    }

    @Test
    void aTimerWaitsForItsTime() {
        loop.schedule(() -> ran.add("timer"), 100);

        world.clock().advance(99);
        assertThat(world.step()).isFalse();
        world.clock().advance(1);
        assertThat(world.step()).isTrue();
        assertThat(ran).containsExactly("timer");
        assertThat(world.step()).isFalse();
    }

    @Test
    void timersRunInTheOrderOfTheirTimesThenInTheirOwn() {
        loop.schedule(() -> ran.add("late"), 20);
        for (int i = 0; i < 6; i++) {
            String name = "timer " + i;
            loop.schedule(() -> ran.add(name), 10);
        }
        world.clock().advance(50);

        world.runUntilIdle(10);

        assertThat(ran).containsExactly("timer 0", "timer 1", "timer 2", "timer 3", "timer 4", "timer 5", "late");
    }

    @Test
    void aTimerThatIsDueRunsAfterTheTasksThatWait() {
        loop.schedule(() -> ran.add("timer"), 0);
        loop.execute(() -> ran.add("task"));

        world.runUntilIdle(10);

        assertThat(ran).containsExactly("task", "timer");
    }

    @Test
    void aCancelledTimerDoesNotRun() {
        loop.schedule(() -> ran.add("timer"), 100).cancel();

        assertThat(world.advanceToNextTimer()).isFalse();
        world.clock().advance(200);
        assertThat(world.step()).isFalse();
        assertThat(ran).isEmpty();
    }

    @Test
    void aTimerThatIsDueCanStillBeCancelled() {
        List<Loop.Timer> timers = new ArrayList<>();
        loop.schedule(() -> timers.get(0).cancel(), 10);
        timers.add(loop.schedule(() -> ran.add("timer"), 10));
        world.clock().advance(10);

        world.runUntilIdle(10);

        assertThat(ran).isEmpty();
    }

    @Test
    void delaysMayBeForEverButNotNegative() {
        world.clock().advance(1);
        loop.schedule(() -> ran.add("never"), Long.MAX_VALUE);

        assertThat(world.advanceToNextTimer()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> loop.schedule(() -> {}, -1));
    }

    @Test
    void aLoopIsCurrentWhileItsTaskRuns() {
        SimulatedLoop other = world.loop("other");
        loop.execute(() -> ran.add(loop.isCurrent() + " " + other.isCurrent()));
        assertThat(loop.isCurrent()).isFalse();

        world.step();

        assertThat(ran).containsExactly("true false");
        assertThat(loop.isCurrent()).isFalse();
    }

    @Test
    void aTaskThatThrowsEndsOnlyItself() {
        loop.execute(() -> {
            throw new IllegalStateException("task");
        });
        loop.execute(() -> ran.add("next"));

        assertThatIllegalStateException().isThrownBy(world::step).withMessage("task");
        assertThat(loop.isCurrent()).isFalse();
        world.runUntilIdle(10);
        assertThat(ran).containsExactly("next");
    }
}
