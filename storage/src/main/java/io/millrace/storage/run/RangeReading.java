package io.millrace.storage.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An {@link IndexScan} on its way: heads and runs merged from its first record on. On the loop. It is among the
 * unfinished ones from its making to its end.
 */
final class RangeReading implements RunCursor.Listener {
    private final IndexScan scan;
    private final BlockReads reads;
    private final Notices notices;
    private final Set<RangeReading> unfinished;
    private final SourceHeap sources = new SourceHeap();
    private final List<HeadCursor> heads = new ArrayList<>();
    private final List<RunCursor> runs = new ArrayList<>();
    // What was taken last: a record that is in several sources is taken once.
    private boolean isTaken;
    private long takenKey;
    private long takenSub;
    private long takenValue;
    private boolean isDone;

    /**
     * Begins {@code scan} in what {@code frozen} and {@code head} hold and what was not taken of {@code runs}; returns
     * whether it is done.
     */
    static boolean begin(
            IndexScan scan,
            @Nullable HeadCursor frozen,
            SortedRecords head,
            List<Run> runs,
            BlockReads reads,
            Notices notices,
            Set<RangeReading> unfinished) {
        RangeReading reading = new RangeReading(scan, reads, notices, unfinished);
        if (frozen != null && frozen.exact) {
            reading.addHead(frozen.records(), frozen.key, frozen.sub, frozen.value);
        }
        reading.addHead(head, Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);
        for (Run run : runs) {
            if (scan.mayBeIn(run)) {
                reading.addRun(run);
            }
        }
        boolean isDone = reading.step();
        reads.send();
        return isDone;
    }

    private RangeReading(IndexScan scan, BlockReads reads, Notices notices, Set<RangeReading> unfinished) {
        this.scan = scan;
        this.reads = reads;
        this.notices = notices;
        this.unfinished = unfinished;
        unfinished.add(this);
    }

    /** Adds a head of which everything below this record was taken. */
    private void addHead(SortedRecords records, long key, long sub, long value) {
        boolean wasTaken = RecordOrder.compare(key, sub, value, scan.fromKey(), scan.fromSub(), scan.fromValue()) > 0;
        HeadCursor cursor = wasTaken
                ? new HeadCursor(records, key, sub, value)
                : new HeadCursor(records, scan.fromKey(), scan.fromSub(), scan.fromValue());
        if (cursor.exact) {
            heads.add(cursor);
            sources.add(cursor);
        }
    }

    /** Adds what was not taken of a run. */
    private void addRun(Run run) {
        RunCursor front = run.cursor();
        boolean wasTaken = front.compareTo(scan.fromKey(), scan.fromSub(), scan.fromValue()) > 0;
        RunCursor cursor = wasTaken
                ? new RunCursor(run, reads, this, false, front.key, front.sub, front.value)
                : new RunCursor(run, reads, this, false, scan.fromKey(), scan.fromSub(), scan.fromValue());
        if (!cursor.isAtEnd() && !scan.endsBefore(cursor.key, cursor.sub)) {
            run.retain();
            runs.add(cursor);
            sources.add(cursor);
        }
    }

    /** Goes on as far as it can; returns whether it is done. */
    boolean step() {
        if (isDone) {
            return true;
        }
        heads.forEach(HeadCursor::refresh);
        sources.rebuild();
        RecordSource next = sources.top();
        while (next != null && !isBehind(next)) {
            if (next instanceof RunCursor cursor && !next.exact && !cursor.isAtEnd()) {
                loadWanted();
                if (!cursor.exact && !cursor.isAtEnd()) {
                    return false;
                }
                sources.rebuild();
            } else if (!next.exact) {
                sources.removeTop();
            } else {
                take(next);
            }
            next = sources.top();
        }
        finish();
        return true;
    }

    @Override
    public void onDamage(RunDamage damage) {
        scan.setDamaged();
        notices.add(damage);
    }

    @Override
    public void onReadFailed(IOException reason) {
        if (!isDone) {
            scan.setFailure(reason);
            finish();
            notices.addAnswer(scan);
        }
    }

    @Override
    public void onLoaded() {
        if (!isDone && step()) {
            notices.addAnswer(scan);
        }
    }

    /** All at once: what one run needs is on its way while another's comes. */
    private void loadWanted() {
        for (RunCursor cursor : runs) {
            if (!scan.endsBefore(cursor.key, cursor.sub)) {
                cursor.load();
            }
        }
    }

    private boolean isBehind(RecordSource next) {
        return (next.exact || next instanceof RunCursor) && scan.endsBefore(next.key, next.sub);
    }

    private void take(RecordSource next) {
        if (!isTaken || !next.isAt(takenKey, takenSub, takenValue)) {
            isTaken = true;
            takenKey = next.key;
            takenSub = next.sub;
            takenValue = next.value;
            scan.take(takenKey, takenSub, takenValue);
        }
        sources.advanceTop();
    }

    /** Frees what it has in memory; it goes on no more. */
    void finish() {
        isDone = true;
        unfinished.remove(this);
        for (RunCursor cursor : runs) {
            cursor.close();
            cursor.run().release();
        }
    }
}
