package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.base.Agent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A simulated agent is stepped as its thread would run it. */
class SimulatedAgentTest {
    private final SimulatedWorld world = new SimulatedWorld(new SplittableRandom(3));
    private final Counter counter = new Counter();

    @Test
    void anAgentWorksAtFirst() {
        world.agent("a", counter);

        world.runUntilIdle(10);

        assertThat(counter.calls).isEqualTo(1);
    }

    @Test
    void anAgentWorksOnWhileThereIsWork() {
        counter.work = 3;
        world.agent("a", counter);

        world.runUntilIdle(10);

        assertThat(counter.calls).isEqualTo(4);
    }

    @Test
    void aSignalWakesAnAgentOnce() {
        SimulatedAgent agent = world.agent("a", counter);
        world.runUntilIdle(10);

        agent.raise();
        agent.raise();
        world.runUntilIdle(10);

        assertThat(counter.calls).isEqualTo(2);
    }

    @Test
    void aSignalDuringTheWorkIsNotLost() {
        SimulatedAgent agent = world.agent("a", counter);
        counter.duringWork = agent::raise;
        world.step();
        counter.duringWork = () -> {};

        world.runUntilIdle(10);

        assertThat(counter.calls).isEqualTo(2);
    }

    @Test
    void anIdleAgentWorksAgainAfterItsTime() {
        counter.idleNanosMax = 50;
        world.agent("a", counter);
        world.runUntilIdle(10);

        assertThat(world.advanceToNextTimer()).isTrue();
        assertThat(world.clock().elapsedNanos()).isEqualTo(50);
        world.runUntilIdle(10);

        assertThat(counter.calls).isEqualTo(2);
    }

    @Test
    void anAgentThatWaitsForASignalAloneHasNoTime() {
        world.agent("a", counter);
        world.clock().advance(7);
        world.runUntilIdle(10);

        assertThat(world.advanceToNextTimer()).isFalse();
    }

    @Test
    void whatAnAgentThrowsEndsIt() {
        SimulatedAgent agent = world.agent("a", counter);
        counter.duringWork = () -> {
            throw new IllegalStateException("broken");
        };
        assertThatIllegalStateException().isThrownBy(world::step).withMessage("broken");

        agent.raise();

        assertThat(world.step()).isFalse();
    }

    @Test
    void aClosedAgentFinishesItsWorkAndEnds() {
        counter.work = 5;
        SimulatedAgent agent = world.agent("a", counter);

        agent.close();
        agent.close();
        agent.raise();

        assertThat(counter.work).isZero();
        assertThat(counter.calls).isEqualTo(6);
        assertThat(world.step()).isFalse();
    }

    @Test
    void anAgentThatATaskClosesDoesNotRunOnTheLoop() {
        SimulatedLoop loop = world.loop("one");
        List<Boolean> current = new ArrayList<>();
        counter.duringWork = () -> current.add(loop.isCurrent());
        SimulatedAgent agent = world.agent("a", counter);
        loop.execute(() -> {
            agent.close();
            current.add(loop.isCurrent());
        });

        world.runUntil(() -> current.contains(true), 10);

        assertThat(current).endsWith(false, true);
    }

    private static final class Counter implements Agent {
        private int calls;
        private int work;
        private long idleNanosMax = Long.MAX_VALUE;
        private Runnable duringWork = () -> {};

        @Override
        public boolean work() {
            calls++;
            duringWork.run();
            if (work == 0) {
                return false;
            }
            work--;
            return true;
        }

        @Override
        public long idleNanosMax() {
            return idleNanosMax;
        }
    }
}
