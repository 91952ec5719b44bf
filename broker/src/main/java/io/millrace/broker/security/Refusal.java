package io.millrace.broker.security;

/**
 * Why somebody was not let in: for logs and for the choice of an answer. A peer learns no more than the answer says.
 */
public enum Refusal {
    /** Unknown name or wrong secret; nothing tells which. */
    BAD_CREDENTIALS,
    /** Too many failures for this name from this address; nothing was checked. */
    HELD_BACK,
    /** None were given and a user exists. */
    CREDENTIALS_NEEDED,
    /** No user exists yet and the peer is not on this machine. */
    NO_USER_YET,
    /** What a SCRAM client sent cannot be. */
    MALFORMED,
    /**
     * The access key's sealed secret does not open: the key file is not the one it was sealed with, or it was changed.
     */
    SEAL_BROKEN
}
