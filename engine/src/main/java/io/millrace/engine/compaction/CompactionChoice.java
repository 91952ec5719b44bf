package io.millrace.engine.compaction;

import io.millrace.engine.segment.EntrySegment;
import io.millrace.engine.segment.SegmentUse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which segments are written anew next: extents that storage wants back, and segments less than half of which lives,
 * those first that free most for what is written; then, where there are many of about one size, some of these, so that
 * the number of segments, and of the runs of a log, depends on the amount of data only. Stateless.
 */
final class CompactionChoice {
    /** So many segments of a size become one. */
    static final int TIER_SEGMENTS = 8;

    private static final long FIRST_TIER_BYTES = 64 << 10;
    /** So much to free is always worth a cycle, and so is this part of all that there is. */
    private static final long WORTH_BYTES = 1 << 20;

    private static final int WORTH_PART = 4;

    private final SegmentUse segments;
    private final long bytesMax;
    private final Set<Long> chosen = new HashSet<>();
    private long bytes;

    private CompactionChoice(SegmentUse segments, long bytesMax) {
        this.segments = segments;
        this.bytesMax = bytesMax;
    }

    /**
     * The numbers of segments in which about {@code bytesMax} bytes live at most, or a single one in which more does;
     * those that are many only {@code withMany}.
     */
    static Set<Long> of(SegmentUse segments, long bytesMax, boolean withMany) {
        CompactionChoice choice = new CompactionChoice(segments, bytesMax);
        choice.addSparse();
        if (withMany) {
            choice.addMany();
        }
        return choice.chosen;
    }

    private void addSparse() {
        List<EntrySegment> sparse = new ArrayList<>();
        long held = 0;
        long freed = 0;
        boolean wanted = false;
        for (EntrySegment each : segments.list()) {
            held += each.heldBytes();
            boolean isSparse = each.adopted() == null ? each.isSparse() : each.isWanted();
            if (isSparse && each.isUsed() && !each.isUnreadable()) {
                sparse.add(each);
                freed += each.spareBytes();
                wanted |= each.isWanted();
            }
        }
        if (!wanted && freed < Math.min(WORTH_BYTES, held / WORTH_PART)) {
            return;
        }
        sparse.sort(Comparator.comparingDouble(each -> -(double) each.spareBytes() / each.heldBytes()));
        sparse.forEach(this::addIfItFits);
    }

    private void addMany() {
        segments.list().stream()
                .filter(each -> each.adopted() == null && each.isUsed() && !each.isUnreadable())
                .filter(each -> !chosen.contains(each.number()))
                .collect(Collectors.groupingBy(CompactionChoice::tier))
                .forEach((tier, members) -> {
                    long most = FIRST_TIER_BYTES * power(tier);
                    if (members.size() >= TIER_SEGMENTS && most * TIER_SEGMENTS <= bytesMax) {
                        members.subList(0, TIER_SEGMENTS).forEach(this::addIfItFits);
                    }
                });
    }

    /** Segments in which up to eight times as much lives as in those of the tier below. */
    private static int tier(EntrySegment segment) {
        int tier = 0;
        for (long most = FIRST_TIER_BYTES; segment.liveBytes() > most; most *= TIER_SEGMENTS) {
            tier++;
        }
        return tier;
    }

    private static long power(int tier) {
        return 1L << (3 * tier);
    }

    private void addIfItFits(EntrySegment segment) {
        if (chosen.isEmpty() || bytes + segment.liveBytes() <= bytesMax) {
            chosen.add(segment.number());
            bytes += segment.liveBytes();
        }
    }
}
