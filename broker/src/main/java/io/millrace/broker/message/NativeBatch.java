package io.millrace.broker.message;

import static io.millrace.broker.message.NativeFormat.PROPERTIES_LENGTH_BYTES;
import static io.millrace.broker.message.NativeFormat.TABLE_ENTRY_BYTES;

import io.millrace.base.Check;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way in, to be written as one native body. What decides about their delivery is the same for all:
 * attributes and group; and one with a deduplication id is alone. It holds the bodies as the buffers that they arrived
 * in, so that they are copied once, into the shard's log. Filled by one thread, then given to a shard.
 */
public final class NativeBatch {
    private static final int BODY_BYTES_MAX = 48 << 20;

    private final List<ByteBuf> properties = new ArrayList<>(1);
    private final List<ByteBuf> bodies = new ArrayList<>(1);
    private final DeliveryAttributes attributes;
    private final boolean isMoved;
    private @Nullable String group;
    private @Nullable String deduplicationId;
    private long bytes;
    private int largest;

    /** Makes an empty one, of whose messages nothing is said. */
    public NativeBatch() {
        this(DeliveryAttributes.NONE);
    }

    /** Makes an empty one, of whose messages {@code attributes} are said. */
    public NativeBatch(DeliveryAttributes attributes) {
        this(attributes, false);
    }

    private NativeBatch(DeliveryAttributes attributes, boolean isMoved) {
        this.attributes = attributes;
        this.isMoved = isMoved;
    }

    /** Makes an empty one for messages that the broker moves from one queue to another. */
    public static NativeBatch ofMoved(DeliveryAttributes attributes) {
        return new NativeBatch(attributes, true);
    }

    /** Whether a message like this can be added: it is to be delivered as those that are there. */
    public boolean takes(DeliveryAttributes messageAttributes, MessageProperties messageProperties) {
        if (!attributes.equals(messageAttributes)) {
            return false;
        }
        return bodies.isEmpty()
                || (deduplicationId == null
                        && (isMoved || messageProperties.deduplicationId() == null)
                        && Objects.equals(group, messageProperties.group()));
    }

    /**
     * Adds a message, which it {@link #takes}, and takes over {@code body}. Throws {@link IllegalArgumentException},
     * and leaves the body to the caller, where a property is too long.
     */
    public void add(MessageProperties messageProperties, ByteBuf body) {
        add(messageProperties, PropertiesCodec.encode(messageProperties), body);
    }

    /** The same with the properties {@code encoded} already; several batches may share both buffers. */
    private void add(MessageProperties messageProperties, ByteBuf encoded, ByteBuf body) {
        Check.that(takes(attributes, messageProperties), "the messages of a batch are delivered alike");
        int size = encoded.readableBytes() + body.readableBytes();
        long total = bytes + TABLE_ENTRY_BYTES + PROPERTIES_LENGTH_BYTES + size;
        if (total > BODY_BYTES_MAX) {
            throw new IllegalArgumentException("a batch has at most 48 MiB");
        }
        group = messageProperties.group();
        // What was published once is not published again by being moved.
        deduplicationId = isMoved ? null : messageProperties.deduplicationId();
        properties.add(encoded);
        bodies.add(body);
        bytes = total;
        largest = Math.max(largest, size);
    }

    /**
     * Adds a copy of the message that {@code view} shows, which the batch {@link #takes}, with {@code history}.
     */
    public void add(MessageView view, MessageProperties messageProperties, MessageHistory history) {
        Check.that(isMoved, "messages with a history are moved");
        add(messageProperties, view.propertiesWith(history), Unpooled.copiedBuffer(view.body()));
    }

    /** Adds {@code message}, which it {@link #takes}, and shares its buffers; the message stays the caller's. */
    public void add(SharedMessage message) {
        add(message.properties(), message.encoded(), message.body());
        message.body().retain();
    }

    /** Whether its messages have a history. */
    public boolean isMoved() {
        return isMoved;
    }

    /** What is said of the delivery of its messages. */
    public DeliveryAttributes attributes() {
        return attributes;
    }

    /** The group of its messages; null where they have none. */
    public @Nullable String group() {
        return group;
    }

    /** The deduplication id of its only message; null where there is none. */
    public @Nullable String deduplicationId() {
        return deduplicationId;
    }

    /** The number of messages. */
    public int count() {
        return bodies.size();
    }

    /** The length of the native body in bytes. */
    public int bytes() {
        return (int) bytes;
    }

    /** Bytes of the largest message, body and properties. */
    public int largestMessageBytes() {
        return largest;
    }

    /** Writes the native body. */
    public void writeTo(ByteBuf target) {
        int end = bodies.size() * TABLE_ENTRY_BYTES;
        for (int i = 0; i < bodies.size(); i++) {
            end += PROPERTIES_LENGTH_BYTES
                    + properties.get(i).readableBytes()
                    + bodies.get(i).readableBytes();
            target.writeInt(end);
        }
        for (int i = 0; i < bodies.size(); i++) {
            ByteBuf each = properties.get(i);
            target.writeInt(each.readableBytes());
            target.writeBytes(each, each.readerIndex(), each.readableBytes());
            ByteBuf body = bodies.get(i);
            target.writeBytes(body, body.readerIndex(), body.readableBytes());
        }
    }

    /** Lets go of the bodies. Once. */
    public void release() {
        bodies.forEach(ByteBuf::release);
        bodies.clear();
    }
}
