package io.millrace.engine.record;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Gathers offsets, in any order, as runs of consecutive ones. Reused; the loop's. */
public final class RunWriter {
    private long[] starts = new long[16];
    private long[] lengths = new long[16];
    private int size;

    /** Forgets all of them. */
    public void clear() {
        size = 0;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Adds an offset. */
    public void add(long offset) {
        addRun(offset, 1);
    }

    /** Adds {@code length} offsets from {@code start} on. */
    public void addRun(long start, long length) {
        if (size > 0 && starts[size - 1] + lengths[size - 1] == start) {
            lengths[size - 1] += length;
            return;
        }
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            lengths = Arrays.copyOf(lengths, size * 2);
        }
        starts[size] = start;
        lengths[size] = length;
        size++;
    }

    /** Writes the number of runs, then of each the distance from the end of the one before, and the length. */
    void writeTo(ByteBuf target) {
        RecordFormat.putUnsigned(target, size);
        long end = 0;
        for (int i = 0; i < size; i++) {
            RecordFormat.putSigned(target, starts[i] - end);
            RecordFormat.putUnsigned(target, lengths[i]);
            end = starts[i] + lengths[i];
        }
    }

    /** What reads runs. */
    public interface RunReader {
        void onRun(long start, long length);
    }

    /** Reads what {@link #writeTo} wrote. */
    public static void read(ByteBuf source, RunReader reader) {
        long end = 0;
        for (long runs = RecordFormat.getUnsigned(source); runs > 0; runs--) {
            long start = end + RecordFormat.getSigned(source);
            long length = RecordFormat.getUnsigned(source);
            reader.onRun(start, length);
            end = start + length;
        }
    }
}
