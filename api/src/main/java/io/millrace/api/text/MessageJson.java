package io.millrace.api.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.broker.message.Death;
import io.millrace.broker.message.MessageHistory;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.broker.message.MessageView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages as JSON: the body as text where it is UTF-8, else as base64; a header of bytes as an object with its
 * base64. Each thread keeps {@value #SCRATCH_BYTES} bytes for bodies; a larger body costs its size for the moment. Any
 * thread.
 */
public final class MessageJson {
    /** The only field of a header's value that is bytes. */
    public static final String BASE64 = "base64";

    private static final int SCRATCH_BYTES = 64 << 10;

    private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[SCRATCH_BYTES];
        }
    };

    private MessageJson() {}

    /** Writes the fields of the message that {@code view} shows into an object that is open. */
    public static void write(JsonGenerator json, MessageView view) throws IOException {
        json.writeNumberField("publishedMillis", view.publishedMillis());
        writeDelivery(json, view);
        if (view.isMoved()) {
            writeHistory(json, view.movedHistory());
        }
        MessageProperties properties = view.properties();
        if (!properties.isEmpty()) {
            writeProperties(json, properties);
        }
        writeBody(json, view.body());
    }

    private static void writeDelivery(JsonGenerator json, MessageView view) throws IOException {
        if (view.hasPriority()) {
            json.writeNumberField("priority", view.priority());
        }
        if (view.dueMillis() != 0) {
            json.writeNumberField("dueMillis", view.dueMillis());
        }
        if (view.expiryMillis() != 0) {
            json.writeNumberField("expiryMillis", view.expiryMillis());
        }
    }

    private static void writeHistory(JsonGenerator json, MessageHistory history) throws IOException {
        json.writeNumberField("firstPublishedMillis", history.publishedMillis());
        json.writeArrayFieldStart("deaths");
        for (Death each : history.deaths()) {
            json.writeStartObject();
            json.writeStringField("queue", each.queue());
            json.writeStringField("reason", each.reason().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("count", each.count());
            json.writeNumberField("deliveryCount", each.deliveryCount());
            writeIfKnown(json, "firstDeliveryMillis", each.firstDeliveryMillis());
            writeIfKnown(json, "lastDeliveryMillis", each.lastDeliveryMillis());
            json.writeNumberField("firstMillis", each.firstMillis());
            json.writeNumberField("lastMillis", each.lastMillis());
            writeIfThere(json, "error", each.error());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeIfKnown(JsonGenerator json, String name, long millis) throws IOException {
        if (millis != Death.UNKNOWN) {
            json.writeNumberField(name, millis);
        }
    }

    private static void writeProperties(JsonGenerator json, MessageProperties properties) throws IOException {
        writeIfThere(json, "key", properties.key());
        writeIfThere(json, "contentType", properties.contentType());
        writeIfThere(json, "correlationId", properties.correlationId());
        writeIfThere(json, "replyTo", properties.replyTo());
        writeIfThere(json, "messageId", properties.messageId());
        writeIfThere(json, "group", properties.group());
        writeIfThere(json, "deduplicationId", properties.deduplicationId());
        if (!properties.headers().isEmpty()) {
            json.writeObjectFieldStart("headers");
            for (Header each : properties.headers()) {
                json.writeFieldName(each.name());
                writeValue(json, each.value());
            }
            json.writeEndObject();
        }
    }

    private static void writeIfThere(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void writeValue(JsonGenerator json, Object value) throws IOException {
        if (value instanceof String text) {
            json.writeString(text);
        } else if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof byte[] bytes) {
            json.writeStartObject();
            json.writeBinaryField(BASE64, bytes);
            json.writeEndObject();
        } else {
            writeNumber(json, (Double) value);
        }
    }

    /** JSON has no infinities and no NaN; other protocols may store them. */
    private static void writeNumber(JsonGenerator json, double number) throws IOException {
        if (Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeString(Double.toString(number));
        }
    }

    private static void writeBody(JsonGenerator json, ByteBuf body) throws IOException {
        int length = body.readableBytes();
        if (!ByteBufUtil.isText(body, body.readerIndex(), length, UTF_8)) {
            json.writeFieldName("bodyBase64");
            try (ByteBufInputStream input = new ByteBufInputStream(body.duplicate())) {
                json.writeBinary(input, length);
            }
            return;
        }
        byte[] bytes = length <= SCRATCH_BYTES ? SCRATCH.get() : new byte[length];
        body.getBytes(body.readerIndex(), bytes, 0, length);
        json.writeFieldName("body");
        json.writeUTF8String(bytes, 0, length);
    }
}
