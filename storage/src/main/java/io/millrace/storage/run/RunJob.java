package io.millrace.storage.run;

import io.millrace.base.Check;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Writes one run from sorted inputs, in steps on the background agent. The outcome is for the index to use. */
abstract class RunJob extends SegmentJob {
    private static final int RECORDS_PER_STEP = 32_768;

    private final OrderedIndexOptions options;
    private final long segment;
    private final Compaction compaction;
    private final boolean asksAlive;
    private final SourceHeap inputs = new SourceHeap();
    private @Nullable SegmentOutput output;
    private @Nullable RunWriter writer;
    private @Nullable RunLayout layout;
    private ByteBuffer[] filter = {};
    private boolean isMerged;

    // The record that is written unless the next one supersedes it.
    private boolean isPending;
    private long pendingKey;
    private long pendingSub;
    private long pendingValue;

    /** A job that writes {@code segment}; {@code isWhole} where nothing of the index is older than its inputs. */
    RunJob(OrderedIndexOptions options, long segment, Compaction compaction, boolean isWhole) {
        this.options = options;
        this.segment = segment;
        this.compaction = compaction;
        asksAlive = isWhole || !options.latestOnly();
    }

    /** Adds what is to be merged, with {@link #addInput}. On the background agent. */
    abstract void open(SegmentStore store) throws IOException;

    /** How many records there can be at most. */
    abstract long recordsMax();

    final void addInput(RecordSource input) {
        if (input.exact) {
            inputs.add(input);
        }
    }

    final long segment() {
        return segment;
    }

    final Compaction compaction() {
        return compaction;
    }

    /** The run that was written; null where no record was left. */
    final @Nullable RunLayout layout() {
        return layout;
    }

    /** The filter of the run that was written, block by block; empty where it has none. */
    final ByteBuffer[] filter() {
        return filter;
    }

    @Override
    public final boolean step(SegmentStore store) throws IOException {
        try {
            if (writer == null) {
                open(store);
                SegmentOutput created = store.create(segment);
                output = created;
                writer = new RunWriter(created, segment, options.kind(), recordsMax(), options.isFiltered());
            }
            return isMerged ? finish(writer) : merge(writer);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public final void abandon() {
        SegmentOutput unfinished = output;
        output = null;
        writer = null;
        if (unfinished != null) {
            try {
                unfinished.abandon();
            } catch (IOException e) {
                // What is left of it has a number that nothing names: the next start deletes it.
                return;
            }
        }
    }

    private boolean merge(RunWriter target) throws IOException {
        for (int i = 0; i < RECORDS_PER_STEP; i++) {
            RecordSource next = inputs.top();
            if (next == null) {
                emitPending(target);
                isMerged = true;
                if (target.records() == 0) {
                    abandon();
                    return true;
                }
                target.endRecords();
                return false;
            }
            take(next, target);
            inputs.advanceTop();
        }
        return false;
    }

    private void take(RecordSource next, RunWriter target) throws IOException {
        if (isPending && next.isAt(pendingKey, pendingSub, pendingValue)) {
            return;
        }
        if (isPending && options.latestOnly() && next.key == pendingKey && next.sub == pendingSub) {
            compaction.onSuperseded(pendingKey, pendingSub, pendingValue);
        } else {
            emitPending(target);
        }
        isPending = true;
        pendingKey = next.key;
        pendingSub = next.sub;
        pendingValue = next.value;
    }

    private void emitPending(RunWriter target) throws IOException {
        if (isPending && (!asksAlive || compaction.isAlive(pendingKey, pendingSub, pendingValue))) {
            target.add(pendingKey, pendingSub, pendingValue);
        }
        isPending = false;
    }

    private boolean finish(RunWriter target) throws IOException {
        if (!target.writeFilter()) {
            return false;
        }
        RunLayout finished = target.finish();
        Check.notNull(output, "a run is finished once").seal();
        output = null;
        layout = finished;
        filter = target.filter();
        writer = null;
        return true;
    }
}
