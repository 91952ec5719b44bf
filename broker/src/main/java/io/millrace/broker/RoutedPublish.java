package io.millrace.broker;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.SharedMessage;
import io.millrace.broker.routing.RoutedMessage;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages for an exchange, each with its routing key. Filled by one thread, then given to {@link Broker#publish(
 * io.millrace.broker.routing.Exchange, RoutedPublish)}, which releases it.
 */
public final class RoutedPublish {
    private final List<Part> parts = new ArrayList<>(1);

    /** A message, and what exchanges see of it. */
    record Part(SharedMessage message, RoutedMessage routed) {}

    /**
     * A message in a queue, or in a partition of a topic.
     *
     * @param log the queue or the partition
     * @param offset its offset there; of a duplicate, that of the first publish
     * @param isDuplicate whether it was published before, with the same deduplication id, and not stored again
     */
    public record Stored(DefinedLog log, long offset, boolean isDuplicate) {}

    /**
     * Adds a message and takes over {@code body}. Throws {@link IllegalArgumentException}, and leaves the body to the
     * caller, where the key or a property is too long.
     */
    public void add(String routingKey, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
        RoutedMessage routed = new RoutedMessage(routingKey, properties);
        parts.add(new Part(new SharedMessage(attributes, properties, body), routed));
    }

    /** The number of messages. */
    public int count() {
        return parts.size();
    }

    List<Part> parts() {
        return parts;
    }

    /** Lets go of the bodies. Once. */
    public void release() {
        parts.forEach(part -> part.message().release());
        parts.clear();
    }
}
