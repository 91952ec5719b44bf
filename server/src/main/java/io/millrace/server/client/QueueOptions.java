package io.millrace.server.client;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name settings of a queue. */
final class QueueOptions {
    @Option(
            names = "--lease",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long a consumer has a message where its receive does not say, for example 30s.")
    private @Nullable Duration lease;

    @Option(
            names = "--message-bytes",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description = "The largest message that is accepted, for example 256KiB.")
    private @Nullable Long messageBytes;

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long messages are kept back that say neither a delay nor a date.")
    private @Nullable Duration delay;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "Remove what nobody has consumed this long after its publish; 0s for never.")
    private @Nullable Duration timeToLive;

    @Option(
            names = "--priority-default",
            paramLabel = "N",
            description = "The priority of messages that say none, 0 to 4294967295; 0 comes first, and half of all"
                    + " come before 2147483648, which it is unless set.")
    private @Nullable Long priorityDefault;

    @Option(
            names = "--deduplication-window",
            paramLabel = "TIME",
            converter = DurationOption.class,
            description = "How long a deduplication id is remembered, up to 14d; 5m unless set.")
    private @Nullable Duration deduplication;

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

    @Option(
            names = "--retry-random",
            negatable = true,
            description = "Draw it evenly from 0 to what it would be, so that what has failed together does not come"
                    + " together again.")
    private @Nullable Boolean retryRandom;

    @Option(
            names = "--single-active-consumer",
            negatable = true,
            description = "Give messages to attached consumers only, to one of them at a time; when it ends, to the"
                    + " next.")
    private @Nullable Boolean singleActiveConsumer;

    @Option(
            names = "--dead-letter-queue",
            paramLabel = "QUEUE",
            description = "Where messages go that are not delivered any more; it has to be there. '' for nowhere: they"
                    + " are gone, and messages are delivered until a consumer is done with them.")
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
                    "Deliver a message so often at most, then make it a dead letter; 0, for no bound, unless" + " set.")
    private @Nullable Integer deliveriesMax;

    @Option(
            names = "--dead-letter-expired",
            negatable = true,
            description = "Make messages dead letters that expire, as is done unless set; else they are gone.")
    private @Nullable Boolean deadLetterExpired;

    @Option(
            names = "--length-max",
            paramLabel = "N",
            description = "How many messages wait at most, not counting those that consumers hold; 0, for no bound,"
                    + " unless set.")
    private @Nullable Long lengthMax;

    @Option(
            names = "--length-bytes-max",
            paramLabel = "SIZE",
            converter = SizeOption.class,
            description = "How much room they take at most, for example 1GiB; 0, for no bound, unless set.")
    private @Nullable Long lengthBytesMax;

    @Option(
            names = "--overflow",
            paramLabel = "WHAT",
            description = "What becomes of more: reject, unless set, refuses new ones; drop-oldest and dead-letter have"
                    + " the oldest go, to nowhere or as dead letters.")
    private @Nullable String overflow;

    @Option(
            names = "--durability",
            paramLabel = "WHAT",
            description = "What publishes and acknowledgements wait for: synced, unless set, for stable storage; os for"
                    + " the operating system, so that they are lost with the machine; memory for nothing, so that the"
                    + " last ones are lost with the process.")
    private @Nullable String durability;

    QueueChange change() {
        return new QueueChange(
                Optional.ofNullable(lease),
                Optional.ofNullable(messageBytes),
                Optional.ofNullable(delay),
                Optional.ofNullable(timeToLive),
                Optional.ofNullable(priorityDefault),
                Optional.ofNullable(deduplication),
                Optional.ofNullable(retryDelay),
                Optional.ofNullable(retryDelayMax),
                Optional.ofNullable(retryRandom),
                Optional.ofNullable(singleActiveConsumer),
                Optional.ofNullable(deadLetterQueue),
                Optional.ofNullable(deadLetterTopic),
                Optional.ofNullable(deliveriesMax),
                Optional.ofNullable(deadLetterExpired),
                Optional.ofNullable(lengthMax),
                Optional.ofNullable(lengthBytesMax),
                Optional.ofNullable(overflow),
                Optional.ofNullable(durability));
    }
}
