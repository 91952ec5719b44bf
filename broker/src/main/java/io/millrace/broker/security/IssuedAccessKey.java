package io.millrace.broker.security;

/**
 * A new access key together with its secret, which is shown to its owner once and kept nowhere else.
 *
 * <p>Immutable; any thread.
 */
public record IssuedAccessKey(AccessKey key, String secret) {
    @Override
    public String toString() {
        return "IssuedAccessKey[" + key.id() + "]";
    }
}
