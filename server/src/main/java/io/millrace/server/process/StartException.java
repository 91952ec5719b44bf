package io.millrace.server.process;

/** The broker cannot start; the message tells the user why, and what to do about it. */
public class StartException extends Exception {
    private static final long serialVersionUID = 1;

    /** A refusal for a reason that {@code message} tells in full. */
    public StartException(String message) {
        super(message);
    }

    /** A refusal that {@code cause} led to; {@code message} still tells all that the user needs. */
    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
