package io.millrace.storage;

import org.jspecify.annotations.Nullable;

/** Makes copies of a store that goes on serving, one at a time. Any thread. */
public interface StoreBackups {
    /** Begins a copy; null while another one is under way. What goes wrong later is told by the run. */
    @Nullable
    BackupRun begin(BackupRequest request);
}
