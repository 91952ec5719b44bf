package io.millrace.storage.run;

import io.millrace.storage.SegmentStore;

/** Writes a head as a run. The head does not change meanwhile; what is taken from it is known to the index. */
abstract class SpillJob extends RunJob {
    private final SortedRecords head;

    SpillJob(OrderedIndexOptions options, long segment, Compaction compaction, SortedRecords head, boolean isWhole) {
        super(options, segment, compaction, isWhole);
        this.head = head;
    }

    @Override
    final long recordsMax() {
        return head.count();
    }

    @Override
    final void open(SegmentStore store) {
        addInput(new HeadCursor(head));
    }
}
