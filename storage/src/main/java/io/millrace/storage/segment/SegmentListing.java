package io.millrace.storage.segment;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.SealedRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a sealed segment says of itself, for tools. Immutable.
 *
 * @param kind {@link SegmentFormat#KIND_ENTRIES} or {@link SegmentFormat#KIND_SNAPSHOT}
 * @param runs of a segment of entries the runs that it holds
 */
public record SegmentListing(int kind, List<LogRun> runs) {
    /** Reads it; blocks. */
    public static SegmentListing read(SegmentStore store, int shard, long segment)
            throws IOException, CorruptEntryException {
        ByteBuffer header = ByteBuffer.allocate(SegmentFormat.HEADER_BYTES);
        store.read(segment, 0, header);
        int kind = header.getInt(SegmentFormat.KIND_AT);
        ByteBuffer contents = new SegmentReader(store, kind, shard, segment).contents();
        List<LogRun> runs = new ArrayList<>();
        for (int left = kind == SegmentFormat.KIND_ENTRIES ? contents.getInt() : 0; left > 0; left--) {
            runs.add(new LogRun(contents.getLong(), SealedRun.read(contents)));
        }
        return new SegmentListing(kind, List.copyOf(runs));
    }
}
