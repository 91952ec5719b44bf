package io.millrace.storage.bookkeeper;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which entries of a ledger begin where in the stream: some of them, far enough apart that the size of the index has a
 * bound. Any thread.
 */
final class EntryIndex {
    /** The least distance in bytes between two entries that are kept. */
    static final int SPACING_BYTES = 64 << 10;

    private final TreeMap<Long, Long> entryByPosition = new TreeMap<>();

    /**
     * Entries from {@code entry}, which begins at {@code from}, up to {@code entryEnd}, which is no more among them and
     * begins at {@code to}.
     */
    record Range(long entry, long from, long entryEnd, long to) {
        Range endingAt(long newEntryEnd, long newTo) {
            return new Range(entry, from, newEntryEnd, newTo);
        }

        Range beginningAt(long newEntry, long newFrom) {
            return new Range(newEntry, newFrom, entryEnd, to);
        }
    }

    /** Notes that {@code entry} begins at {@code position}, where that is of use. */
    synchronized void add(long entry, long position) {
        Long before = entryByPosition.floorKey(position);
        Long behind = entryByPosition.ceilingKey(position);
        if ((before == null || position - before >= SPACING_BYTES)
                && (behind == null || behind - position >= SPACING_BYTES)) {
            entryByPosition.put(position, entry);
        }
    }

    /** The least part of {@code range} that is known to hold {@code position}. */
    synchronized Range narrow(Range range, long position) {
        Map.Entry<Long, Long> before = entryByPosition.floorEntry(position);
        Map.Entry<Long, Long> behind = entryByPosition.higherEntry(position);
        Range narrow = range;
        if (before != null && before.getKey() > range.from) {
            narrow = narrow.beginningAt(before.getValue(), before.getKey());
        }
        if (behind != null && behind.getKey() < range.to) {
            narrow = narrow.endingAt(behind.getValue(), behind.getKey());
        }
        return narrow;
    }
}
