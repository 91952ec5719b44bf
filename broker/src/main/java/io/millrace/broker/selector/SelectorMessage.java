package io.millrace.broker.selector;

/** A message as a selector sees it. Of whoever evaluates; one thread at a time. */
public interface SelectorMessage {
    /**
     * Gives {@code values} what is known of the message: headers and properties by name, and the numbers of its
     * delivery. What is not given counts as null; what the selector does not ask for costs a look at its name.
     */
    void fill(SelectorValues values);
}
