package io.millrace.engine.compaction;

import io.millrace.storage.SegmentJob;
import java.util.ArrayList;
import java.util.List;

/** The compactions among the jobs that a shard has submitted, of which those that have done something have pieces. */
public final class CompactionTally {
    private final List<CompactionJob> jobs = new ArrayList<>();

    /** The shard has submitted {@code job}. */
    public void submitted(SegmentJob job) {
        if (job instanceof CompactionJob compaction) {
            jobs.add(compaction);
        }
    }

    /** How many were begun. */
    public int begun() {
        return jobs.size();
    }

    /** How many have written or left out something. */
    public long effective() {
        return jobs.stream().filter(each -> !each.pieces().isEmpty()).count();
    }

    /** How many runs they have taken out of adopted files. */
    public long extentsLeft() {
        return jobs.stream()
                .flatMap(each -> each.pieces().stream())
                .filter(piece -> piece.runs().get(0).inLog())
                .count();
    }
}
