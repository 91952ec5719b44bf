package io.millrace.engine.policy;

/** What a queue does that is longer than it may be. */
public enum Overflow {
    /** It takes no more messages until some were consumed; what it has taken stays. */
    REJECT,
    /** Its oldest messages are gone. */
    DROP_OLDEST,
    /** Its oldest messages go to where its dead letters go. */
    DEAD_LETTER
}
