package io.millrace.broker.routing;

/** Takes the bindings that a message fits. One message, one thread. */
interface Matches {
    /** Whether {@code binding} leads somewhere and its filter lets the message through. */
    boolean accepts(Binding binding);

    /** The message goes where {@code binding}, which {@link #accepts}, leads; it may be told more than once. */
    void take(Binding binding);

    /** The message fits {@code binding}: takes it, if it accepts it. */
    default void offer(Binding binding) {
        if (accepts(binding)) {
            take(binding);
        }
    }
}
