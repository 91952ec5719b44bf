package io.millrace.storage;

import java.io.IOException;

/** A {@link SegmentJob} as the agent of a store drives it, for tests that do it by hand. */
public final class SteppedJob {
    private final SegmentJob job;
    private final SegmentStore store;
    private IOException failure;

    /** Takes {@code job} on, to be done in {@code store}. */
    public SteppedJob(SegmentJob job, SegmentStore store) {
        this.job = job;
        this.store = store;
    }

    /** Does a piece; returns whether it was the last, or has failed: {@link #answer} follows. */
    public boolean step() {
        try {
            return job.step(store);
        } catch (IOException e) {
            job.abandon();
            failure = e;
            return true;
        }
    }

    /** Ends it without an answer. */
    public void abandon() {
        job.abandon();
    }

    /** Tells its outcome. */
    public void answer() {
        if (failure == null) {
            job.onDone();
        } else {
            job.onFailed(failure);
        }
    }
}
