package io.millrace.testkit;

import io.millrace.base.Agent;
import io.millrace.base.AgentHost;

/** Lets the agents of a component take their steps in a {@link SimulatedWorld}. Used on the world's thread. */
public final class SimulatedAgentHost implements AgentHost {
    private final SimulatedWorld world;

    /** Starts agents in {@code world}. */
    public SimulatedAgentHost(SimulatedWorld world) {
        this.world = world;
    }

    @Override
    public Handle start(String name, Agent agent) {
        SimulatedAgent started = world.agent(name, agent);
        return new Handle() {
            @Override
            public void raise() {
                started.raise();
            }

            @Override
            public void close() {
                started.close();
            }
        };
    }
}
