package io.millrace.engine;

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
final class SegmentUse {
    /** What storage knows of an extent may be out of date by so small a part of it. */
    private static final int NEWS_PART = 8;

    /** By number, which is also their order. */
    private final TreeMap<Long, Segment> segments = new TreeMap<>();

    private long deadBytes;
    private long nextNumber = 1;

    /** A segment of entries. */
    static final class Segment {
        final long number;
        final long bytes;
        /** Bytes of its entries when it was written; the rest of it is the index. */
        final long entryBytes;
        /** Where its records have stayed; null where it has them itself. */
        final @Nullable Extent adopted;

        /** Runs of logs that are in use. */
        int runs;
        /** Jobs that read in it: it stays for them though no run is in use. */
        int pins;
        /** About how many bytes of its records live; counted now and then. */
        long liveBytes;
        /** What a look that is under way has counted of them so far. */
        long countedBytes;
        /** What storage was told of them. */
        long toldLiveBytes;
        /** Whether storage wants the extent back that its records have stayed in. */
        boolean vacated;
        /** Whether something in it could not be read when it was to be moved: it stays as it is. */
        boolean unreadable;

        Segment(long number, long bytes, long entryBytes, @Nullable Extent adopted) {
            this.number = number;
            this.bytes = bytes;
            this.entryBytes = entryBytes;
            this.adopted = adopted;
        }

        /** Whether less than half of what was written into it lives. */
        boolean isSparse() {
            return liveBytes < entryBytes / 2;
        }

        /** The bytes that would be free if what lives were written anew, with its part of the index. */
        long spareBytes() {
            return heldBytes() - (adopted == null ? bytes * liveBytes / entryBytes : liveBytes);
        }

        /** The bytes that would be free without it. */
        long heldBytes() {
            return adopted == null ? bytes : adopted.to() - adopted.from();
        }
    }

    /** A number that no segment has had. */
    long takeNumber() {
        return nextNumber++;
    }

    /** The number that the next segment will have. */
    long nextNumber() {
        return nextNumber;
    }

    /** Numbers below {@code number} were given before. */
    void skipNumbers(long number) {
        nextNumber = Math.max(nextNumber, number);
    }

    void add(Segment segment) {
        segments.put(segment.number, segment);
    }

    Segment get(long number) {
        return Check.notNull(segments.get(number), "a run that is in use has a segment");
    }

    /** A run has come into use. */
    void use(SealedRun run) {
        get(run.segment()).runs++;
    }

    /** A run is of no use any more. */
    void release(SealedRun run) {
        Segment segment = get(run.segment());
        if (--segment.runs == 0) {
            deadBytes += segment.heldBytes();
        }
    }

    /** Somebody begins to read in the segments of {@code runs}. */
    void pin(List<SealedRun> runs) {
        runs.forEach(each -> get(each.segment()).pins++);
    }

    /** Somebody does not read there any more. */
    void unpin(List<SealedRun> runs) {
        for (SealedRun each : runs) {
            Segment segment = get(each.segment());
            if (--segment.pins == 0 && segment.runs == 0) {
                deadBytes += segment.heldBytes();
            }
        }
    }

    /** Takes the dead ones out in which nobody reads. */
    List<Long> takeDead() {
        List<Long> dead = new ArrayList<>();
        segments.values().removeIf(each -> each.runs == 0 && each.pins == 0 && dead.add(each.number));
        deadBytes = 0;
        return dead;
    }

    /** Bytes that the next checkpoint would free. */
    long deadBytes() {
        return deadBytes;
    }

    /** Whether storage should hear how much lives in adopted extents: it differs by a part of one. */
    boolean hasNews() {
        return segments.values().stream()
                .filter(each -> each.adopted != null)
                .anyMatch(each ->
                        each.runs == 0 || Math.abs(each.toldLiveBytes - each.liveBytes) * NEWS_PART > each.heldBytes());
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    List<Segment> list() {
        return List.copyOf(segments.values());
    }

    @Nullable
    Segment ofExtent(long from) {
        for (Segment each : segments.values()) {
            if (each.adopted != null && each.adopted.from() == from) {
                return each;
            }
        }
        return null;
    }

    /** The adopted extents as storage is told of them now, in the order of their positions. */
    List<Extent> extents() {
        List<Extent> extents = new ArrayList<>();
        for (Segment each : segments.values()) {
            if (each.adopted != null) {
                extents.add(new Extent(each.adopted.from(), each.adopted.to(), each.liveBytes));
                each.toldLiveBytes = each.liveBytes;
            }
        }
        extents.sort((a, b) -> Long.compare(a.from(), b.from()));
        return extents;
    }
}
