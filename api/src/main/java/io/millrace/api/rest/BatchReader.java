package io.millrace.api.rest;

import static io.millrace.api.rest.JsonFaults.expect;
import static io.millrace.api.rest.JsonFaults.invalid;
import static io.millrace.api.rest.JsonFaults.malformed;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.api.http.Json;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.ProblemException;
import io.millrace.api.rest.DeliveryFields.Field;
import io.millrace.api.text.MessageJson;
import io.millrace.api.text.Utf8;
import io.millrace.api.text.Utf8Writer;
import io.millrace.broker.TopicPublish;
import io.millrace.broker.message.MessageProperties;
import io.millrace.broker.message.MessageProperties.Header;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a publish as a stream. All bodies go into one buffer, which the body of the request bounds: text
 * and base64 are never longer when decoded. At most {@value #MESSAGES_MAX} messages with {@value #HEADERS_MAX} headers
 * each. One thread, once.
 */
final class BatchReader {
    static final int MESSAGES_MAX = 10_000;
    static final int HEADERS_MAX = 256;

    private final JsonParser json;
    private final ByteBuf bodies;
    private final MessageTarget target;
    private final Fields fields = new Fields();
    /** The messages that were read. */
    private int messages;

    private BatchReader(JsonParser json, ByteBuf bodies, MessageTarget target) {
        this.json = json;
        this.bodies = bodies;
        this.target = target;
    }

    /**
     * Gives the messages in {@code request}, which stays the caller's, to {@code target}; a {@link ProblemException}
     * says what is wrong, and then the target is released.
     */
    static <T extends MessageTarget> T read(ByteBuf request, ByteBufAllocator allocator, T target) throws IOException {
        ByteBuf bodies = allocator.buffer(Math.max(1, request.readableBytes()));
        try (JsonParser json = Json.STREAM.createParser((InputStream) new ByteBufInputStream(request))) {
            boolean complete = false;
            try {
                new BatchReader(json, bodies, target).readBatch();
                complete = true;
                return target;
            } finally {
                if (!complete) {
                    target.release();
                }
            }
        } finally {
            bodies.release();
        }
    }

    /**
     * Gives the messages in the array that comes next in {@code json} to {@code target}, with their bodies in {@code
     * bodies}; the target is the caller's also where something is wrong. {@code before} messages were read already.
     * Returns how many there are now.
     */
    static int readMessages(JsonParser json, ByteBuf bodies, int before, MessageTarget target) throws IOException {
        BatchReader reader = new BatchReader(json, bodies, target);
        reader.messages = before;
        reader.readMessages();
        return reader.messages;
    }

    private void readBatch() throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "the body is not a JSON object");
        boolean seen = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            if (seen || !json.currentName().equals("messages")) {
                throw malformed("the body has one field, messages");
            }
            seen = true;
            readMessages();
        }
        if (messages == 0) {
            throw malformed("messages is missing or empty");
        }
        if (json.nextToken() != null) {
            throw malformed("something follows the JSON object");
        }
    }

    private void readMessages() throws IOException {
        expect(json.nextToken(), JsonToken.START_ARRAY, "messages is not an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            readMessage();
        }
    }

    private void readMessage() throws IOException {
        if (messages == MESSAGES_MAX) {
            throw invalid("there are at most " + MESSAGES_MAX + " messages");
        }
        expectInMessage(json.currentToken(), JsonToken.START_OBJECT, "is not a JSON object");
        fields.clear();
        int start = bodies.writerIndex();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            readField(json.currentName());
        }
        ByteBuf body = bodies.retainedSlice(start, bodies.writerIndex() - start);
        try {
            target.add(fields.address(), fields.delivery.attributes(Field::word), fields.properties(), body);
        } catch (IllegalArgumentException e) {
            body.release();
            throw invalid(at(String.valueOf(e.getMessage())));
        }
        messages++;
    }

    private void readField(String name) throws IOException {
        JsonToken value = json.nextToken();
        switch (name) {
            case "body" -> {
                fields.body(this);
                expectInMessage(value, JsonToken.VALUE_STRING, "body is not a string; other bodies go into bodyBase64");
                readText();
            }
            case "bodyBase64" -> {
                fields.body(this);
                expectInMessage(value, JsonToken.VALUE_STRING, "bodyBase64 is not a string");
                readBase64(new ByteBufOutputStream(bodies));
            }
            case "key" -> fields.key = text(fields.key, value, name);
            case "contentType" -> fields.contentType = text(fields.contentType, value, name);
            case "correlationId" -> fields.correlationId = text(fields.correlationId, value, name);
            case "replyTo" -> fields.replyTo = text(fields.replyTo, value, name);
            case "messageId" -> fields.messageId = text(fields.messageId, value, name);
            case "group" -> fields.group = name(fields.group, value, name);
            case "deduplicationId" -> fields.deduplicationId = name(fields.deduplicationId, value, name);
            case "headers" -> {
                expectInMessage(value, JsonToken.START_OBJECT, "headers is not an object");
                if (!fields.headers.isEmpty()) {
                    throw malformed(at("has headers twice"));
                }
                fields.headers = readHeaders();
            }
            default -> {
                if (name.equals("routingKey") && target.takesRoutingKeys()) {
                    fields.routingKey = text(fields.routingKey, value, name);
                } else if (name.equals("partition") && target.takesPartitions()) {
                    fields.partition = partition(fields.partition, value, name);
                } else {
                    readDelivery(Field.named(name, Field::word), value, name);
                }
            }
        }
    }

    private void readDelivery(@Nullable Field field, JsonToken value, String name) throws IOException {
        if (field == null) {
            throw invalid(at("has no field " + JsonObject.shown(name)));
        }
        if (fields.delivery.has(field)) {
            throw malformed(at("has " + name + " twice"));
        }
        expectInMessage(value, JsonToken.VALUE_NUMBER_INT, name + " is not a whole number");
        boolean fits = json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (!fits || !field.allows(json.getLongValue())) {
            throw invalid(at(name + " is " + field.least() + " to " + field.most()));
        }
        fields.delivery.set(field, json.getLongValue());
    }

    private Integer partition(@Nullable Integer before, JsonToken value, String name) throws IOException {
        if (before != null) {
            throw malformed(at("has " + name + " twice"));
        }
        expectInMessage(value, JsonToken.VALUE_NUMBER_INT, name + " is not a whole number");
        if (json.getNumberType() != JsonParser.NumberType.INT || json.getIntValue() < 0) {
            throw invalid(at(name + " is 0 or more, and a partition of the topic"));
        }
        return json.getIntValue();
    }

    private void readText() throws IOException {
        try (Utf8Writer writer = new Utf8Writer(bodies)) {
            int written = json.getText(writer);
            if (writer.isMalformed()) {
                throw malformed(at("body has half of a surrogate pair among its " + written + " characters"));
            }
        }
    }

    private void readBase64(ByteBufOutputStream target) throws IOException {
        try {
            json.readBinaryValue(target);
        } catch (IllegalArgumentException e) {
            throw malformed(at("bodyBase64 is not base64"));
        }
    }

    private List<Header> readHeaders() throws IOException {
        List<Header> headers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            if (headers.size() == HEADERS_MAX) {
                throw invalid(at("has more than " + HEADERS_MAX + " headers"));
            }
            if (!names.add(name) || !Utf8.canCarry(name)) {
                throw malformed(at("has header " + JsonObject.shown(name) + " twice, or half of a surrogate pair"));
            }
            headers.add(new Header(name, headerValue(name, json.nextToken())));
        }
        return headers;
    }

    private Object headerValue(String name, JsonToken value) throws IOException {
        return switch (value) {
            case VALUE_STRING -> wellFormed(name, json.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> wholeNumber(name);
            case VALUE_NUMBER_FLOAT -> number(name);
            case START_OBJECT -> bytes(name);
            default -> throw unfit(name);
        };
    }

    private Long wholeNumber(String name) throws IOException {
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw invalid(at("header " + JsonObject.shown(name) + " has more than 64 bits"));
        }
        return json.getLongValue();
    }

    private Double number(String name) throws IOException {
        double number = json.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw invalid(at("header " + JsonObject.shown(name) + " is out of the range of a double"));
        }
        return number;
    }

    private byte[] bytes(String name) throws IOException {
        boolean fit = json.nextToken() == JsonToken.FIELD_NAME
                && json.currentName().equals(MessageJson.BASE64)
                && json.nextToken() == JsonToken.VALUE_STRING;
        if (!fit) {
            throw unfit(name);
        }
        byte[] bytes = json.getBinaryValue();
        if (json.nextToken() != JsonToken.END_OBJECT) {
            throw malformed(at("header " + JsonObject.shown(name) + " has more fields"));
        }
        return bytes;
    }

    private String text(@Nullable String before, JsonToken value, String name) throws IOException {
        if (before != null) {
            throw malformed(at("has " + name + " twice"));
        }
        if (value != JsonToken.VALUE_STRING) {
            throw malformed(at(name + " is not a string"));
        }
        return wellFormed(name, json.getText());
    }

    /** A text that names something, and so is not empty. */
    private String name(@Nullable String before, JsonToken value, String name) throws IOException {
        String text = text(before, value, name);
        if (text.isEmpty()) {
            throw invalid(at(name + " is empty"));
        }
        return text;
    }

    private String wellFormed(String name, String text) {
        if (!Utf8.canCarry(text)) {
            throw malformed(at(JsonObject.shown(name) + " has half of a surrogate pair"));
        }
        return text;
    }

    private ProblemException unfit(String name) {
        return malformed(at("header " + JsonObject.shown(name)
                + " is not a string, a number, true, false or {\"base64\": \"...\"}"));
    }

    /** How messages begin that are about the message that is being read. */
    private String at(String fault) {
        return "message " + messages + " " + fault;
    }

    private void expectInMessage(@Nullable JsonToken found, JsonToken wanted, String fault) {
        if (found != wanted) {
            throw malformed(at(fault));
        }
    }

    /** What was read of one message, beside its body; after {@link #clear} of the next one. */
    private static final class Fields {
        private final DeliveryFields delivery = new DeliveryFields();
        private boolean hasBody;
        private @Nullable String key;
        private @Nullable String contentType;
        private @Nullable String correlationId;
        private @Nullable String replyTo;
        private @Nullable String messageId;
        private @Nullable String group;
        private @Nullable String deduplicationId;
        private @Nullable String routingKey;
        private @Nullable Integer partition;
        private List<Header> headers = List.of();

        void clear() {
            hasBody = false;
            key = null;
            contentType = null;
            correlationId = null;
            replyTo = null;
            messageId = null;
            group = null;
            deduplicationId = null;
            routingKey = null;
            partition = null;
            headers = List.of();
            if (!delivery.isEmpty()) {
                delivery.clear(); // which few messages need
            }
        }

        void body(BatchReader reader) {
            if (hasBody) {
                throw malformed(reader.at("has a body twice"));
            }
            hasBody = true;
        }

        MessageAddress address() {
            return routingKey == null && partition == null
                    ? MessageAddress.NONE
                    : new MessageAddress(
                            routingKey == null ? "" : routingKey,
                            partition == null ? TopicPublish.ANY_PARTITION : partition);
        }

        MessageProperties properties() {
            return new MessageProperties(
                    key, contentType, correlationId, replyTo, messageId, group, deduplicationId, headers);
        }
    }
}
