package io.millrace.server.client;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A message as environment variables for the command that works on it. Stateless; any thread. */
final class MessageEnvironment {
    private static final String PREFIX = "MILLRACE_";
    private static final Map<String, String> FIELDS = Map.ofEntries(
            Map.entry("id", "MESSAGE_ID"),
            Map.entry("deliveryCount", "DELIVERY_COUNT"),
            Map.entry("fencingToken", "FENCING_TOKEN"),
            Map.entry("publishedMillis", "PUBLISHED_MILLIS"),
            Map.entry("priority", "PRIORITY"),
            Map.entry("dueMillis", "DUE_MILLIS"),
            Map.entry("expiryMillis", "EXPIRY_MILLIS"),
            Map.entry("group", "GROUP"),
            Map.entry("deduplicationId", "DEDUPLICATION_ID"),
            Map.entry("key", "KEY"),
            Map.entry("contentType", "CONTENT_TYPE"),
            Map.entry("correlationId", "CORRELATION_ID"),
            Map.entry("replyTo", "REPLY_TO"),
            Map.entry("messageId", "USER_MESSAGE_ID"));

    private MessageEnvironment() {}

    /**
     * The variables for {@code message} of {@code queue}; a property that is not there is the empty text, so that a
     * variable of the shell's own never stands for it.
     */
    static Map<String, String> of(String queue, ReceivedMessage message) {
        var variables = new LinkedHashMap<String, String>();
        variables.put(PREFIX + "QUEUE", queue);
        FIELDS.forEach((field, name) -> variables.put(PREFIX + name, clean(message.text(field))));
        message.headers().forEach((name, value) -> variables.put(PREFIX + "HEADER_" + variable(name), clean(value)));
        return variables;
    }

    /** {@code content-Type} is {@code CONTENT_TYPE}. */
    private static String variable(String header) {
        return header.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    /** No variable can hold a NUL. */
    private static String clean(String text) {
        return text.replace('\0', '?');
    }
}
