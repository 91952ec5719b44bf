package io.millrace.engine.lease;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which leases each {@link LeaseHolder} has: of each a chain of slots, in no order. Takes memory only where there are
 * holders. The loop's.
 */
final class HeldLeases {
    private @Nullable LeaseHolder[] holders = new LeaseHolder[0];
    private int[] next = {};
    private int[] previous = {};

    /** The lease of {@code slot}, which nobody holds yet, is held by {@code holder}. */
    void add(int slot, LeaseHolder holder) {
        if (slot >= holders.length) {
            int capacity = Math.max(16, Integer.highestOneBit(slot) * 2);
            holders = Arrays.copyOf(holders, capacity);
            next = Arrays.copyOf(next, capacity);
            previous = Arrays.copyOf(previous, capacity);
        }
        int first = holder.firstSlot;
        holders[slot] = holder;
        next[slot] = first;
        previous[slot] = LeaseTable.NO_SLOT;
        if (first >= 0) {
            previous[first] = slot;
        }
        holder.firstSlot = slot;
        holder.held++;
    }

    /** The lease of {@code slot} has ended; fine where nobody holds it. */
    void remove(int slot) {
        LeaseHolder holder = slot < holders.length ? holders[slot] : null;
        if (holder == null) {
            return;
        }
        holders[slot] = null;
        holder.held--;
        if (previous[slot] >= 0) {
            next[previous[slot]] = next[slot];
        } else {
            holder.firstSlot = next[slot];
        }
        if (next[slot] >= 0) {
            previous[next[slot]] = previous[slot];
        }
    }
}
