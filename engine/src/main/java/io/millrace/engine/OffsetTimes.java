package io.millrace.engine;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Offsets, each with a time in epoch milliseconds. Reused; the loop's. */
final class OffsetTimes {
    private long[] offsets = new long[8];
    private long[] times = new long[8];
    private int size;

    void clear() {
        size = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(long offset, long timeMillis) {
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            times = Arrays.copyOf(times, size * 2);
        }
        offsets[size] = offset;
        times[size] = timeMillis;
        size++;
    }

    /** Writes the number, then of each the distance from the one before, of the offset and of the time. */
    void writeTo(ByteBuf target) {
        RecordFormat.putUnsigned(target, size);
        long offset = 0;
        long time = 0;
        for (int i = 0; i < size; i++) {
            RecordFormat.putSigned(target, offsets[i] - offset);
            RecordFormat.putSigned(target, times[i] - time);
            offset = offsets[i];
            time = times[i];
        }
    }

    /** What reads them. */
    interface Reader {
        void onOffset(long offset, long timeMillis);
    }

    /** Reads what {@link #writeTo} wrote. */
    static void read(ByteBuf source, Reader reader) {
        long offset = 0;
        long time = 0;
        for (long left = RecordFormat.getUnsigned(source); left > 0; left--) {
            offset += RecordFormat.getSigned(source);
            time += RecordFormat.getSigned(source);
            reader.onOffset(offset, time);
        }
    }
}
