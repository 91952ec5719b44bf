package io.millrace.testkit;

import io.millrace.base.Agent;
import io.millrace.base.Signal;

/**
 * An {@link Agent} that the {@link SimulatedWorld} steps, as {@link io.millrace.base.AgentThread} would run it: at
 * first, after each signal, again while there is work, and when it has been idle for as long as it wants. What the
 * agent throws ends it and comes out of the step. Used on the world's thread.
 */
public final class SimulatedAgent extends SimulatedActor implements Signal, AutoCloseable {
    private final SimulatedWorld world;
    private final String name;
    private final Agent agent;
    private long dueNanos;

    SimulatedAgent(SimulatedWorld world, String name, Agent agent) {
        this.world = world;
        this.name = name;
        this.agent = agent;
    }

    @Override
    public void raise() {
        dueNanos = 0;
    }

    @Override
    long dueNanos() {
        return dueNanos;
    }

    @Override
    void step() {
        // Before the work, so that a signal which comes during the work is kept.
        dueNanos = NEVER;
        boolean worked;
        try {
            worked = agent.work();
        } catch (Throwable failure) {
            world.remove(this);
            throw failure;
        }
        if (worked) {
            dueNanos = 0;
        } else if (dueNanos == NEVER) {
            long now = world.clock().elapsedNanos();
            long idleNanosMax = agent.idleNanosMax();
            dueNanos = idleNanosMax >= NEVER - now ? NEVER : now + idleNanosMax;
        }
    }

    /** Lets the agent finish the work that it has, at once, then ends it. */
    @Override
    public void close() {
        if (world.remove(this)) {
            world.runAs(this, this::finish);
        }
    }

    private void finish() {
        boolean worked = true;
        while (worked) {
            worked = agent.work();
        }
    }

    @Override
    public String toString() {
        return "agent " + name;
    }
}
