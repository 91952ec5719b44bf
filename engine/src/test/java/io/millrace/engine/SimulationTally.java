package io.millrace.engine;

import io.millrace.engine.compaction.CompactionTally;
import io.millrace.engine.policy.DeathReason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a simulation has met: that the faults really happen, and that something happens between them. */
final class SimulationTally {
    long seeds;
    long lives;
    long powerCuts;
    long kills;
    long closes;
    long interruptedRecoveries;
    long failedRecoveries;
    long failedJournals;
    long fullDisks;
    long waits;
    long stored;
    long delivered;
    long redelivered;
    long acknowledged;
    long released;
    long retried;
    long rejected;
    long extended;
    long stale;
    long peeks;
    long purges;
    long drops;
    long trims;
    long compactions;
    long extentsLeft;
    long delayed;
    long dated;
    long expiring;
    long duplicates;
    long transactions;
    long grouped;
    long overflowed;
    long selected;
    long moved;
    long sentBack;
    long movesInDoubt;
    long runs;
    long shared;
    /** Dead letters that were handed over to be moved; some of them several times. */
    private final Map<DeathReason, Long> handed = new EnumMap<>(DeathReason.class);

    private final Map<Refusal, Long> refusals = new EnumMap<>(Refusal.class);

    void refused(Refusal reason) {
        refusals.merge(reason, 1L, Long::sum);
    }

    void delivered(int deliveryCount) {
        delivered++;
        redelivered += deliveryCount > 1 ? 1 : 0;
    }

    void settled(byte action) {
        switch (action) {
            case Settlement.ACKNOWLEDGE -> acknowledged++;
            case Settlement.RELEASE -> released++;
            case Settlement.RETRY -> retried++;
            case Settlement.REJECT -> rejected++;
            default -> extended++;
        }
    }

    void handed(DeathReason reason) {
        handed.merge(reason, 1L, Long::sum);
    }

    /** Whether messages were handed over to be moved that had died for each reason, {@code least} times and more. */
    boolean hasMet(int least) {
        return handed.size() == DeathReason.values().length
                && handed.values().stream().allMatch(each -> each >= least);
    }

    long refusals(Refusal reason) {
        return refusals.getOrDefault(reason, 0L);
    }

    /** A process has ended that had begun these. */
    void compacted(List<CompactionTally> shards) {
        for (CompactionTally each : shards) {
            compactions += each.effective();
            extentsLeft += each.extentsLeft();
        }
    }

    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        words.add(seeds + " seeds, " + lives + " lives");
        words.add(powerCuts + " power cuts, " + kills + " kills, " + closes + " closes");
        words.add(interruptedRecoveries + " interrupted recoveries");
        words.add(failedRecoveries + " failed ones");
        words.add(failedJournals + " failed journals");
        words.add(fullDisks + " full disks, " + waits + " waits for old files to go");
        words.add(stored + " messages confirmed (refused: " + refusals + ")");
        words.add(delivered + " deliveries (" + redelivered + " of them again)");
        words.add(acknowledged + " acknowledgements, " + released + " releases, " + retried + " retries, " + rejected
                + " rejections, " + extended + " extensions");
        words.add(stale + " stale leases");
        words.add(peeks + " peeks, " + purges + " purges, " + drops + " drops");
        words.add(delayed + " publishes delayed, " + dated + " with a date, " + expiring + " with an expiry");
        words.add(duplicates + " duplicates");
        words.add(transactions + " transactions");
        words.add(grouped + " publishes to groups");
        words.add(shared + " bodies shared");
        words.add(overflowed + " messages that had to go");
        words.add(selected + " messages selected");
        words.add(moved + " messages moved, " + sentBack + " of them back, dead ones of " + handed + ", " + movesInDoubt
                + " moves in doubt");
        words.add(runs + " runs of indexes");
        words.add(trims + " journal files given back");
        words.add(compactions + " compactions, " + extentsLeft + " runs taken out of adopted files");
        return String.join("; ", words);
    }
}
