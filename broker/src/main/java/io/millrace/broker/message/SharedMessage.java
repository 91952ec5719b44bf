package io.millrace.broker.message;

import io.netty.buffer.ByteBuf;

/**
 * A message for several batches at a time: its properties are encoded once, and the body is the one buffer that it
 * arrived in. Made by one thread; shards may write batches that share it at the same time, for they read by index.
 */
public final class SharedMessage {
    private final DeliveryAttributes attributes;
    private final MessageProperties properties;
    private final ByteBuf encoded;
    private final ByteBuf body;

    /**
     * Takes over {@code body}. Throws {@link IllegalArgumentException}, and leaves the body to the caller, where a
     * property is too long.
     */
    public SharedMessage(DeliveryAttributes attributes, MessageProperties properties, ByteBuf body) {
        this.attributes = attributes;
        this.properties = properties;
        this.encoded = PropertiesCodec.encode(properties);
        this.body = body;
    }

    /** What is said of its delivery. */
    public DeliveryAttributes attributes() {
        return attributes;
    }

    /** What is said of it beside the body. */
    public MessageProperties properties() {
        return properties;
    }

    /** Bytes of body and properties, as limits on messages count them. */
    public int bytes() {
        return encoded.readableBytes() + body.readableBytes();
    }

    ByteBuf encoded() {
        return encoded;
    }

    ByteBuf body() {
        return body;
    }

    /** Lets go of the body. Once; batches that share it keep it. */
    public void release() {
        body.release();
    }
}
