package io.millrace.testkit;

/** What the {@link SimulatedWorld} steps: a loop or an agent. */
abstract sealed class SimulatedActor permits SimulatedLoop, SimulatedAgent {
    /** Returned by {@link #dueNanos} where only others can make it runnable. */
    static final long NEVER = Long.MAX_VALUE;

    /** When it is runnable next, in nanoseconds since the clock was made; may be past. */
    abstract long dueNanos();

    /** Runs its next piece of work; called only when it is due. */
    abstract void step();
}
