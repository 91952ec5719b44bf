package io.millrace.broker.topic;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import org.jspecify.annotations.Nullable;

/** What a message may say that is meant for a topic. Stateless; any thread. */
public final class TopicMessage {
    private TopicMessage() {}

    /**
     * What is wrong, in words that follow "the message", where one says something of its delivery that a topic does not
     * go by; else null. One that comes by way of an exchange may say it: it can be for queues, too.
     */
    public static @Nullable String fault(DeliveryAttributes attributes, MessageProperties properties) {
        return attributes.equals(DeliveryAttributes.NONE) && properties.group() == null
                ? null
                : "is for a topic, which keeps messages in the order of their offsets: it has no priority, no delay,"
                        + " date or expiry, and a key instead of a group";
    }
}
