package io.millrace.broker.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher says of a message beside its body. All optional; the broker keeps it and gives it to consumers of
 * any protocol that can say it. Strings are at most 65,535 bytes of UTF-8.
 *
 * @param key what messages that belong together have in common
 * @param contentType the media type of the body
 * @param correlationId what ties an answer to its question
 * @param replyTo the queue that an answer goes to
 * @param messageId the publisher's own id of the message; the engine's id is another
 * @param group the group whose messages are delivered strictly in order, one at a time
 * @param deduplicationId what a second publish of the same message is known by
 * @param headers the user's own, in order
 */
public record MessageProperties(
        @Nullable String key,
        @Nullable String contentType,
        @Nullable String correlationId,
        @Nullable String replyTo,
        @Nullable String messageId,
        @Nullable String group,
        @Nullable String deduplicationId,
        List<Header> headers) {
    /** A message of which nothing is said. */
    public static final MessageProperties NONE =
            new MessageProperties(null, null, null, null, null, null, null, List.of());

    /**
     * A header of the user's.
     *
     * @param name its name, at most 65,535 bytes of UTF-8
     * @param value a {@link String}, {@link Long}, {@link Double}, {@link Boolean} or {@code byte[]}
     */
    public record Header(String name, Object value) {
        /** Checks the type of the value. */
        public Header {
            if (!(value instanceof String
                    || value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean
                    || value instanceof byte[])) {
                throw new IllegalArgumentException(
                        "a header is text, a whole number, a number, true or false, or bytes, not " + value.getClass());
            }
        }
    }

    /** Whether nothing is said. */
    public boolean isEmpty() {
        return key == null
                && contentType == null
                && correlationId == null
                && replyTo == null
                && messageId == null
                && group == null
                && deduplicationId == null
                && headers.isEmpty();
    }
}
