package io.millrace.storage.bookkeeper;

import io.millrace.base.Check;
import io.millrace.storage.Extent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the node of a shard says, immutable.
 *
 * @param epoch the epoch of the owner; 0 where there has been none
 * @param replayFrom the position from which a start replays
 * @param chain the ledgers of the log in order of their positions: adopted ones, which end at or before {@code
 *     replayFrom}, then those that are replayed, the last of which is open
 * @param segments the sealed segments by number
 * @param manifest the manifest; null before the first checkpoint
 */
record ShardState(
        long epoch,
        long replayFrom,
        List<LogLedger> chain,
        SortedMap<Long, SegmentLedger> segments,
        @Nullable StoredManifest manifest) {
    static final ShardState NEW = new ShardState(0, 0, List.of(), new TreeMap<>(), null);

    ShardState {
        chain = List.copyOf(chain);
        segments = Collections.unmodifiableSortedMap(new TreeMap<>(segments));
    }

    /** The ledger that is written to; null before the first. */
    @Nullable
    LogLedger last() {
        return chain.isEmpty() ? null : chain.get(chain.size() - 1);
    }

    /** The ledger that holds {@code position}; null where none does. */
    @Nullable
    LogLedger find(long position) {
        for (int i = chain.size() - 1; i >= 0; i--) {
            if (chain.get(i).holds(position)) {
                return chain.get(i);
            }
        }
        return null;
    }

    /** Ends the last ledger at {@code end} and goes on in {@code ledger}; one that would be empty is dropped. */
    ShardState continued(long newEpoch, long end, long ledger) {
        List<LogLedger> next = new ArrayList<>(chain);
        LogLedger last = last();
        if (last != null) {
            Check.that(end >= last.from(), "a ledger ends at %d, before its start at %d", end, last.from());
            next.remove(next.size() - 1);
            if (end > last.from()) {
                next.add(last.closedAt(end));
            }
        }
        next.add(new LogLedger(ledger, end, LogLedger.OPEN));
        return new ShardState(newEpoch, replayFrom, next, segments, manifest);
    }

    /** Without the ledgers that the replay from {@code newReplayFrom} and the adopted extents do not need. */
    ShardState checkpointed(long newReplayFrom, List<Extent> adopted, StoredManifest newManifest) {
        List<LogLedger> next = new ArrayList<>();
        for (LogLedger each : chain) {
            boolean needed = each.to() > newReplayFrom
                    || adopted.stream().anyMatch(extent -> extent.from() < each.to() && extent.to() > each.from());
            if (needed) {
                next.add(each);
            }
        }
        return new ShardState(epoch, newReplayFrom, next, segments, newManifest);
    }

    ShardState withSegment(long segment, SegmentLedger ledger) {
        SortedMap<Long, SegmentLedger> next = new TreeMap<>(segments);
        next.put(segment, ledger);
        return new ShardState(epoch, replayFrom, chain, next, manifest);
    }

    ShardState withoutSegment(long segment) {
        SortedMap<Long, SegmentLedger> next = new TreeMap<>(segments);
        next.remove(segment);
        return new ShardState(epoch, replayFrom, chain, next, manifest);
    }

    /** Every ledger that is named. */
    List<Long> ledgers() {
        List<Long> ledgers = new ArrayList<>();
        chain.forEach(each -> ledgers.add(each.ledger()));
        segments.values().forEach(each -> ledgers.add(each.ledger()));
        if (manifest != null && manifest.ledger() != StoredManifest.NO_LEDGER) {
            ledgers.add(manifest.ledger());
        }
        return ledgers;
    }
}
