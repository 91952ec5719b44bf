package io.millrace.storage.tail;

import io.millrace.base.Agent;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * An agent of a store whose death ends the store: what it throws would otherwise only stop it, and everybody would wait
 * for ever for what it was to do.
 *
 * @param agent does the work
 * @param onDeath is told, on the agent's thread, before it dies
 */
public record GuardedAgent(Agent agent, Consumer<IOException> onDeath) implements Agent {
    @Override
    public boolean work() {
        try {
            return agent.work();
        } catch (Throwable e) {
            onDeath.accept(new IOException("the store has a fault: " + e, e));
            throw e;
        }
    }

    @Override
    public long idleNanosMax() {
        return agent.idleNanosMax();
    }
}
