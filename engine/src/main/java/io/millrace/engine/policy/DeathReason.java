package io.millrace.engine.policy;

/** Why a message will not be delivered any more by its queue. Their order is on disk. */
public enum DeathReason {
    /** Its expiry has passed before a consumer was done with it. */
    EXPIRED,
    /** A consumer has refused it. */
    REJECTED,
    /** It was delivered as often as its queue allows, and came back. */
    DELIVERIES,
    /** Its queue is full, and it was the oldest. */
    OVERFLOW
}
