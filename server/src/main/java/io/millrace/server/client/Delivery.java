package io.millrace.server.client;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What is said of the delivery of a message that is published; the queue decides about the rest. Immutable; any thread.
 *
 * @param priority 0 comes first
 * @param delay how long it is kept back
 * @param dueMillis from when on it may be delivered, milliseconds since 1970
 * @param timeToLive how long after the publish it ends unconsumed
 * @param expiryMillis when it ends unconsumed, milliseconds since 1970
 * @param group the messages that are delivered in order, one at a time
 * @param deduplicationId what a second publish of it is known by
 */
public record Delivery(
        Optional<Long> priority,
        Optional<Duration> delay,
        Optional<Long> dueMillis,
        Optional<Duration> timeToLive,
        Optional<Long> expiryMillis,
        Optional<String> group,
        Optional<String> deduplicationId) {
    /** Nothing is said. */
    public static final Delivery NONE = new Delivery(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /**
     * The same for message {@code number} of several, from 1: each has a deduplication id of its own, the first the one
     * that was given.
     */
    Delivery ofMessage(long number) {
        return number == 1 || deduplicationId.isEmpty()
                ? this
                : new Delivery(
                        priority,
                        delay,
                        dueMillis,
                        timeToLive,
                        expiryMillis,
                        group,
                        deduplicationId.map(id -> id + "-" + number));
    }

    /** Writes the fields of a message that say it. */
    void write(JsonGenerator json) throws IOException {
        write(json, "priority", priority);
        write(json, "delayMillis", delay.map(Duration::toMillis));
        write(json, "dueMillis", dueMillis);
        write(json, "timeToLiveMillis", timeToLive.map(Duration::toMillis));
        write(json, "expiryMillis", expiryMillis);
        if (group.isPresent()) {
            json.writeStringField("group", group.get());
        }
        if (deduplicationId.isPresent()) {
            json.writeStringField("deduplicationId", deduplicationId.get());
        }
    }

    private static void write(JsonGenerator json, String field, Optional<Long> number) throws IOException {
        if (number.isPresent()) {
            json.writeNumberField(field, number.get());
        }
    }
}
