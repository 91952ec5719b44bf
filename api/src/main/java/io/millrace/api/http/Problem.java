package io.millrace.api.http;

/**
 * Everything that a request can fail with (RFC 9457). The type of a problem is the path {@code /v1/problems/<name>} of
 * the door itself, which explains it.
 *
 * <p>{@link #isRetryable} says whether the same request may succeed later without being changed.
 */
public enum Problem {
    MALFORMED_REQUEST(400, "malformed-request", "The request is not well-formed HTTP, or its path or query is not"),
    MALFORMED_JSON(400, "malformed-json", "The body is not the JSON that it has to be"),
    INVALID_VALUE(400, "invalid-value", "A name or a value is not allowed"),
    CREDENTIALS_NEEDED(401, "credentials-needed", "The request has no credentials"),
    BAD_CREDENTIALS(401, "bad-credentials", "The credentials are wrong"),
    FORBIDDEN(403, "forbidden", "The user may not do this"),
    FOREIGN_ORIGIN(403, "foreign-origin", "A web page of another origin sent the request"),
    FOREIGN_HOST(403, "foreign-host", "The request was sent to a name that is not this machine's"),
    NO_USER_YET(403, "no-user-yet", "No user exists, so that only this machine is served"),
    EXCHANGE_INTERNAL(403, "exchange-internal", "Only other exchanges lead into this one"),
    NO_SUCH_ROUTE(404, "no-such-route", "Nothing is served under this path"),
    QUEUE_NOT_FOUND(404, "queue-not-found", "There is no such queue"),
    TOPIC_NOT_FOUND(404, "topic-not-found", "There is no such topic"),
    PARTITION_NOT_FOUND(404, "partition-not-found", "The topic has no such partition"),
    EXCHANGE_NOT_FOUND(404, "exchange-not-found", "There is no such exchange"),
    BINDING_NOT_FOUND(404, "binding-not-found", "There is no such binding"),
    SCHEDULE_NOT_FOUND(404, "schedule-not-found", "There is no such schedule"),
    SPACE_NOT_FOUND(404, "space-not-found", "There is no such space"),
    USER_NOT_FOUND(404, "user-not-found", "There is no such user, or access key"),
    CONSUMER_NOT_FOUND(404, "consumer-not-found", "There is no such consumer, or not any more"),
    BACKUP_NOT_FOUND(404, "backup-not-found", "There is no such backup"),
    REDRIVE_NOT_FOUND(404, "redrive-not-found", "There is no such redrive, or not any more"),
    SUBSCRIPTION_NOT_FOUND(404, "subscription-not-found", "The topic has no such subscription"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "This path does not take this method"),
    REQUEST_TIMED_OUT(408, "request-timed-out", true, "The request did not arrive in time"),
    QUEUE_EXISTS(409, "queue-exists", "The queue exists with other settings"),
    TOPIC_EXISTS(409, "topic-exists", "The topic exists with other settings"),
    NAME_TAKEN(409, "name-taken", "A queue or a topic has this name, and the other cannot have it too"),
    OFFSET_OUT_OF_RANGE(409, "offset-out-of-range", "The log has no messages at this offset, or not any more"),
    QUEUE_FULL(409, "queue-full", true, "The queue is as long as it may get"),
    QUEUE_IN_USE(409, "queue-in-use", true, "The queue has other consumers, and one of them is to be the only one"),
    CONSUMER_REQUIRED(409, "consumer-required", "The queue gives messages to attached consumers only"),
    SUBSCRIPTION_EXISTS(409, "subscription-exists", "The subscription exists with other settings"),
    EXCHANGE_EXISTS(409, "exchange-exists", "The exchange exists with other settings"),
    QUEUE_REFERENCED(409, "queue-referenced", "The dead letters of another queue go to the queue"),
    TOPIC_REFERENCED(409, "topic-referenced", "The dead letters of a queue or a subscription go to the topic"),
    EXCHANGE_IN_USE(409, "exchange-in-use", "The exchange has bindings"),
    SCHEDULE_EXISTS(409, "schedule-exists", "The schedule exists with other settings"),
    SPACE_NOT_EMPTY(409, "space-not-empty", "The space still has queues, topics, exchanges, schedules or users in it"),
    LEASE_LOST(409, "lease-lost", "A lease does not live any more, and nothing was done"),
    TRANSACTION_UNDECIDED(409, "transaction-undecided", true, "A transaction holds messages of it"),
    SEQUENCE_KNOWN(409, "sequence-known", "The producer has published this before; it is stored"),
    SEQUENCE_OUT_OF_ORDER(409, "sequence-out-of-order", "What the producer has published before is missing"),
    PRODUCER_FENCED(409, "producer-fenced", "The producer has begun anew since"),
    BACKUP_RUNNING(409, "backup-running", true, "Another backup is under way"),
    BACKUPS_OFF(409, "backups-off", "This broker is not set up to make backups"),
    REDRIVE_RUNNING(409, "redrive-running", true, "Messages of the queue are being moved already"),
    BODY_TOO_LARGE(413, "body-too-large", "The body is larger than is accepted here"),
    MESSAGE_TOO_LARGE(413, "message-too-large", "A message is larger than its queue accepts"),
    URL_TOO_LONG(414, "url-too-long", "The URL is longer than is accepted"),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "The body is of a type that is not accepted here"),
    EXPECTATION_FAILED(417, "expectation-failed", "The request expects what cannot be done"),
    HELD_BACK(429, "held-back", true, "Too many wrong passwords were tried"),
    TOO_MANY_LEASES(429, "too-many-leases", true, "The queue has as many leased messages as are allowed"),
    TOO_MANY_CONSUMERS(429, "too-many-consumers", true, "The queue has as many consumers as are allowed"),
    HEADERS_TOO_LARGE(431, "headers-too-large", "The header is larger than is accepted"),
    INTERNAL(500, "internal", "The broker has a fault"),
    STORAGE_FAILED(500, "storage-failed", "Storage has failed; whether the operation was done is not known"),
    NOT_READY(503, "not-ready", true, "The broker does not serve now"),
    OVERLOADED(503, "overloaded", true, "More messages wait to be stored than are allowed"),
    OUT_OF_MEMORY_BUDGET(503, "out-of-memory-budget", true, "Requests and answers under way have taken all memory"),
    BUSY(503, "busy", true, "Too many passwords wait to be checked"),
    TIMED_OUT(503, "timed-out", true, "The operation took too long; whether it was done is not known"),
    CLOSING(503, "closing", true, "The broker is shutting down"),
    OUT_OF_SPACE(507, "out-of-space", true, "There is no space for new messages");

    /** Where problems are explained. */
    public static final String PATH = "/v1/problems/";

    private final int status;
    private final String word;
    private final boolean retryable;
    private final String title;

    Problem(int status, String word, String title) {
        this(status, word, false, title);
    }

    Problem(int status, String word, boolean retryable, String title) {
        this.status = status;
        this.word = word;
        this.retryable = retryable;
        this.title = title;
    }

    /** The status of an answer that reports it. */
    public int status() {
        return status;
    }

    /** Its name, the last part of its type. */
    public String word() {
        return word;
    }

    /** Its type. */
    public String type() {
        return PATH + word;
    }

    /** Whether the same request may succeed later without being changed. */
    public boolean isRetryable() {
        return retryable;
    }

    /** What it is, the same each time. */
    public String title() {
        return title;
    }
}
