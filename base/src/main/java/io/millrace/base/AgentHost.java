package io.millrace.base;

/** Gives agents something to run on: a thread each in production, turns of the one scheduler in a simulation. */
public interface AgentHost {
    /** Threads of the machine: each agent gets a daemon thread with its name. */
    AgentHost THREADS = (name, agent) -> new AgentThread(name, agent).start();

    /** Starts {@code agent}; {@code name} is what operators see in thread listings. */
    Handle start(String name, Agent agent);

    /** A started agent. */
    interface Handle extends Signal {
        /** Lets the agent finish the work that it has, then ends it. Returns when it has ended. */
        void close();
    }
}
