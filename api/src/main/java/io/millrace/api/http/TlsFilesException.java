package io.millrace.api.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The certificate or the key of a door cannot be used; the message names the file and says why. */
public final class TlsFilesException extends IOException {
    /** Makes one. */
    public TlsFilesException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
