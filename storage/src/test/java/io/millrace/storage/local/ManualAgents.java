package io.millrace.storage.local;

import io.millrace.base.Agent;
import io.millrace.base.AgentHost;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Agents that work only when the test says so. */
final class ManualAgents implements AgentHost {
    private static final String PREFIX = "millrace-(journal-)?";

    private final Map<String, Agent> agents = new HashMap<>();
    private final Set<String> raised = new HashSet<>();

    @Override
    public Handle start(String name, Agent agent) {
        String part = name.replaceFirst(PREFIX, "");
        agents.put(part, agent);
        return new Handle() {
            @Override
            public void raise() {
                raised.add(part);
            }

            @Override
            public void close() {
                agents.remove(part);
            }
        };
    }

    /** Forgets who was raised. */
    void forgetRaised() {
        raised.clear();
    }

    /** The agents that were raised since. */
    Set<String> raised() {
        return Set.copyOf(raised);
    }

    /**
     * Lets one agent (writer, syncer, files, reader, segments) do one piece of work; returns whether it did anything.
     */
    boolean work(String name) {
        return agents.get(name).work();
    }
}
