package io.millrace.engine.segment;

import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import java.io.IOException;

/** Deletes a segment that no manifest names; where that fails the next start does it. */
public final class SegmentRemoval extends SegmentJob {
    private final long segment;

    /** Will delete this one. */
    public SegmentRemoval(long segment) {
        this.segment = segment;
    }

    @Override
    public boolean step(SegmentStore store) throws IOException {
        store.delete(segment);
        return true;
    }

    @Override
    public void abandon() {
        // Nothing was begun.
    }

    @Override
    public void onDone() {
        // Nobody waits.
    }

    @Override
    public void onFailed(IOException reason) {
        // The next start removes what no manifest names.
    }
}
