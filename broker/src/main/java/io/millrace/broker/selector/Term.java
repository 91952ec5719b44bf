package io.millrace.broker.selector;

/** What has a value for a message. Immutable; any thread, each with values of its own. */
interface Term {
    /** The slot of {@code values} that has the value; no other term puts something there. */
    int load(SelectorValues values);
}
