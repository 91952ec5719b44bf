package io.millrace.server.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message to publish. Any thread, as long as nobody changes the array.
 *
 * @param body the body; travels as text where it is UTF-8 and that is not longer, else as base64
 */
public record OutgoingMessage(
        byte[] body,
        Optional<String> key,
        Optional<String> contentType,
        Map<String, String> headers,
        Delivery delivery) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int OVERHEAD_BYTES = 64;
    private static final int CONTROL_ESCAPE_BYTES = 5;

    /** A message of which only the body matters. */
    public static OutgoingMessage of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A message of which only the body matters. */
    static OutgoingMessage of(byte[] bytes) {
        return new OutgoingMessage(bytes, Optional.empty(), Optional.empty(), Map.of(), Delivery.NONE);
    }

    /** Whether a second publish of it is stored once. */
    boolean isDeduplicated() {
        return delivery.deduplicationId().isPresent();
    }

    /** Writes the fields of a message that say where in its target it goes. */
    interface Address {
        /** None are needed. */
        Address NONE = json -> {};

        void write(JsonGenerator json) throws IOException;
    }

    /** The body of a request that publishes {@code messages}, each to {@code address}. */
    static byte[] batch(List<OutgoingMessage> messages, Address address) {
        int bytes = messages.stream()
                .mapToInt(each -> each.body.length + OVERHEAD_BYTES)
                .sum();
        var output = new ByteArrayOutputStream(bytes);
        try (JsonGenerator json = JSON.createGenerator(output)) {
            json.writeStartObject();
            writeAll(messages, json, address);
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to an array does not fail", e);
        }
        return output.toByteArray();
    }

    private static void writeAll(List<OutgoingMessage> messages, JsonGenerator json, Address address)
            throws IOException {
        json.writeArrayFieldStart("messages");
        for (OutgoingMessage each : messages) {
            each.write(json, address);
        }
        json.writeEndArray();
    }

    /** The body of a request that ends {@code lease}, of {@code queue}, and publishes this to {@code target}. */
    byte[] followUp(String queue, String lease, String target) {
        var output = new ByteArrayOutputStream(body.length + 4 * OVERHEAD_BYTES);
        try (JsonGenerator json = JSON.createGenerator(output)) {
            json.writeStartObject();
            json.writeArrayFieldStart("acknowledge");
            json.writeStartObject();
            json.writeStringField("queue", queue);
            json.writeStringField("lease", lease);
            json.writeEndObject();
            json.writeEndArray();
            json.writeArrayFieldStart("publish");
            json.writeStartObject();
            json.writeStringField("queue", target);
            writeAll(List.of(this), json, Address.NONE);
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new IllegalStateException("writing to an array does not fail", e);
        }
        return output.toByteArray();
    }

    private void write(JsonGenerator json, Address address) throws IOException {
        json.writeStartObject();
        address.write(json);
        String text = asText(body);
        if (text == null) {
            json.writeBinaryField("bodyBase64", body);
        } else {
            json.writeStringField("body", text);
        }
        if (key.isPresent()) {
            json.writeStringField("key", key.get());
        }
        if (contentType.isPresent()) {
            json.writeStringField("contentType", contentType.get());
        }
        if (!headers.isEmpty()) {
            json.writeObjectFieldStart("headers");
            for (Map.Entry<String, String> header : headers.entrySet()) {
                json.writeStringField(header.getKey(), header.getValue());
            }
            json.writeEndObject();
        }
        delivery.write(json);
        json.writeEndObject();
    }

    /** The text that {@code bytes} are in UTF-8; null where they are not, or take less room in base64. */
    private static @Nullable String asText(byte[] bytes) {
        int escapes = 0;
        for (byte each : bytes) {
            if (each >= 0 && each < ' ') {
                escapes += CONTROL_ESCAPE_BYTES;
            } else if (each == '"' || each == '\\') {
                escapes++;
            }
        }
        if (escapes > OVERHEAD_BYTES + bytes.length / 3) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
