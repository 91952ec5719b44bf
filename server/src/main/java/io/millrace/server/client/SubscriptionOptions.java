package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name settings of a subscription. */
final class SubscriptionOptions {
    @Option(
            names = "--lease",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long a consumer has a message where its receive does not say, for example 30s.")
    private @Nullable Duration lease;

    @Option(names = "--paused", negatable = true, description = "Deliver nothing, until --no-paused is set.")
    private @Nullable Boolean paused;

    @Option(
            names = "--retry-delay",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "When a message comes again that a consumer gives back without saying when; at once unless"
                    + " set.")
    private @Nullable Duration retryDelay;

    @Option(
            names = "--retry-delay-max",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "Double that with each delivery, up to this; without it, it stays the same.")
    private @Nullable Duration retryDelayMax;

    @Option(names = "--retry-random", negatable = true, description = "Draw it evenly from 0 to what it would be.")
    private @Nullable Boolean retryRandom;

    @Option(
            names = "--dead-letter-queue",
            paramLabel = "QUEUE",
            description = "Where messages go that it does not deliver any more; it has to be there. '' for nowhere.")
    private @Nullable String deadLetterQueue;

    @Option(
            names = "--dead-letter-topic",
            paramLabel = "TOPIC",
            description = "The topic where they go, instead of a queue; it has to be there. '' for nowhere.")
    private @Nullable String deadLetterTopic;

    @Option(
            names = "--deliveries-max",
            paramLabel = "N",
            description =
                    "Deliver a message so often at most, then make it a dead letter; 0, for no bound, unless set.")
    private @Nullable Integer deliveriesMax;

    @Option(
            names = "--dead-letter-expired",
            negatable = true,
            description = "Make messages dead letters that expire, as is done unless set; else they are gone.")
    private @Nullable Boolean deadLetterExpired;

    /** What was named, as the API takes it. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "leaseMillis", lease);
        put(json, "paused", paused);
        put(json, "retryDelayMillis", retryDelay);
        put(json, "retryDelayMillisMax", retryDelayMax);
        put(json, "retryRandom", retryRandom);
        if (deadLetterQueue != null) {
            json.put("deadLetterQueue", deadLetterQueue);
        }
        if (deadLetterTopic != null) {
            json.put("deadLetterTopic", deadLetterTopic);
        }
        if (deliveriesMax != null) {
            json.put("deliveriesMax", deliveriesMax);
        }
        put(json, "deadLetterExpired", deadLetterExpired);
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable Duration value) {
        if (value != null) {
            json.put(name, value.toMillis());
        }
    }

    private static void put(ObjectNode json, String name, @Nullable Boolean value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
