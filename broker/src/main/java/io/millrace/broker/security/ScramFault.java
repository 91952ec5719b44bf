package io.millrace.broker.security;

/** A SCRAM message that cannot be answered; carries the server-error-value of RFC 5802 (section 7) to answer with. */
final class ScramFault extends Exception {
    private static final long serialVersionUID = 1L;

    ScramFault(String serverError) {
        super(serverError);
    }

    /** The word behind {@code e=}. */
    String serverError() {
        return String.valueOf(getMessage());
    }
}
