package io.millrace.testkit;

import io.millrace.testkit.DiskOperation.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Which operations of a {@link SimulatedFileSystem} fail, and in which way its disk is false. Set by the test at any
 * time, from any thread.
 *
 * <p>A failed operation throws a plain {@link java.io.IOException}. A failed write may have written its beginning,
 * and what was to be reserved may be so in part. A failed sync leaves what it should have synced readable but
 * <em>forgotten</em>: no later sync makes it durable. Any other failed operation has done nothing.
 */
public final class DiskFaults {
    private final RandomGenerator random;
    private final Map<Kind, Long> seen = new EnumMap<>(Kind.class);
    private final Map<Kind, NavigableSet<Long>> scheduled = new EnumMap<>(Kind.class);
    private final Map<Kind, Double> probability = new EnumMap<>(Kind.class);
    private boolean syncsDropped;

    DiskFaults(RandomGenerator random) {
        this.random = random;
    }

    /** Makes the {@code nth} operation of this kind from now on fail, once; 1 is the next. */
    public synchronized void fail(Kind kind, int nth) {
        if (nth < 1) {
            throw new IllegalArgumentException("nth " + nth + " is below 1");
        }
        scheduled.computeIfAbsent(kind, any -> new TreeSet<>()).add(seen.getOrDefault(kind, 0L) + nth);
    }

    /** Makes each operation of this kind fail with this probability, 0 to 1. */
    public synchronized void failAtRandom(Kind kind, double chance) {
        probability.put(kind, chance);
    }

    /** While true the disk lies: syncs of files and directories return at once and make nothing durable. */
    public synchronized void dropSyncs(boolean dropped) {
        syncsDropped = dropped;
    }

    /** Ends all faults that were set. */
    public synchronized void clear() {
        scheduled.clear();
        probability.clear();
        syncsDropped = false;
    }

    synchronized boolean syncsDropped() {
        return syncsDropped;
    }

    /** Counts one operation, and decides about it. */
    synchronized boolean nextFails(Kind kind) {
        long number = seen.merge(kind, 1L, Long::sum);
        NavigableSet<Long> numbers = scheduled.get(kind);
        if (numbers != null && numbers.remove(number)) {
            return true;
        }
        double chance = probability.getOrDefault(kind, 0.0);
        return chance > 0 && random.nextDouble() < chance;
    }
}
