package io.millrace.api.rest;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.netty.buffer.ByteBuf;

/** What the messages of a request go into as they are read. One thread. */
interface MessageTarget {
    /** Whether messages have routing keys. */
    boolean takesKeys();

    /**
     * Takes a message, and takes {@code body} over. Throws {@link IllegalArgumentException}, and leaves the body to the
     * caller, where the key or a property is too long.
     */
    void add(String routingKey, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body);

    /** Lets go of the bodies. */
    void release();
}
