package io.millrace.storage.bookkeeper;

import java.io.IOException;

/** Another process has taken the shard, or is taking it: this one will never confirm anything of it again. */
public final class OwnershipLostException extends IOException {
    private static final long serialVersionUID = 1;

    /** Says which shard, and how it was noticed. */
    public OwnershipLostException(String message) {
        super(message);
    }
}
