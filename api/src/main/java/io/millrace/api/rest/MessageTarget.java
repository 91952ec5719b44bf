package io.millrace.api.rest;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.netty.buffer.ByteBuf;

/** What the messages of a request go into as they are read. One thread. */
interface MessageTarget {
    /** Whether messages may have routing keys. */
    default boolean takesRoutingKeys() {
        return false;
    }

    /** Whether messages may say a partition. */
    default boolean takesPartitions() {
        return false;
    }

    /**
     * Takes a message, and takes {@code body} over. Throws {@link IllegalArgumentException}, and leaves the body to the
     * caller, where the address or a property does not fit; the words follow "the message".
     */
    void add(MessageAddress address, DeliveryAttributes attributes, MessageProperties properties, ByteBuf body);

    /** Lets go of the bodies. */
    void release();
}
