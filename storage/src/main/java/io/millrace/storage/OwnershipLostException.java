package io.millrace.storage;

import java.io.IOException;

/** Another process has taken the store, or is taking it: this one will never confirm anything again. */
public final class OwnershipLostException extends IOException {
    private static final long serialVersionUID = 1;

    /** Says of what, and how it was noticed. */
    public OwnershipLostException(String message) {
        super(message);
    }
}
