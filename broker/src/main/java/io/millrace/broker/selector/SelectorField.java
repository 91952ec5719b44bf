package io.millrace.broker.selector;

import io.millrace.broker.message.MessageProperty;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the broker itself knows of a message, and how a selector spells it. */
public enum SelectorField {
    /** What messages that belong together have in common. */
    KEY("key", null, MessageProperty.KEY),
    /** The media type of the body. */
    CONTENT_TYPE("contentType", null, MessageProperty.CONTENT_TYPE),
    /** What ties an answer to its question. */
    CORRELATION_ID("correlationId", "JMSCorrelationID", MessageProperty.CORRELATION_ID),
    /** The queue that an answer goes to. */
    REPLY_TO("replyTo", null, MessageProperty.REPLY_TO),
    /** The publisher's own id. */
    MESSAGE_ID("messageId", "JMSMessageID", MessageProperty.MESSAGE_ID),
    /** The group whose messages come one at a time. */
    GROUP("group", "JMSXGroupID", MessageProperty.GROUP),
    /** What a second publish of the same is known by. */
    DEDUPLICATION_ID("deduplicationId", null, MessageProperty.DEDUPLICATION_ID),
    /** 0 to 4294967295, 0 first; half of that where nobody said one. */
    PRIORITY("priority", null, null),
    /** The date from which on it may be delivered, epoch milliseconds. */
    DUE("dueMillis", null, null),
    /** When it ends unconsumed, epoch milliseconds. */
    EXPIRY("expiryMillis", null, null),
    /** When the broker stored it, epoch milliseconds. */
    PUBLISHED("publishedMillis", "JMSTimestamp", null),
    /** How often it was delivered, without a delivery under way. */
    DELIVERY_COUNT("deliveryCount", null, null);

    /** What every native name begins with. */
    static final String PREFIX = "millrace.";

    private final String spelling;
    private final @Nullable String jmsName;
    private final @Nullable MessageProperty property;

    SelectorField(String word, @Nullable String jmsName, @Nullable MessageProperty property) {
        this.spelling = PREFIX + word;
        this.jmsName = jmsName;
        this.property = property;
    }

    /** Its name in a selector. */
    public String spelling() {
        return spelling;
    }

    /** Its name among those that Jakarta Messaging gives; null where there is none. */
    public @Nullable String jmsName() {
        return jmsName;
    }

    /** Which property of the message it is; null where it is a number. */
    @Nullable
    MessageProperty property() {
        return property;
    }

    /** The field of this name, either spelling; null where there is none. */
    static @Nullable SelectorField named(String name) {
        for (SelectorField each : values()) {
            if (each.spelling.equals(name) || name.equals(each.jmsName)) {
                return each;
            }
        }
        return null;
    }

    /** All native names. */
    static List<String> spellings() {
        return Arrays.stream(values()).map(SelectorField::spelling).toList();
    }
}
