package io.millrace.storage.local;

import io.millrace.base.Agent;
import java.io.IOException;

/**
 * An agent of the journal whose death ends the journal: what it throws would otherwise only stop it, and everybody
 * would wait for ever for what it was to do.
 */
record GuardedAgent(LocalStore store, Agent agent) implements Agent {
    @Override
    public boolean work() {
        try {
            return agent.work();
        } catch (Throwable e) {
            store.fail(new IOException("the journal has a fault: " + e, e));
            throw e;
        }
    }

    @Override
    public long idleNanosMax() {
        return agent.idleNanosMax();
    }
}
