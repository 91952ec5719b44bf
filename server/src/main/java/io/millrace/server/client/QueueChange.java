package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of a queue that a request names; the others stay as they are, or get their defaults. Immutable; any thread.
 *
 * @param lease how long a lease lasts where a receive does not say
 * @param messageBytesMax the largest message that is accepted
 */
public record QueueChange(Optional<Duration> lease, Optional<Long> messageBytesMax) {
    /** Names no setting. */
    public static final QueueChange NONE = new QueueChange(Optional.empty(), Optional.empty());

    boolean isNone() {
        return equals(NONE);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        lease.ifPresent(time -> json.put("leaseMillis", time.toMillis()));
        messageBytesMax.ifPresent(bytes -> json.put("messageBytesMax", bytes));
        return json;
    }
}
