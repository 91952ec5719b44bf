package io.millrace.api.rest;

import static io.millrace.api.rest.JsonFaults.expect;
import static io.millrace.api.rest.JsonFaults.invalid;
import static io.millrace.api.rest.JsonFaults.malformed;
import static io.millrace.api.rest.JsonFaults.noField;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.api.http.Json;
import io.millrace.api.http.JsonObject;
import io.millrace.api.http.ProblemException;
import io.millrace.broker.LeaseHandle;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON of a transaction as a stream. At most {@value BatchReader#MESSAGES_MAX} messages and {@value
 * SettleReader#LEASES_MAX} leases. One thread, once; who has read it frees it.
 */
final class TransactionReader {
    private final List<Publishing> publishes = new ArrayList<>();
    private final List<Acknowledging> acknowledged = new ArrayList<>();
    private int messages;

    /**
     * Messages for one queue, or for one topic.
     *
     * @param queue the name of the queue; null where they are for a topic
     * @param topic the name of the topic; null where they are for a queue
     * @param messages the messages
     */
    record Publishing(@Nullable String queue, @Nullable String topic, HeldMessages messages) {}

    /**
     * A lease that is to be ended, for its message is done with.
     *
     * @param queue the name of the queue
     * @param lease the lease
     */
    record Acknowledging(String queue, LeaseHandle lease) {}

    /** Reads {@code request}, which stays the caller's; a {@link ProblemException} says what is wrong. */
    static TransactionReader read(ByteBuf request, ByteBufAllocator allocator) throws IOException {
        ByteBuf bodies = allocator.buffer(Math.max(1, request.readableBytes()));
        TransactionReader reader = new TransactionReader();
        boolean isComplete = false;
        try (JsonParser json = Json.STREAM.createParser((InputStream) new ByteBufInputStream(request))) {
            reader.read(json, bodies);
            isComplete = true;
            return reader;
        } finally {
            if (!isComplete) {
                reader.release();
            }
            bodies.release();
        }
    }

    List<Publishing> publishes() {
        return publishes;
    }

    List<Acknowledging> acknowledged() {
        return acknowledged;
    }

    /** Frees the messages, which nobody has taken over. */
    void release() {
        publishes.forEach(each -> each.messages.release());
    }

    private void read(JsonParser json, ByteBuf bodies) throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT, "the body is not a JSON object");
        boolean hasPublishes = false;
        boolean hasAcknowledged = false;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            switch (name) {
                case "publish" -> {
                    checkOnce(hasPublishes, name);
                    hasPublishes = true;
                    readArray(json, name, () -> readPublish(json, bodies));
                }
                case "acknowledge" -> {
                    checkOnce(hasAcknowledged, name);
                    hasAcknowledged = true;
                    readArray(json, name, () -> readAcknowledge(json));
                }
                default -> throw noField(JsonObject.shown(name));
            }
        }
        if (publishes.isEmpty() && acknowledged.isEmpty()) {
            throw malformed("there is nothing to publish and nothing to acknowledge");
        }
        expect(json.nextToken(), null, "something follows the JSON object");
    }

    private interface Element {
        void read() throws IOException;
    }

    private static void readArray(JsonParser json, String name, Element element) throws IOException {
        expect(json.nextToken(), JsonToken.START_ARRAY, name + " is not an array");
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.START_OBJECT, "an element of " + name + " is not a JSON object");
            element.read();
        }
    }

    private void readPublish(JsonParser json, ByteBuf bodies) throws IOException {
        String at = "publish[" + publishes.size() + "].";
        HeldMessages target = new HeldMessages();
        String queue = null;
        String topic = null;
        boolean hasMessages = false;
        boolean isComplete = false;
        try {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                switch (name) {
                    case "queue" -> queue = text(json, at + name, queue);
                    case "topic" -> topic = text(json, at + name, topic);
                    case "messages" -> {
                        checkOnce(hasMessages, at + name);
                        hasMessages = true;
                        messages = BatchReader.readMessages(json, bodies, messages, target);
                    }
                    default -> throw noField(at + JsonObject.shown(name));
                }
            }
            if (target.isEmpty()) {
                throw malformed(at + "messages is missing or empty");
            }
            if (topic == null) {
                required(queue, at + "queue, or topic,");
            } else if (queue != null) {
                throw invalid(at + "queue and " + at + "topic exclude each other");
            }
            publishes.add(new Publishing(queue, topic, target));
            isComplete = true;
        } finally {
            if (!isComplete) {
                target.release();
            }
        }
    }

    private void readAcknowledge(JsonParser json) throws IOException {
        String at = "acknowledge[" + acknowledged.size() + "].";
        if (acknowledged.size() == SettleReader.LEASES_MAX) {
            throw invalid("acknowledge has more than " + SettleReader.LEASES_MAX + " elements");
        }
        String queue = null;
        String lease = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            switch (name) {
                case "queue" -> queue = text(json, at + name, queue);
                case "lease" -> lease = text(json, at + name, lease);
                default -> throw noField(at + JsonObject.shown(name));
            }
        }
        LeaseHandle handle = LeaseHandle.parse(required(lease, at + "lease"));
        if (handle == null) {
            throw invalid(at + "lease is not a lease");
        }
        acknowledged.add(new Acknowledging(required(queue, at + "queue"), handle));
    }

    private static String text(JsonParser json, String at, @Nullable String before) throws IOException {
        checkOnce(before != null, at);
        expect(json.nextToken(), JsonToken.VALUE_STRING, at + " is not a string");
        return json.getText();
    }

    private static String required(@Nullable String value, String at) {
        if (value == null) {
            throw malformed(at + " is missing");
        }
        return value;
    }

    private static void checkOnce(boolean isThere, String at) {
        if (isThere) {
            throw malformed(at + " is there twice");
        }
    }
}
