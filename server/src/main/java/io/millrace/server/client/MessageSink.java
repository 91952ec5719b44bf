package io.millrace.server.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where messages are published. Any thread. */
@FunctionalInterface
interface MessageSink {
    /** Publishes in one request; completes once all messages are on stable storage. */
    CompletableFuture<Published> publish(List<OutgoingMessage> messages);
}
