package io.millrace.base.file;

import java.io.IOException;
import java.nio.file.Path;

/** The device, or the quota, is full. Nothing is known about how much of the refused write was done. */
public final class OutOfSpaceException extends IOException {
    /** Makes one; {@code message} names the file. */
    public OutOfSpaceException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Makes one; {@code message} names the file. */
    public OutOfSpaceException(String message) {
        super(message);
    }

    /**
     * What to throw for {@code failure} of an operation on {@code path}: one of these where it means that there is no
     * space, else itself, or one like it that names the file. The JDK has no exception for ENOSPC and EDQUOT, only the
     * system's words.
     */
    static IOException orNamed(IOException failure, Path path) {
        String message = String.valueOf(failure.getMessage());
        String named = message.contains(path.toString()) ? message : path + ": " + message;
        if (message.contains("No space left") || message.contains("quota exceeded")) {
            return new OutOfSpaceException(named, failure);
        }
        // Those of the JDK's own classes say what happened by their class.
        return failure.getClass() == IOException.class ? new IOException(named, failure) : failure;
    }
}
