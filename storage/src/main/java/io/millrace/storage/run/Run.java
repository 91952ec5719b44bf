package io.millrace.storage.run;

import io.millrace.base.Check;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A run as its index sees it. On the loop. Counts who uses its segment, and says when nobody does any more. */
final class Run {
    private final long segment;
    private final RunLayout layout;
    private final BlockReads reads;
    private final Notices notices;
    private final RunCursor cursor;
    private @Nullable LoadedFilter filter;
    private int references = 1;

    /** A run of which everything below this record was taken already. */
    Run(
            long segment,
            RunLayout layout,
            long key,
            long sub,
            long value,
            BlockReads reads,
            RunCursor.Listener listener,
            Notices notices) {
        this.segment = segment;
        this.layout = layout;
        this.reads = reads;
        this.notices = notices;
        cursor = new RunCursor(this, reads, listener, true, key, sub, value);
    }

    long segment() {
        return segment;
    }

    RunLayout layout() {
        return layout;
    }

    /** Where its front is: what is taken from the index is taken here. */
    RunCursor cursor() {
        return cursor;
    }

    /** Whether a record between these two may be in it and not taken. */
    boolean mayHold(long key, long fromSub, long toSub) {
        boolean isBehind = RecordOrder.compare(layout.lastKey(), layout.lastSub(), 0, key, fromSub, 0) < 0;
        boolean isBefore = RecordOrder.compare(key, toSub, 0, layout.firstKey(), layout.firstSub(), 0) < 0;
        return !isBehind && !isBefore;
    }

    /** Takes over its filter from who has written it; empty where it has none. */
    void takeFilter(ByteBuffer[] written) {
        if (written.length > 0) {
            filter().take(written);
        }
    }

    /** Whether a key with this hash may be in it, as its filter says; without one it may. */
    boolean mayHold(long hash) {
        return layout.filterBlocks() == 0 || filter().mayHold(hash);
    }

    private LoadedFilter filter() {
        if (filter == null) {
            filter = new LoadedFilter(this, reads, notices);
        }
        return filter;
    }

    void retain() {
        references++;
    }

    void release() {
        references--;
        Check.that(references >= 0, "a run is released as often as it is retained");
        if (references == 0) {
            notices.addUnused(segment);
        }
    }

    /** Frees what it has in memory. */
    void close() {
        cursor.close();
        if (filter != null) {
            filter.close();
        }
    }
}
