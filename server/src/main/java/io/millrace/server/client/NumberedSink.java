package io.millrace.server.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One partition of a topic, for a producer that numbers its messages: each is stored once, however often it is
 * published. Any thread; holds nothing.
 */
final class NumberedSink implements MessageSink {
    private final HttpApi api;
    private final String path;
    private final long sequence;

    /** Publishes with a POST to {@code path}, the first message with the number {@code sequence}. */
    NumberedSink(HttpApi api, String path, String producer, int epoch, int sequence) {
        this.api = api;
        this.path = path + "?producer=" + ApiRequest.escape(producer) + "&epoch=" + epoch + "&sequence=";
        this.sequence = sequence;
    }

    @Override
    public CompletableFuture<Published> publish(List<OutgoingMessage> messages, long before) {
        byte[] json = OutgoingMessage.batch(messages, OutgoingMessage.Address.NONE);
        return api.send(ApiRequest.post(path + (sequence + before), json))
                .thenApply(Published::ofTopic)
                .exceptionally(failure -> whatIsKnown(failure, messages.size()));
    }

    @Override
    public boolean isRepeatable(List<OutgoingMessage> messages) {
        return true;
    }

    /** A request that is stored, but so long ago that its place is not known any more, is done. */
    private static Published whatIsKnown(Throwable failure, int messages) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ApiException refused && refused.problem().equals("sequence-known")) {
            return new Published(List.of(), messages, 0);
        }
        throw new CompletionException(cause);
    }
}
