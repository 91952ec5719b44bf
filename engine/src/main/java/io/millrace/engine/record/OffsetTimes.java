package io.millrace.engine.record;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Offsets, each with a length of time in milliseconds from one moment on. Reused; the loop's. */
public final class OffsetTimes {
    private long[] offsets = new long[8];
    private long[] times = new long[8];
    private int size;

    /** Forgets all of them. */
    public void clear() {
        size = 0;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Adds an offset, and how long it is from the moment on that is written. */
    public void add(long offset, long millis) {
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            times = Arrays.copyOf(times, size * 2);
        }
        offsets[size] = offset;
        times[size] = millis;
        size++;
    }

    /**
     * Writes the number, unless it is 0 the moment {@code fromMillis} (epoch milliseconds), then of each the distance
     * from the offset before, and the time.
     */
    void writeTo(ByteBuf target, long fromMillis) {
        RecordFormat.putUnsigned(target, size);
        if (size > 0) {
            target.writeLong(fromMillis);
        }
        long offset = 0;
        for (int i = 0; i < size; i++) {
            RecordFormat.putSigned(target, offsets[i] - offset);
            RecordFormat.putUnsigned(target, times[i]);
            offset = offsets[i];
        }
    }

    /** What reads them. */
    public interface Reader {
        void onOffset(long offset, long fromMillis, long millis);
    }

    /** Reads what {@link #writeTo} wrote. */
    public static void read(ByteBuf source, Reader reader) {
        long left = RecordFormat.getUnsigned(source);
        long fromMillis = left > 0 ? source.readLong() : 0;
        for (long offset = 0; left > 0; left--) {
            offset += RecordFormat.getSigned(source);
            reader.onOffset(offset, fromMillis, RecordFormat.getUnsigned(source));
        }
    }
}
