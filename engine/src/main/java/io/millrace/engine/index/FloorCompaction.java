package io.millrace.engine.index;

import io.millrace.storage.run.Compaction;

/** Leaves out of new runs what a floor says to be settled; learns nothing. Used by the background agent alone. */
public abstract class FloorCompaction implements Compaction {
    @Override
    public final void onSuperseded(long key, long sub, long value) {
        // No record supersedes another.
    }

    @Override
    public final void onDone() {
        // Nothing was noted.
    }
}
