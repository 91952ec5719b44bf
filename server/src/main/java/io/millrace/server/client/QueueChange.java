package io.millrace.server.client;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of a queue that a request names; the others stay as they are, or get their defaults. Immutable; any thread.
 *
 * @param lease how long a lease lasts where a receive does not say
 * @param messageBytesMax the largest message that is accepted
 * @param delay how long messages are kept back that do not say
 * @param timeToLive how long after its publish a message ends unconsumed; zero for never
 * @param priorityDefault the priority of messages that say none
 * @param deduplication how long a deduplication id is remembered
 * @param retryDelay when a message comes again that a consumer gives back, after its first delivery
 * @param retryDelayMax up to where that doubles with each delivery
 * @param retryRandom whether it is drawn evenly from zero on
 * @param singleActiveConsumer whether only attached consumers get messages, one of them at a time
 * @param deadLetterQueue the queue for messages that are not delivered any more; empty text for none
 * @param deadLetterTopic the topic for them, instead; empty text for none
 * @param deliveriesMax how often a message is delivered at most; zero for no bound
 * @param deadLetterExpired whether messages that expire are dead letters
 * @param lengthMax how many messages wait at most; zero for no bound
 * @param lengthBytesMax how many bytes these take at most; zero for no bound
 * @param overflow what becomes of more
 * @param durability what publishes and acknowledgements wait for
 */
public record QueueChange(
        Optional<Duration> lease,
        Optional<Long> messageBytesMax,
        Optional<Duration> delay,
        Optional<Duration> timeToLive,
        Optional<Long> priorityDefault,
        Optional<Duration> deduplication,
        Optional<Duration> retryDelay,
        Optional<Duration> retryDelayMax,
        Optional<Boolean> retryRandom,
        Optional<Boolean> singleActiveConsumer,
        Optional<String> deadLetterQueue,
        Optional<String> deadLetterTopic,
        Optional<Integer> deliveriesMax,
        Optional<Boolean> deadLetterExpired,
        Optional<Long> lengthMax,
        Optional<Long> lengthBytesMax,
        Optional<String> overflow,
        Optional<String> durability) {
    /** Names no setting. */
    public static final QueueChange NONE = new QueueChange(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    boolean isNone() {
        return equals(NONE);
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        lease.ifPresent(time -> json.put("leaseMillis", time.toMillis()));
        messageBytesMax.ifPresent(bytes -> json.put("messageBytesMax", bytes));
        delay.ifPresent(time -> json.put("delayMillis", time.toMillis()));
        timeToLive.ifPresent(time -> json.put("timeToLiveMillis", time.toMillis()));
        priorityDefault.ifPresent(priority -> json.put("priorityDefault", priority));
        deduplication.ifPresent(time -> json.put("deduplicationMillis", time.toMillis()));
        retryDelay.ifPresent(time -> json.put("retryDelayMillis", time.toMillis()));
        retryDelayMax.ifPresent(time -> json.put("retryDelayMillisMax", time.toMillis()));
        retryRandom.ifPresent(isRandom -> json.put("retryRandom", isRandom));
        singleActiveConsumer.ifPresent(isSingle -> json.put("singleActiveConsumer", isSingle));
        deadLetterQueue.ifPresent(queue -> json.put("deadLetterQueue", queue));
        deadLetterTopic.ifPresent(topic -> json.put("deadLetterTopic", topic));
        deliveriesMax.ifPresent(count -> json.put("deliveriesMax", count));
        deadLetterExpired.ifPresent(isKept -> json.put("deadLetterExpired", isKept));
        lengthMax.ifPresent(count -> json.put("lengthMax", count));
        lengthBytesMax.ifPresent(bytes -> json.put("lengthBytesMax", bytes));
        overflow.ifPresent(what -> json.put("overflow", what));
        durability.ifPresent(what -> json.put("durability", what));
        return json;
    }
}
