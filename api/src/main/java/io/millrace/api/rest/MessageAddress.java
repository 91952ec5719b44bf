package io.millrace.api.rest;

import io.millrace.broker.TopicPublish;

/**
 * Where a message of a request goes in its target. Immutable; any thread.
 *
 * @param routingKey what the bindings of an exchange go by; empty where it is not said
 * @param partition the partition of a topic; {@link TopicPublish#ANY_PARTITION} where it is not said
 */
record MessageAddress(String routingKey, int partition) {
    /** Nothing is said. */
    static final MessageAddress NONE = new MessageAddress("", TopicPublish.ANY_PARTITION);
}
