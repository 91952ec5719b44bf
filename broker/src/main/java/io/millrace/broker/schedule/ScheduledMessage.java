package io.millrace.broker.schedule;

import io.millrace.broker.message.DeliveryAttributes;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.broker.message.SharedMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/**
 * The message that each firing of a schedule publishes, with two headers that say which firing it is. Immutable; any
 * thread.
 */
public final class ScheduledMessage {
    /** Body and properties, bytes: definitions are held in memory. */
    public static final int BYTES_MAX = 64 << 10;

    /** The header that names the schedule. */
    public static final String NAME_HEADER = "millrace-schedule";

    /** The header that says for which due time it was published, epoch milliseconds: the same for no two firings. */
    public static final String DUE_HEADER = "millrace-schedule-due-millis";

    private final DeliveryAttributes attributes;
    private final MessageProperties properties;
    private final byte[] body;

    /** Checks what a message can say that is published again and again; takes the array over. */
    public ScheduledMessage(DeliveryAttributes attributes, MessageProperties properties, byte[] body) {
        if (attributes.dueMillis() != DeliveryAttributes.UNSAID
                || attributes.expiryMillis() != DeliveryAttributes.UNSAID) {
            throw new IllegalArgumentException("the message of a schedule has a delayMillis and a timeToLiveMillis,"
                    + " not a dueMillis or an expiryMillis: it is published at many times");
        }
        if (properties.deduplicationId() != null) {
            throw new IllegalArgumentException(
                    "the message of a schedule has no deduplicationId: each firing is a message of its own");
        }
        for (Header each : properties.headers()) {
            if (each.name().equals(NAME_HEADER) || each.name().equals(DUE_HEADER)) {
                throw new IllegalArgumentException("the header " + each.name() + " is set by the schedule");
            }
        }
        this.attributes = attributes;
        this.properties = properties;
        this.body = body;
        int bytes = new SharedMessage(attributes, properties, body()).bytes();
        if (bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the message of a schedule has at most " + BYTES_MAX + " bytes, body and properties, not " + bytes);
        }
    }

    /** What is said of the delivery. */
    public DeliveryAttributes attributes() {
        return attributes;
    }

    /** What is said of it beside the body. */
    public MessageProperties properties() {
        return properties;
    }

    /** The body, not to be written to; it need not be released. */
    public ByteBuf body() {
        return Unpooled.wrappedBuffer(body);
    }

    /** The properties of the message that the schedule {@code name} publishes for {@code dueMillis}. */
    MessageProperties propertiesFor(String name, long dueMillis) {
        List<Header> headers = new ArrayList<>(properties.headers());
        headers.add(new Header(NAME_HEADER, name));
        headers.add(new Header(DUE_HEADER, dueMillis));
        return new MessageProperties(
                properties.key(),
                properties.contentType(),
                properties.correlationId(),
                properties.replyTo(),
                properties.messageId(),
                properties.group(),
                null,
                headers);
    }
}
