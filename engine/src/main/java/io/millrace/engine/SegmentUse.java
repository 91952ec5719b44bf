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
    /** By number, which is also their order. */
    private final TreeMap<Long, Segment> segments = new TreeMap<>();

    private long deadBytes;

    /** A segment of entries. */
    static final class Segment {
        final long number;
        final long bytes;
        /** Where its records have stayed; null where it has them itself. */
        final @Nullable Extent adopted;

        /** Runs of logs that are in use. */
        int runs;
        /** About how many bytes of its records live; counted now and then. */
        long liveBytes;

        Segment(long number, long bytes, @Nullable Extent adopted) {
            this.number = number;
            this.bytes = bytes;
            this.adopted = adopted;
        }

        /** The bytes that would be free without it. */
        long heldBytes() {
            return adopted == null ? bytes : adopted.to() - adopted.from();
        }
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

    /** Takes the dead ones out. */
    List<Long> takeDead() {
        List<Long> dead = new ArrayList<>();
        segments.values().removeIf(each -> each.runs == 0 && dead.add(each.number));
        deadBytes = 0;
        return dead;
    }

    /** Bytes that the next checkpoint would free. */
    long deadBytes() {
        return deadBytes;
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

    /** The adopted extents, in the order of their positions. */
    List<Extent> extents() {
        List<Extent> extents = new ArrayList<>();
        for (Segment each : segments.values()) {
            if (each.adopted != null) {
                extents.add(new Extent(each.adopted.from(), each.adopted.to(), each.liveBytes));
            }
        }
        extents.sort((a, b) -> Long.compare(a.from(), b.from()));
        return extents;
    }
}
