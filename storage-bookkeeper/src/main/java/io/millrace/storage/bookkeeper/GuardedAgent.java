package io.millrace.storage.bookkeeper;

import io.millrace.base.Agent;
import java.io.IOException;

/**
 * An agent whose death ends all logs: what it throws would otherwise only stop it, and everybody would wait for ever
 * for what it was to do.
 */
record GuardedAgent(BookKeeperStore store, Agent agent) implements Agent {
    @Override
    public boolean work() {
        try {
            return agent.work();
        } catch (Throwable e) {
            store.failAll(new IOException("the store has a fault: " + e, e));
            throw e;
        }
    }

    @Override
    public long idleNanosMax() {
        return agent.idleNanosMax();
    }
}
