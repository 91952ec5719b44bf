package io.millrace.storage.local;

import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import io.millrace.testkit.SimulatedCrash;
import java.io.IOException;

/** A job of a simulated owner: so many steps, and one segment that is written in them. */
abstract class SteppedJob extends SegmentJob {
    private int next;
    private SegmentOutput output;

    abstract int steps();

    abstract void work(SegmentStore store, int step) throws IOException;

    final void begin(SegmentOutput begun) {
        output = begun;
    }

    final SegmentOutput output() {
        return output;
    }

    @Override
    public final boolean step(SegmentStore store) throws IOException {
        work(store, next++);
        return next == steps();
    }

    @Override
    public final void abandon() {
        try {
            if (output != null) {
                output.abandon();
            }
        } catch (IOException | SimulatedCrash e) {
            // Its memory is given back; the rest is found by the next start.
        }
    }
}
