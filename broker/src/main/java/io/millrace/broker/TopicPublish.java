package io.millrace.broker;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.SharedMessage;
import io.millrace.broker.topic.TopicMessage;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Messages for a topic. Filled by one thread, then given to {@link BrokerTopics}, which releases it. */
public final class TopicPublish {
    /** Of a message that does not say its partition. */
    public static final int ANY_PARTITION = -1;

    private final List<Part> parts = new ArrayList<>(1);

    /** A message, and the partition that is asked for. */
    record Part(int partition, SharedMessage message) {}

    /**
     * Adds a message for {@code partition}, or {@link #ANY_PARTITION}, and takes over {@code body}. Throws {@link
     * IllegalArgumentException}, and leaves the body to the caller, where a property is too long, or where it says
     * something of its delivery; the words follow "the message".
     */
    public void add(int partition, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
        add(partition, new SharedMessage(attributes, properties, body));
    }

    /** The same of a message whose properties are encoded already; takes it over. */
    public void add(int partition, SharedMessage message) {
        String fault = TopicMessage.fault(message.attributes(), message.properties());
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        parts.add(new Part(partition, message));
    }

    /** The number of messages. */
    public int count() {
        return parts.size();
    }

    List<Part> parts() {
        return parts;
    }

    /** Lets go of the bodies. */
    public void release() {
        parts.forEach(part -> part.message().release());
        parts.clear();
    }
}
