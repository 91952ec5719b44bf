package io.millrace.testkit;

import io.millrace.base.Agent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Loops and agents on one thread, in simulated time: each step runs one of those that can run, drawn from the given
 * generator, so that a seed repeats a run exactly and many seeds try many interleavings. Time passes only when the
 * caller says so.
 *
 * <p>Used by one thread. What a task or an agent throws comes out of the step that ran it.
 */
public final class SimulatedWorld {
    private final RandomGenerator random;
    private final SimulatedClock clock;
    private final List<SimulatedActor> actors = new ArrayList<>();
    private final List<SimulatedActor> runnable = new ArrayList<>();
    private final EventDigest steps = new EventDigest();
    private @Nullable SimulatedActor current;

    /** Makes a world with a clock of its own. */
    public SimulatedWorld(RandomGenerator random) {
        this(random, new SimulatedClock());
    }

    /** Makes a world in the time of {@code clock}, which goes on when a process is killed and another one starts. */
    public SimulatedWorld(RandomGenerator random, SimulatedClock clock) {
        this.random = random;
        this.clock = clock;
    }

    /** The time of this world. */
    public SimulatedClock clock() {
        return clock;
    }

    /** Adds a loop; {@code name} is for messages. */
    public SimulatedLoop loop(String name) {
        SimulatedLoop loop = new SimulatedLoop(this, name);
        actors.add(loop);
        return loop;
    }

    /** Adds an agent, which is runnable at first; {@code name} is for messages. */
    public SimulatedAgent agent(String name, Agent agent) {
        SimulatedAgent added = new SimulatedAgent(this, name, agent);
        actors.add(added);
        return added;
    }

    /** Ends all loops and agents without a word, as the death of their process does; new ones may be added. */
    public void kill() {
        actors.clear();
    }

    /** One number for all steps so far, who took them and when: a seed repeats it. */
    public long digest() {
        return steps.value();
    }

    /** Runs one piece of work of one that can run; returns whether there was any. */
    public boolean step() {
        if (current != null) {
            throw new IllegalStateException("a step within the step of " + current);
        }
        long now = clock.elapsedNanos();
        runnable.clear();
        for (SimulatedActor actor : actors) {
            if (actor.dueNanos() <= now) {
                runnable.add(actor);
            }
        }
        if (runnable.isEmpty()) {
            return false;
        }
        SimulatedActor chosen = runnable.get(random.nextInt(runnable.size()));
        steps.add(now);
        steps.add(chosen.toString());
        runAs(chosen, chosen::step);
        return true;
    }

    /**
     * Steps until {@code condition} holds; returns false where it does not, and nothing can run or the steps are over.
     */
    public boolean runUntil(BooleanSupplier condition, long stepsMax) {
        for (long i = 0; i < stepsMax; i++) {
            if (condition.getAsBoolean()) {
                return true;
            }
            if (!step()) {
                return false;
            }
        }
        return condition.getAsBoolean();
    }

    /** Steps until nothing can run; an error where that takes more than {@code stepsMax} steps. */
    public void runUntilIdle(long stepsMax) {
        for (long i = 0; step(); i++) {
            if (i >= stepsMax) {
                throw new AssertionError("Not idle after " + stepsMax + " steps; can run: " + runnable);
            }
        }
    }

    /**
     * Lets time pass up to the next timer, or to the end of the next agent's idle time; returns false where there is
     * none, or where somebody can run now.
     */
    public boolean advanceToNextTimer() {
        long next = SimulatedActor.NEVER;
        for (SimulatedActor actor : actors) {
            next = Math.min(next, actor.dueNanos());
        }
        long now = clock.elapsedNanos();
        if (next == SimulatedActor.NEVER || next <= now) {
            return false;
        }
        clock.advance(next - now);
        return true;
    }

    @Nullable
    SimulatedActor current() {
        return current;
    }

    /** Runs {@code work} as if it were on the thread of {@code actor}. */
    void runAs(SimulatedActor actor, Runnable work) {
        SimulatedActor before = current;
        current = actor;
        try {
            work.run();
        } finally {
            current = before;
        }
    }

    boolean remove(SimulatedActor actor) {
        return actors.remove(actor);
    }
}
