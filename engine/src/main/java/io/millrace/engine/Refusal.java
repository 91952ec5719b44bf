package io.millrace.engine;

/** Why the engine did not do what it was asked. A door turns it into its protocol's error. */
public enum Refusal {
    /** There is no such queue, or not any more. */
    QUEUE_NOT_FOUND,
    /** More is waiting to be synced than is allowed; trying again a moment later helps. */
    OVERLOADED,
    /** There is no space for new messages; consuming goes on and frees some. */
    OUT_OF_SPACE,
    /** The producer has published this before, too long ago for the offset to be known; it is stored. */
    SEQUENCE_KNOWN,
    /** What the producer has published before this is not there: it is to be published first. */
    SEQUENCE_OUT_OF_ORDER,
    /** The producer has begun anew, with a greater epoch: this is from before. */
    PRODUCER_FENCED,
    /** The queue is as long as it may get; consuming, or a higher bound, makes room. */
    QUEUE_FULL,
    /** A lease that was to be ended together with other things does not live any more. */
    LEASE_ENDED,
    /** A transaction that is not decided yet holds messages of the queue; trying again when it is helps. */
    TRANSACTION_UNDECIDED,
    /** As many messages of the queue are leased as are allowed. */
    TOO_MANY_LEASES,
    /** Another consumer has the queue for itself, or one wants it for itself that others are attached to. */
    QUEUE_IN_USE,
    /** The queue has a single active consumer: whoever wants its messages attaches to it. */
    CONSUMER_REQUIRED,
    /** There is no such consumer, or not any more: whoever wants messages attaches again. */
    CONSUMER_NOT_FOUND,
    /** As many consumers are attached to the queue as are allowed. */
    TOO_MANY_CONSUMERS,
    /** Storage has failed: whether the operation will be there after a restart is not known. */
    STORAGE_FAILED,
    /** The broker is shutting down. */
    CLOSING
}
