package io.millrace.engine.segment;

import io.millrace.base.Check;
import io.millrace.storage.Extent;
import io.millrace.storage.index.SealedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments of entries of a shard: how many runs of logs are in use in each, and for an index whose records have
 * stayed in the log, the extent that they are in. A segment without runs is dead: the next checkpoint does without it.
 * The loop's.
 */
public final class SegmentUse {
    /** What storage knows of an extent may be out of date by so small a part of it. */
    private static final int NEWS_PART = 8;

    /** By number, which is also their order. */
    private final TreeMap<Long, EntrySegment> segments = new TreeMap<>();

    private long deadBytes;
    private long nextNumber = 1;

    /** A number that no segment has had. */
    public long takeNumber() {
        return nextNumber++;
    }

    /** The number that the next segment will have. */
    public long nextNumber() {
        return nextNumber;
    }

    /** Numbers below {@code number} were given before. */
    public void skipNumbers(long number) {
        nextNumber = Math.max(nextNumber, number);
    }

    /** Adds one of which no run is in use yet. */
    public void add(EntrySegment segment) {
        segments.put(segment.number(), segment);
    }

    /** The one with this number, a run of which is in use or pinned. */
    public EntrySegment get(long number) {
        return Check.notNull(segments.get(number), "a run that is in use has a segment");
    }

    /** A run has come into use. */
    public void use(SealedRun run) {
        get(run.segment()).runs++;
    }

    /** A run is of no use any more. */
    public void release(SealedRun run) {
        EntrySegment segment = get(run.segment());
        if (--segment.runs == 0) {
            deadBytes += segment.heldBytes();
        }
    }

    /** Somebody begins to read in the segments of {@code runs}. */
    public void pin(List<SealedRun> runs) {
        runs.forEach(each -> get(each.segment()).pins++);
    }

    /** Somebody does not read there any more. */
    public void unpin(List<SealedRun> runs) {
        for (SealedRun each : runs) {
            EntrySegment segment = get(each.segment());
            if (--segment.pins == 0 && segment.runs == 0) {
                deadBytes += segment.heldBytes();
            }
        }
    }

    /** Takes the dead ones out in which nobody reads. */
    public List<Long> takeDead() {
        List<Long> dead = new ArrayList<>();
        segments.values().removeIf(each -> each.runs == 0 && each.pins == 0 && dead.add(each.number()));
        deadBytes = 0;
        return dead;
    }

    /** Bytes that the next checkpoint would free. */
    public long deadBytes() {
        return deadBytes;
    }

    /** Whether storage should hear how much lives in adopted extents: it differs by a part of one. */
    public boolean hasNews() {
        return segments.values().stream().filter(each -> each.adopted() != null).anyMatch(SegmentUse::isNews);
    }

    private static boolean isNews(EntrySegment segment) {
        long changed = Math.abs(segment.toldLiveBytes - segment.liveBytes());
        return !segment.isUsed() || changed * NEWS_PART > segment.heldBytes();
    }

    /** Whether there is no segment of entries. */
    public boolean isEmpty() {
        return segments.isEmpty();
    }

    /** All of them, in the order of their numbers; a copy. */
    public List<EntrySegment> list() {
        return List.copyOf(segments.values());
    }

    /** The one whose records have stayed in the extent that begins at {@code from}; null where there is none. */
    public @Nullable EntrySegment ofExtent(long from) {
        for (EntrySegment each : segments.values()) {
            Extent adopted = each.adopted();
            if (adopted != null && adopted.from() == from) {
                return each;
            }
        }
        return null;
    }

    /** The adopted extents as storage is told of them now, in the order of their positions. */
    public List<Extent> extents() {
        List<Extent> extents = new ArrayList<>();
        for (EntrySegment each : segments.values()) {
            Extent adopted = each.adopted();
            if (adopted != null) {
                extents.add(new Extent(adopted.from(), adopted.to(), each.liveBytes()));
                each.toldLiveBytes = each.liveBytes();
            }
        }
        extents.sort((a, b) -> Long.compare(a.from(), b.from()));
        return extents;
    }
}
