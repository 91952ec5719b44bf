package io.millrace.broker;

import io.millrace.broker.catalog.Definition.QueueDefinition;
import io.millrace.engine.Refusal;

/** An operation was refused. An answer, not a fault: it carries no stack trace. Any thread. */
public final class BrokerException extends RuntimeException {
    private final BrokerError error;

    /** Makes one; {@code message} says what is wrong, and what to do, to whoever asked. */
    public BrokerException(BrokerError error, String message) {
        super(message, null, false, false);
        this.error = error;
    }

    /** What is wrong. */
    public BrokerError error() {
        return error;
    }

    /** The exception for what the engine refused on {@code log}. */
    static BrokerException refused(Refusal refusal, DefinedLog log) {
        if (log instanceof QueueDefinition queue) {
            return refused(refusal, queue.name());
        }
        return refusal == Refusal.QUEUE_NOT_FOUND
                ? new BrokerException(BrokerError.TOPIC_NOT_FOUND, "there is no " + log.title())
                : refused(refusal, log.title());
    }

    /** The exception for what the engine refused on {@code queue}. */
    public static BrokerException refused(Refusal refusal, String queue) {
        return new BrokerException(
                BrokerError.of(refusal),
                switch (refusal) {
                    case QUEUE_NOT_FOUND -> "there is no queue " + queue;
                    case OVERLOADED -> "more messages wait to be stored than is allowed; try again in a moment";
                    case OUT_OF_SPACE ->
                        "there is no space for new messages; consuming goes on, and publishing once there is space";
                    case SEQUENCE_KNOWN ->
                        "the producer has published this to " + queue
                                + " before, too long ago for its place to be known; it is stored";
                    case SEQUENCE_OUT_OF_ORDER ->
                        "what the producer has published to " + queue
                                + " before this is not there; publish that first, or begin anew with a greater epoch"
                                + " and sequence 0";
                    case PRODUCER_FENCED ->
                        "the producer has begun anew in " + queue + " with a greater epoch; nothing was stored";
                    case QUEUE_FULL ->
                        "queue " + queue + " has no room for so many messages, or so many bytes; publish again once"
                                + " some were consumed, or raise its lengthMax or lengthBytesMax";
                    case LEASE_ENDED ->
                        "a lease that was to be ended does not live any more, so nothing was done; its message"
                                + " comes, or has come, to somebody else";
                    case TRANSACTION_UNDECIDED ->
                        "a transaction that is not decided yet holds messages of " + queue
                                + "; try again when it is decided";
                    case TOO_MANY_LEASES ->
                        "queue " + queue + " has as many leased messages as is allowed; settle some first";
                    case QUEUE_IN_USE ->
                        "queue " + queue + " has an exclusive consumer, or consumers beside whom none can be exclusive";
                    case CONSUMER_REQUIRED ->
                        "queue " + queue + " has a single active consumer: attach a consumer, and receive by it";
                    case CONSUMER_NOT_FOUND ->
                        "queue " + queue + " has no such consumer of yours; it may have ended, for it was not renewed"
                                + " in time or the broker was started again: attach again";
                    case TOO_MANY_CONSUMERS ->
                        "queue " + queue + " has as many consumers as is allowed; detach some first";
                    case STORAGE_FAILED ->
                        "storage has failed; what this request asked for may or may not have been done";
                    case CLOSING -> "the broker is shutting down";
                });
    }
}
