package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * Messages that have become ready where somebody who goes through a queue in order has been already: by priority, then
 * by offset. Bits for each. The loop's.
 */
final class ReadyBehind {
    /** Different priorities that are kept apart. */
    static final int PRIORITIES_MAX = 64;
    /** After so many additions at least, what is not ready any more is left out. */
    private static final int ADDED_MAX = 4_096;

    private final TreeMap<Integer, OffsetSet> byPriority = new TreeMap<>(Integer::compareUnsigned);
    private int priority;
    private long offset;
    private long added;
    private long addedMax = ADDED_MAX;

    /** Adds a message; returns false where that would be too many priorities. */
    boolean add(int ofPriority, long newOffset) {
        OffsetSet level = byPriority.get(ofPriority);
        if (level == null) {
            if (byPriority.size() == PRIORITIES_MAX) {
                return false;
            }
            level = new OffsetSet();
            byPriority.put(ofPriority, level);
        }
        level.add(newOffset);
        added++;
        return true;
    }

    /** Whether {@link #retain} is called for: it costs as much as what has been added since it was last. */
    boolean isToBeSorted() {
        return added >= addedMax;
    }

    /** Leaves out what is in none of {@code ready}: others have taken it, and nobody has looked here since. */
    void retain(List<OffsetSet> ready) {
        for (OffsetSet level : byPriority.values()) {
            OffsetSet gone = level.copy();
            ready.forEach(gone::removeAll);
            level.removeAll(gone);
        }
        byPriority.values().removeIf(OffsetSet::isEmpty);
        added = 0;
        addedMax = Math.max(ADDED_MAX, size());
    }

    /** How many there are, those among them that are not ready any more. */
    long size() {
        return byPriority.values().stream().mapToLong(OffsetSet::size).sum();
    }

    /** Finds the first that {@code isReady} still; those before it are left out from now on. */
    boolean find(LongPredicate isReady) {
        for (Map.Entry<Integer, OffsetSet> first = byPriority.firstEntry();
                first != null;
                first = byPriority.firstEntry()) {
            OffsetSet level = first.getValue();
            for (long each = level.nextPresent(0); each >= 0; each = level.nextPresent(each + 1)) {
                if (isReady.test(each)) {
                    priority = first.getKey();
                    offset = each;
                    return true;
                }
                level.remove(each);
            }
            byPriority.remove(first.getKey());
        }
        return false;
    }

    // The one that was found.

    int priority() {
        return priority;
    }

    long offset() {
        return offset;
    }

    /** Tells {@code visitor} of it and of those behind it that have its priority. */
    void lookAhead(SubscriptionView.Visitor visitor) {
        OffsetSet level = byPriority.get(priority);
        long each = offset;
        while (level != null && each >= 0 && visitor.onMessage(each)) {
            each = level.nextPresent(each + 1);
        }
    }

    /** Takes it out. */
    void remove() {
        OffsetSet level = byPriority.get(priority);
        if (level != null) {
            level.remove(offset);
        }
    }

    void clear() {
        byPriority.clear();
        added = 0;
    }
}
