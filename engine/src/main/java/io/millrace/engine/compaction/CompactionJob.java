package io.millrace.engine.compaction;

import io.millrace.engine.offset.SettledSet;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import io.millrace.storage.segment.RunPlan;
import io.millrace.storage.segment.RunReader;
import io.millrace.storage.segment.WriteRunsJob;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what lives in some runs into a new segment, or nothing where nothing does. Which entries live is known from
 * copies of what was settled when it was made; what is settled since is written as well. A run whose index is damaged
 * is left where it is. Made on the loop, then the background agent's, then the loop's again.
 */
abstract class CompactionJob extends WriteRunsJob {
    private static final int ENTRIES_PER_STEP = 32_768;

    private final List<Stretch> stretches;
    private final List<RunPlan> plans;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private int stretch;
    private int run;
    private @Nullable RunReader reader;
    /** Of the run at hand. */
    private RunPlan entries = new RunPlan(0);

    private int entriesRead;
    /** What further runs of the stretch at hand are added to. */
    private @Nullable Piece open;

    /** Runs that are neighbours in their log. */
    record Stretch(long logId, List<SealedRun> runs, SettledSet settled, long liveBytes) {}

    /** Runs, neighbours in their log, in whose place one comes with what {@code plan} has; none where that is empty. */
    record Piece(List<SealedRun> runs, RunPlan plan) {}

    /** A run that cannot be read. */
    record Damage(long logId, SealedRun run, CorruptEntryException reason) {}

    /** Will write {@code stretches}, in the order of their logs and in these of their offsets, as {@code segment}. */
    CompactionJob(int shard, long segment, List<Stretch> stretches) {
        this(shard, segment, stretches, new ArrayList<>());
    }

    private CompactionJob(int shard, long segment, List<Stretch> stretches, List<RunPlan> plans) {
        super(shard, segment, false, plans);
        this.stretches = stretches;
        this.plans = plans;
    }

    /** What has come in the place of what: those that something lives of in the order of {@link #runs}. */
    final List<Piece> pieces() {
        return pieces;
    }

    /** The runs that were left as they are. */
    final List<Damage> damages() {
        return damages;
    }

    /** The runs in what could not be read or written, after a failure. */
    final List<SealedRun> failedRuns() {
        if (stretch < stretches.size()) {
            return List.of(stretches.get(stretch).runs.get(run));
        }
        return stretches.stream()
                .flatMap(each -> each.runs.stream())
                .filter(each -> source() == ReadBatch.LOG ? each.inLog() : each.segment() == source())
                .toList();
    }

    @Override
    protected boolean gather(SegmentStore store) throws IOException {
        for (int left = ENTRIES_PER_STEP; left > 0 && stretch < stretches.size(); ) {
            Stretch current = stretches.get(stretch);
            try {
                left -= gatherRun(store, current, left);
            } catch (CorruptEntryException e) {
                leaveOut(current, e);
            } catch (EOFException e) {
                leaveOut(
                        current,
                        new CorruptEntryException(
                                "segment " + current.runs.get(run).segment(), "it ends too early"));
            }
        }
        if (stretch < stretches.size()) {
            return false;
        }
        pieces.stream().map(Piece::plan).filter(each -> !each.isEmpty()).forEach(plans::add);
        return true;
    }

    /** Reads up to {@code most} entries of the run at hand; returns how many that were. */
    private int gatherRun(SegmentStore store, Stretch current, int most) throws IOException, CorruptEntryException {
        SealedRun source = current.runs.get(run);
        RunReader from = reader;
        if (from == null) {
            from = new RunReader(store, source);
            reader = from;
            entries = new RunPlan(current.logId);
            entriesRead = 0;
        }
        for (int read = 0; read < most; read++) {
            if (!from.next()) {
                endRun(current, source);
                return read + 1;
            }
            entriesRead++;
            IndexCursor entry = from.entry();
            long needed = current.settled.unsettled(entry.firstOffset(), entry.firstOffset() + entry.span());
            if (needed > 0) {
                entries.add(entry, needed);
            }
        }
        return most;
    }

    private void endRun(Stretch current, SealedRun source) throws CorruptEntryException {
        if (entriesRead != source.entries()) {
            throw new CorruptEntryException(
                    "segment " + source.segment(),
                    "the index has " + entriesRead + " entries of log " + current.logId + " instead of "
                            + source.entries());
        }
        Piece piece = open;
        if (piece == null) {
            piece = new Piece(new ArrayList<>(), new RunPlan(current.logId));
            pieces.add(piece);
            open = piece;
        }
        piece.runs.add(source);
        piece.plan.addAll(entries);
        nextRun(current);
    }

    private void leaveOut(Stretch current, CorruptEntryException reason) {
        damages.add(new Damage(current.logId, current.runs.get(run), reason));
        open = null;
        nextRun(current);
    }

    private void nextRun(Stretch current) {
        reader = null;
        run++;
        if (run == current.runs.size()) {
            open = null;
            run = 0;
            stretch++;
        }
    }
}
