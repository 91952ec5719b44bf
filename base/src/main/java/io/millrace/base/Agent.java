package io.millrace.base;

/**
 * Work that has a thread of its own in production ({@link AgentThread}) and is stepped by the scheduler of the
 * simulation in tests. An agent never blocks waiting for other agents: it returns, and is called again after a
 * signal.
 */
public interface Agent {
    /** Does what there is to do now; returns whether it did anything. Called by one thread only. */
    boolean work();

    /**
     * The longest time in nanoseconds to wait for a signal after {@link #work} found nothing; the default waits for
     * ever.
     */
    default long idleNanosMax() {
        return Long.MAX_VALUE;
    }
}
