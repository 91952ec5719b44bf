package io.millrace.engine.offset;

import io.millrace.engine.record.RecordFormat;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * How often messages were delivered, for those that came back. The counts are kept as binary digits: for each digit the
 * compressed set of the offsets whose count has it. So a backlog every message of which was tried once takes a bit a
 * message at most. The loop's.
 */
public final class DeliveryCounts {
    private static final OffsetSet[] NONE = {};

    private OffsetSet[] digits = NONE;

    /** How often the message at {@code offset} was delivered; 0 where nothing was noted. */
    public int get(long offset) {
        int count = 0;
        for (int digit = 0; digit < digits.length; digit++) {
            if (digits[digit].contains(offset)) {
                count |= 1 << digit;
            }
        }
        return count;
    }

    /** Notes how often the message at {@code offset} was delivered. */
    public void put(long offset, int count) {
        int needed = Integer.SIZE - Integer.numberOfLeadingZeros(count);
        if (needed > digits.length) {
            int known = digits.length;
            digits = Arrays.copyOf(digits, needed);
            for (int digit = known; digit < needed; digit++) {
                digits[digit] = new OffsetSet();
            }
        }
        for (int digit = 0; digit < digits.length; digit++) {
            if ((count >>> digit & 1) != 0) {
                digits[digit].add(offset);
            } else {
                digits[digit].remove(offset);
            }
        }
    }

    /** Forgets the message at {@code offset}. */
    public void remove(long offset) {
        for (OffsetSet each : digits) {
            each.remove(offset);
        }
    }

    /** Forgets {@code from} up to but not {@code to}. */
    public void removeRange(long from, long to) {
        for (OffsetSet each : digits) {
            each.removeRange(from, to);
        }
    }

    /** Writes the number of digits, then of each its set, the lowest first. */
    public void writeTo(ByteBuf target) {
        RecordFormat.putUnsigned(target, digits.length);
        for (OffsetSet each : digits) {
            each.writeTo(target);
        }
    }

    /** Takes over what {@link #writeTo} wrote. */
    public void restore(ByteBuf source) {
        digits = new OffsetSet[(int) RecordFormat.getUnsigned(source)];
        for (int digit = 0; digit < digits.length; digit++) {
            digits[digit] = OffsetSet.read(source);
        }
    }
}
