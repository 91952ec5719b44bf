package io.millrace.storage;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set of records to read from disk in one go. The owner of the shard fills it, {@link ShardLog#read} completes it:
 * then each record is either there, retained for the owner, or has a failure. Handed over between threads, never
 * shared.
 */
public abstract class ReadBatch {
    private long[] positions = {};
    private int[] lengths = {};
    private @Nullable ByteBuf[] records = {};
    private @Nullable Exception[] failures = {};
    private int count;

    /** Asks for the record of {@code bytes} bytes at {@code position}; returns its index in this batch. */
    public final int add(long position, int bytes) {
        if (count == positions.length) {
            int capacity = Math.max(8, count * 2);
            positions = Arrays.copyOf(positions, capacity);
            lengths = Arrays.copyOf(lengths, capacity);
            records = Arrays.copyOf(records, capacity);
            failures = Arrays.copyOf(failures, capacity);
        }
        positions[count] = position;
        lengths[count] = bytes;
        return count++;
    }

    /** The number of records asked for. */
    public final int count() {
        return count;
    }

    /** The position of record {@code index}. */
    public final long position(int index) {
        return positions[Objects.checkIndex(index, count)];
    }

    /** The length in bytes of record {@code index}. */
    public final int bytes(int index) {
        return lengths[Objects.checkIndex(index, count)];
    }

    /** Storage gives a record, retained. */
    public final void give(int index, ByteBuf record) {
        records[Objects.checkIndex(index, count)] = record;
    }

    /** Storage could not read a record. */
    public final void fail(int index, Exception failure) {
        failures[Objects.checkIndex(index, count)] = failure;
    }

    /** Takes record {@code index} out, the caller's to release; null where it {@link #failure failed}. */
    public final @Nullable ByteBuf take(int index) {
        ByteBuf record = records[Objects.checkIndex(index, count)];
        records[index] = null;
        return record;
    }

    /** Why record {@code index} could not be read; null where it could. */
    public final @Nullable Exception failure(int index) {
        return failures[Objects.checkIndex(index, count)];
    }

    /** Called on the owner's loop when every record was given or failed. */
    public abstract void onComplete();
}
