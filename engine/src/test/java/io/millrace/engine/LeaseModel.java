package io.millrace.engine;

import io.millrace.testkit.SimulatedClock;
import java.util.ArrayList;
import java.util.List;

/** A lease as its holder knows it, in this life of the broker and in what the next one will find of it. */
final class LeaseModel {
    private record StampedTerm(Term term, long stamp) {}

    final long token;
    /** Whether it was to outlive the process. */
    final boolean durable;
    /** The terms of which one counts now: more than one where a crash leaves open which of them was synced. */
    private List<Term> running;
    /** The terms of which one is on stable storage for certain. */
    private List<Term> stored;
    /** Those that it was given since, in order; each may be on stable storage as well, and counts then. */
    private final List<StampedTerm> extensions = new ArrayList<>();
    /** Whether the holder is sure that it was given and did not end before its time. */
    private boolean certain = true;

    private boolean ended;
    private long endedStamp;

    LeaseModel(long token, boolean durable, Term term) {
        this.token = token;
        this.durable = durable;
        running = List.of(term);
        stored = running;
    }

    /** It was extended. */
    void extend(Term term, long stamp) {
        running = List.of(term);
        extensions.add(new StampedTerm(term, stamp));
    }

    /** It was given up, or another took its place. */
    void end(long stamp) {
        if (!ended) {
            ended = true;
            endedStamp = stamp;
        }
    }

    /** Whether it ended because its holder, or the next one, said so, rather than by time. */
    boolean wasGivenUp() {
        return ended;
    }

    /** Whether nobody else may get the message now. */
    boolean isRunning(SimulatedClock clock) {
        return certain && !ended && running.stream().allMatch(each -> each.isRunning(clock));
    }

    /** Whether it cannot be used any more. */
    boolean isOver(SimulatedClock clock) {
        return ended || running.stream().allMatch(each -> each.isOver(clock));
    }

    /** Whether it is over, and the broker must have noticed, if it does nothing any more. */
    boolean isNoticed(SimulatedClock clock) {
        return ended || running.stream().allMatch(each -> each.isNoticed(clock));
    }

    /** The process has ended; returns whether the next one may know of the lease. */
    boolean outlives(ShardLedger ledger, SimulatedClock clock) {
        // One that may have run out may have been followed by another that nobody saw.
        certain &= isRunning(clock);

        List<Term> possible = new ArrayList<>(stored);
        for (StampedTerm each : extensions) {
            if (ledger.isSynced(each.stamp)) {
                possible.clear();
            }
            possible.add(each.term);
        }
        extensions.clear();
        possible.forEach(each -> each.died(clock));
        stored = possible;
        if (!durable || (ended && ledger.isSynced(endedStamp))) {
            return false;
        }
        ended = false;
        return true;
    }

    /** A process has started that may know of it. */
    void restarted(SimulatedClock clock) {
        stored.forEach(each -> each.restarted(clock));
        running = stored;
    }
}
