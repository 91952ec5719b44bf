package io.millrace.engine.record;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Of the messages of one lease record those that belong to groups. Reused; the loop's. */
public final class LeaseGroups {
    private int[] indexes = new int[4];
    private long[] highs = new long[4];
    private long[] lows = new long[4];
    private int size;
    private int messages;
    private int at;

    /** Forgets all of them. */
    public void clear() {
        size = 0;
        messages = 0;
        at = 0;
    }

    /** The next message belongs to no group. */
    public void addNone() {
        messages++;
    }

    /** The next message belongs to this group. */
    public void add(long high, long low) {
        if (size == indexes.length) {
            indexes = Arrays.copyOf(indexes, size * 2);
            highs = Arrays.copyOf(highs, size * 2);
            lows = Arrays.copyOf(lows, size * 2);
        }
        indexes[size] = messages++;
        highs[size] = high;
        lows[size] = low;
        size++;
    }

    /** Writes how many there are, then of each how many messages lie between it and the one before, and its group. */
    void writeTo(ByteBuf target) {
        RecordFormat.putUnsigned(target, size);
        int behind = 0;
        for (int i = 0; i < size; i++) {
            RecordFormat.putUnsigned(target, indexes[i] - behind);
            target.writeLong(highs[i]).writeLong(lows[i]);
            behind = indexes[i] + 1;
        }
    }

    /** Reads what {@link #writeTo} wrote, instead of what was there. */
    public void read(ByteBuf source) {
        clear();
        for (long left = RecordFormat.getUnsigned(source); left > 0; left--) {
            messages += (int) RecordFormat.getUnsigned(source);
            add(source.readLong(), source.readLong());
        }
        messages = 0;
    }

    /** Goes on to the next message, from the first on; returns whether it belongs to a group. */
    public boolean next() {
        at += at < size && indexes[at] < messages ? 1 : 0;
        boolean isGrouped = at < size && indexes[at] == messages;
        messages++;
        return isGrouped;
    }

    /** The group of the message that {@link #next} has gone to. */
    public long high() {
        return highs[at];
    }

    /** The lower half of {@link #high}. */
    public long low() {
        return lows[at];
    }
}
