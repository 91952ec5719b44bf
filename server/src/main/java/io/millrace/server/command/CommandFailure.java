package io.millrace.server.command;

/** A command failed for a reason that the message tells the user in full; the exit status is 1. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A failure that {@code message} tells in full. */
    public CommandFailure(String message) {
        super(message);
    }

    /** A failure that {@code cause} led to; {@code message} still tells all that the user needs. */
    public CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
