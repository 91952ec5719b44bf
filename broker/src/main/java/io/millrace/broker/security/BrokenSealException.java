package io.millrace.broker.security;

/**
 * A sealed secret could not be opened: it was changed, belongs to another user or access key, or its seal key is not
 * there. The message names the seal key and never the secret.
 */
public final class BrokenSealException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenSealException(String message) {
        super(message);
    }
}
