package io.millrace.storage.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A {@link RangeScan} on its way: heads and runs merged from its first record on. On the loop. It is among the
 * unfinished ones from its making to its end.
 */
final class RangeReading implements RunCursor.Listener {
    private final RangeScan scan;
    private final BlockReads reads;
    private final Notices notices;
    private final Set<RangeReading> unfinished;
    private final SourceHeap sources = new SourceHeap();
    private final List<HeadCursor> heads = new ArrayList<>();
    private final List<RunCursor> runs = new ArrayList<>();
    private boolean isDone;

    RangeReading(RangeScan scan, BlockReads reads, Notices notices, Set<RangeReading> unfinished) {
        this.scan = scan;
        this.reads = reads;
        this.notices = notices;
        this.unfinished = unfinished;
        unfinished.add(this);
    }

    /** Adds a head of which everything below this record was taken. */
    void addHead(SortedRecords records, long key, long sub, long value) {
        boolean wasTaken = RecordOrder.compare(key, sub, value, scan.key(), scan.fromSub(), Long.MIN_VALUE) > 0;
        HeadCursor cursor = wasTaken
                ? new HeadCursor(records, key, sub, value)
                : new HeadCursor(records, scan.key(), scan.fromSub(), Long.MIN_VALUE);
        if (cursor.exact) {
            heads.add(cursor);
            sources.add(cursor);
        }
    }

    /** Adds what was not taken of a run. */
    void addRun(Run run) {
        RunCursor front = run.cursor();
        boolean wasTaken = front.compareTo(scan.key(), scan.fromSub(), Long.MIN_VALUE) > 0;
        RunCursor cursor = wasTaken
                ? new RunCursor(run, reads, this, false, front.key, front.sub, front.value)
                : new RunCursor(run, reads, this, false, scan.key(), scan.fromSub(), Long.MIN_VALUE);
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
        RecordList records = scan.records();
        int last = records.count() - 1;
        if (last < 0 || records.value(last) != next.value || records.sub(last) != next.sub) {
            records.add(next.key, next.sub, next.value);
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
