package io.millrace.broker.security;

/**
 * Whether somebody is let in.
 *
 * <p>Immutable; any thread.
 */
public sealed interface Verdict {
    /** They are, as {@code principal}. */
    record Admitted(Principal principal) implements Verdict {}

    /**
     * They are not.
     *
     * @param retryAfterMillis how long attempts will be held back, 0 if they are not
     */
    record Refused(Refusal reason, long retryAfterMillis) implements Verdict {}

    static Verdict admitted(Principal principal) {
        return new Admitted(principal);
    }

    static Verdict refused(Refusal reason) {
        return new Refused(reason, 0);
    }

    /** Whether they are let in. */
    default boolean isAdmitted() {
        return this instanceof Admitted;
    }
}
