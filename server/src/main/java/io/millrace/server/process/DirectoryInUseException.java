package io.millrace.server.process;

/** A data directory is used by another process. The message names it. */
public final class DirectoryInUseException extends StartException {
    private static final long serialVersionUID = 1;

    DirectoryInUseException(String message) {
        super(message);
    }
}
