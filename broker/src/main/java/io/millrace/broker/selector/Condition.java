package io.millrace.broker.selector;

/** What is true, false or unknown of a message. Immutable; any thread, each with values of its own. */
interface Condition {
    /** What it comes to for the message that {@code values} has. */
    Truth test(SelectorValues values);
}
