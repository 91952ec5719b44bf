package io.millrace.engine.subscription;

import io.millrace.engine.offset.OffsetSet;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a subscription that are to be looked at before they can be delivered, for their group is known from
 * what they say; none where that is not done. The loop's.
 */
final class Unsifted {
    private @Nullable OffsetSet offsets;

    /** From now on there are such. */
    void begin() {
        offsets = new OffsetSet();
    }

    /** They; null where messages are not looked at first. */
    @Nullable
    OffsetSet offsets() {
        return offsets;
    }

    boolean isUsed() {
        return offsets != null;
    }

    boolean contains(long offset) {
        return offsets != null && offsets.contains(offset);
    }

    /** Adds them where messages are looked at first; returns whether that is so. */
    boolean addRange(long from, long to) {
        if (offsets != null) {
            offsets.addRange(from, to);
        }
        return offsets != null;
    }

    boolean remove(long offset) {
        return offsets != null && offsets.remove(offset);
    }

    void removeRange(long from, long to) {
        if (offsets != null) {
            offsets.removeRange(from, to);
        }
    }
}
