package io.millrace.broker.message;

/** The properties of {@link MessageProperties} that are texts; what each means is said there. */
public enum MessageProperty {
    KEY,
    CONTENT_TYPE,
    CORRELATION_ID,
    REPLY_TO,
    MESSAGE_ID,
    GROUP,
    DEDUPLICATION_ID
}
