package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** One seed is one interleaving; many seeds are all of them. */
class SimulatedWorldTest {
    private final SimulatedWorld world = new SimulatedWorld(new SplittableRandom(3));

    @ParameterizedTest
    @SeedSource(runs = 20)
    void oneSeedRepeatsAnInterleaving(long seed) {
        assertThat(interleaving(seed)).isEqualTo(interleaving(seed));
    }

    @Test
    void manySeedsTryAllInterleavings() {
        Map<String, Set<Long>> seen = new HashMap<>();
        for (long seed = 0; seed < 500; seed++) {
            SimulatedWorld world = new SimulatedWorld(new SplittableRandom(seed));
            seen.computeIfAbsent(interleaving(world), any -> new HashSet<>()).add(world.digest());
        }
        // Two loops of two tasks each and an agent of one: 5! / (2! 2!) orders.
        assertThat(seen).hasSize(30);
        assertThat(seen.values()).as("digests of each").doesNotHaveDuplicates().allMatch(each -> each.size() == 1);
    }

    private static String interleaving(long seed) {
        return interleaving(new SimulatedWorld(new SplittableRandom(seed)));
    }

    private static String interleaving(SimulatedWorld world) {
        StringBuilder order = new StringBuilder();
        for (String name : new String[] {"x", "y"}) {
            SimulatedLoop loop = world.loop(name);
            loop.execute(() -> order.append(name));
            loop.execute(() -> order.append(name));
        }
        world.agent("a", () -> {
            order.append("a");
            return false;
        });
        world.runUntilIdle(10);
        return order.toString();
    }

    @Test
    void runningStopsWhenTheConditionHolds() {
        int[] count = new int[1];
        SimulatedLoop loop = world.loop("one");
        for (int i = 0; i < 10; i++) {
            loop.execute(() -> count[0]++);
        }
        assertThat(world.runUntil(() -> count[0] == 4, 100)).isTrue();
        assertThat(count[0]).isEqualTo(4);
        assertThat(world.runUntil(() -> count[0] == 9, 5)).isTrue();
        assertThat(world.runUntil(() -> count[0] == 20, 100)).isFalse();
        assertThat(count[0]).isEqualTo(10);
    }

    @Test
    void runningStopsAfterTheStepsGiven() {
        int[] count = new int[1];
        world.agent("busy", () -> ++count[0] > 0);

        assertThat(world.runUntil(() -> false, 7)).isFalse();
        assertThat(count[0]).isEqualTo(7);
    }

    @Test
    void aWorldThatNeverRestsIsAnError() {
        world.agent("busy", () -> true);

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> world.runUntilIdle(100))
                .withMessageContaining("agent busy");
    }

    @Test
    void timeGoesToTheEarliestTimerOfAllAndNotFurther() {
        world.loop("late").schedule(() -> {}, 70);
        SimulatedLoop early = world.loop("early");
        early.schedule(() -> {}, 30);

        assertThat(world.advanceToNextTimer()).isTrue();
        assertThat(world.clock().elapsedNanos()).isEqualTo(30);
        assertThat(world.advanceToNextTimer()).as("somebody can run").isFalse();
        world.runUntilIdle(10);
        assertThat(world.advanceToNextTimer()).isTrue();
        assertThat(world.clock().elapsedNanos()).isEqualTo(70);
    }

    @Test
    void aStepWithinAStepIsRefused() {
        world.loop("one").execute(world::step);

        assertThatIllegalStateException().isThrownBy(world::step).withMessageContaining("loop one");
    }

    @Test
    void nothingRunsAfterAKill() {
        SimulatedLoop loop = world.loop("one");
        loop.execute(() -> {
            throw new AssertionError("ran");
        });
        SimulatedAgent agent = world.agent("a", () -> {
            throw new AssertionError("ran");
        });
        world.kill();
        loop.execute(() -> {
            throw new AssertionError("ran");
        });
        agent.raise();
        agent.close();

        assertThat(world.step()).isFalse();
        world.loop("new").execute(() -> {});
        assertThat(world.step()).isTrue();
    }
}
