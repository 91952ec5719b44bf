package io.millrace.base;

/** Tells an {@link Agent} that there may be work. Cheap when the agent is already awake; any thread. */
@FunctionalInterface
public interface Signal {
    /** Wakes the agent, or makes its next wait return at once. */
    void raise();
}
