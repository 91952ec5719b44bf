package io.millrace.api.http;

import io.millrace.storage.BackupRun;
import org.jspecify.annotations.Nullable;

/** Makes copies of what is stored while the broker serves, on its machine. Any thread. */
public interface BackupControl {
    /**
     * Begins a copy of the name {@code name}; {@code bytesPerSecond} is 0 for no bound. Throws {@link ProblemException}
     * where none can be begun.
     */
    BackupRun begin(String name, long bytesPerSecond);

    /** The copy that was begun last, if it has this name; null otherwise. */
    @Nullable
    BackupRun find(String name);
}
