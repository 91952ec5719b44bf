package io.millrace.storage.run;

import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import java.io.IOException;

/** Makes ordered runs for tests of what lies around them. */
public final class RunFiles {
    private RunFiles() {}

    /** Writes a run of {@code count} records as segment {@code segment} of {@code store}. */
    public static void write(SegmentStore store, long segment, int count) throws IOException {
        SegmentOutput output = store.create(segment);
        RunWriter writer = new RunWriter(output, segment, 5, count, true);
        for (int i = 0; i < count; i++) {
            writer.add(i, i, 4);
        }
        writer.endRecords();
        boolean isFilterDone = writer.writeFilter();
        while (!isFilterDone) {
            isFilterDone = writer.writeFilter();
        }
        writer.finish();
        output.seal();
    }
}
