package io.millrace.broker;

import io.millrace.engine.Refusal;

/** What can go wrong with an operation, in the broker's words. A door turns it into its protocol's error. */
public enum BrokerError {
    /** There is no such queue. */
    QUEUE_NOT_FOUND,
    /** The queue takes the dead letters of another one, or of a subscription, and was to be removed. */
    QUEUE_REFERENCED,
    /** The topic takes the dead letters of a queue or of a subscription, and was to be removed. */
    TOPIC_REFERENCED,
    /** Messages of the queue are being moved already. */
    REDRIVE_RUNNING,
    /** The queue exists with other settings; nothing was changed. */
    QUEUE_EXISTS,
    /** There is no such topic. */
    TOPIC_NOT_FOUND,
    /** The topic exists with other settings; nothing was changed. */
    TOPIC_EXISTS,
    /** The topic has no such partition. */
    PARTITION_NOT_FOUND,
    /** The name is that of a topic where a queue was to be made, or the other way round. */
    NAME_TAKEN,
    /** There is no such exchange. */
    EXCHANGE_NOT_FOUND,
    /** The exchange exists with other settings; nothing was changed. */
    EXCHANGE_EXISTS,
    /** The exchange has bindings, and was to be removed only without. */
    EXCHANGE_IN_USE,
    /** The exchange is internal: other exchanges lead into it, nobody publishes to it. */
    EXCHANGE_INTERNAL,
    /** There is no such binding. */
    BINDING_NOT_FOUND,
    /** The topic has no such subscription. */
    SUBSCRIPTION_NOT_FOUND,
    /** The subscription exists with other settings; nothing was changed. */
    SUBSCRIPTION_EXISTS,
    /** There is no such schedule. */
    SCHEDULE_NOT_FOUND,
    /** The schedule exists with other settings; nothing was changed. */
    SCHEDULE_EXISTS,
    /** There is no such space. */
    SPACE_NOT_FOUND,
    /** The space still has queues, topics, exchanges, schedules or users in it. */
    SPACE_NOT_EMPTY,
    /** There is no such user, or access key. */
    USER_NOT_FOUND,
    /** A name or a value is not allowed; the message says which and why. */
    INVALID,
    /** The principal may not do it. Says nothing about whether it exists. */
    FORBIDDEN,
    /** A message is larger than its queue allows. */
    MESSAGE_TOO_LARGE,
    /** Too much is waiting; trying again a moment later helps. */
    OVERLOADED,
    /** There is no space for new messages. */
    OUT_OF_SPACE,
    /** The producer has published this before, too long ago for its place to be known; it is stored. */
    SEQUENCE_KNOWN,
    /** What the producer has published before this is missing. */
    SEQUENCE_OUT_OF_ORDER,
    /** The producer has begun anew, with a greater epoch. */
    PRODUCER_FENCED,
    /** The queue is as long as it may get. */
    QUEUE_FULL,
    /** A lease does not live any more that something else was to be done together with; nothing was done. */
    LEASE_ENDED,
    /** A transaction that is not decided yet holds messages of the subscription. */
    TRANSACTION_UNDECIDED,
    /** As many messages of the queue are leased as are allowed. */
    TOO_MANY_LEASES,
    /** Another consumer has the queue for itself, or others are attached to it. */
    QUEUE_IN_USE,
    /** The queue has a single active consumer: only those who are attached get messages. */
    CONSUMER_REQUIRED,
    /** There is no such consumer, or not any more. */
    CONSUMER_NOT_FOUND,
    /** As many consumers are attached to the queue as are allowed. */
    TOO_MANY_CONSUMERS,
    /** Storage has failed: whether the operation will be there after a restart is not known. */
    STORAGE_FAILED,
    /** The broker is shutting down. */
    CLOSING;

    /** The error for a refusal of the engine. */
    public static BrokerError of(Refusal refusal) {
        return switch (refusal) {
            case QUEUE_NOT_FOUND -> QUEUE_NOT_FOUND;
            case OVERLOADED -> OVERLOADED;
            case OUT_OF_SPACE -> OUT_OF_SPACE;
            case SEQUENCE_KNOWN -> SEQUENCE_KNOWN;
            case SEQUENCE_OUT_OF_ORDER -> SEQUENCE_OUT_OF_ORDER;
            case PRODUCER_FENCED -> PRODUCER_FENCED;
            case QUEUE_FULL -> QUEUE_FULL;
            case LEASE_ENDED -> LEASE_ENDED;
            case TRANSACTION_UNDECIDED -> TRANSACTION_UNDECIDED;
            case TOO_MANY_LEASES -> TOO_MANY_LEASES;
            case QUEUE_IN_USE -> QUEUE_IN_USE;
            case CONSUMER_REQUIRED -> CONSUMER_REQUIRED;
            case CONSUMER_NOT_FOUND -> CONSUMER_NOT_FOUND;
            case TOO_MANY_CONSUMERS -> TOO_MANY_CONSUMERS;
            case STORAGE_FAILED -> STORAGE_FAILED;
            case CLOSING -> CLOSING;
        };
    }
}
