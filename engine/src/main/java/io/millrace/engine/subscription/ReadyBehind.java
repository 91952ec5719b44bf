package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
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

    private final TreeMap<Integer, OffsetSet> byPriority = new TreeMap<>(Integer::compareUnsigned);
    private int priority;
    private long offset;

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
        return true;
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
    }
}
