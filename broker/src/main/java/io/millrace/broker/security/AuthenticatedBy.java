package io.millrace.broker.security;

/** How a {@link Principal} was recognised. */
public enum AuthenticatedBy {
    /** Not at all: no user exists and the peer is on this machine. */
    NOTHING,
    PASSWORD,
    SCRAM_SHA_256,
    SCRAM_SHA_512,
    /** An access key whose secret was sent. */
    ACCESS_KEY,
    /** An access key whose secret signed the request. */
    SIGNATURE
}
