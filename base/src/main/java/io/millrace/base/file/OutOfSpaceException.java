package io.millrace.base.file;

import java.io.IOException;

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
}
