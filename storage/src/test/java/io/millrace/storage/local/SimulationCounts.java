package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;

/** What simulations have come across: one that never meets a full disk proves nothing about full disks. */
final class SimulationCounts {
    private final Map<Met, Long> counts = new EnumMap<>(Met.class);

    enum Met {
        LIVES,
        POWER_CUTS,
        KILLS,
        CLOSES,
        FAILED_STORES,
        INTERRUPTED_RECOVERIES,
        FAILED_RECOVERIES,
        COPIED_GROUPS,
        FULL_DISKS,
        RESERVED,
        APPENDED,
        REPLAYED,
        READ_FROM_MEMORY,
        READ_FROM_DISK,
        CHECKPOINTS,
        FAILED_CHECKPOINTS,
        LATER_MANIFESTS,
        ADOPTED,
        VACATED,
        ADOPTED_READ,
        ADOPTED_READ_AT_START,
        SEGMENTS_WRITTEN,
        SEGMENTS_READ,
        SEGMENTS_DELETED,
        REGIONS_GIVEN,
        REGIONS_HELD_LONG,
        REGIONS_HELD_AFTER_THE_END,
        UNNAMED_SEGMENTS,
        FAILED_JOBS,
        VERIFIED,
        BACKUPS,
        CANCELLED_BACKUPS,
        FAILED_BACKUPS
    }

    void add(Met met, long count) {
        counts.merge(met, count, Long::sum);
    }

    void add(SimulationCounts other) {
        other.counts.forEach(this::add);
    }

    long of(Met met) {
        return counts.getOrDefault(met, 0L);
    }

    /** Checks that everything was met at least once. */
    void assertAllMet() {
        assertThat(counts).containsOnlyKeys(Met.values());
        assertThat(counts.values()).allMatch(count -> count > 0);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
