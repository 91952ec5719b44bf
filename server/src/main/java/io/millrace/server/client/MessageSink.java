package io.millrace.server.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where messages are published. Any thread. */
@FunctionalInterface
interface MessageSink {
    /**
     * Publishes in one request; completes once all messages are confirmed. {@code before} is how many messages
     * went into earlier requests, and the same where the request is sent again.
     */
    CompletableFuture<Published> publish(List<OutgoingMessage> messages, long before);

    /** Whether these messages are stored once, however often their request is sent. */
    default boolean isRepeatable(List<OutgoingMessage> messages) {
        return messages.stream().allMatch(OutgoingMessage::isDeduplicated);
    }
}
