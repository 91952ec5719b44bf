package io.millrace.storage;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set of records, and of ranges of segments, to read from disk in one go. The owner of the shard fills it, {@link
 * ShardLog#read} completes it: then each record is either there, retained for the owner, or has a failure. Where the
 * owner wants it and storage can, the end of a record is there as a {@link StoredRegion} instead. Handed over between
 * threads, record by record, and never shared.
 */
public abstract class ReadBatch {
    /** Stands for the shard's log in place of the number of a segment. */
    public static final long LOG = 0;

    private long[] segments = {};
    private long[] addresses = {};
    private int[] lengths = {};
    private @Nullable ByteBuf[] records = {};
    /** Empty where none is wanted. */
    private @Nullable StoredRegion[] regions = {};

    private final @Nullable RegionChoice choice;
    private @Nullable Exception[] failures = {};
    private int count;

    /** A batch of which everything comes in memory. */
    protected ReadBatch() {
        this(null);
    }

    /** A batch of which that may come as a region which {@code regionChoice} says, if it is not null. */
    protected ReadBatch(@Nullable RegionChoice regionChoice) {
        choice = regionChoice;
    }

    /** Asks for the record of {@code bytes} bytes at {@code position}; returns its index in this batch. */
    public final int add(long position, int bytes) {
        return add(LOG, position, bytes);
    }

    /**
     * Asks for {@code bytes} bytes: of the record at position {@code address} where {@code segment} is {@link #LOG},
     * else of that segment from offset {@code address} on. Returns the index in this batch.
     */
    public final int add(long segment, long address, int bytes) {
        if (count == addresses.length) {
            int capacity = Math.max(8, count * 2);
            segments = Arrays.copyOf(segments, capacity);
            addresses = Arrays.copyOf(addresses, capacity);
            lengths = Arrays.copyOf(lengths, capacity);
            records = Arrays.copyOf(records, capacity);
            failures = Arrays.copyOf(failures, capacity);
            if (choice != null) {
                regions = Arrays.copyOf(regions, capacity);
            }
        }
        segments[count] = segment;
        addresses[count] = address;
        lengths[count] = bytes;
        return count++;
    }

    /** The number of records asked for. */
    public final int count() {
        return count;
    }

    /** The segment of record {@code index}; {@link #LOG} for the log. */
    public final long segment(int index) {
        return segments[Objects.checkIndex(index, count)];
    }

    /** The position in the log, or the offset in the segment, of record {@code index}. */
    public final long address(int index) {
        return addresses[Objects.checkIndex(index, count)];
    }

    /** The length in bytes of record {@code index}. */
    public final int bytes(int index) {
        return lengths[Objects.checkIndex(index, count)];
    }

    /** Which records may come as a region; null for none. */
    public final @Nullable RegionChoice regionChoice() {
        return choice;
    }

    /**
     * Storage gives the first bytes of a record, and a region that has those behind them, both retained. Only where the
     * {@link #regionChoice} wants it.
     */
    public final void give(int index, ByteBuf head, StoredRegion region) {
        regions[Objects.checkIndex(index, count)] = region;
        give(index, head);
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

    /**
     * Takes the region of record {@code index} out, the caller's to release: it has what lies behind the bytes in
     * memory. Null where the record is in memory as a whole, or {@link #failure failed}.
     */
    public final @Nullable StoredRegion takeRegion(int index) {
        if (Objects.checkIndex(index, count) >= regions.length) {
            return null; // none is wanted
        }
        StoredRegion region = regions[index];
        regions[index] = null;
        return region;
    }

    /** Gives back all that was given and not taken. */
    public final void releaseAll() {
        for (int i = 0; i < count; i++) {
            ReferenceCountUtil.release(take(i));
            ReferenceCountUtil.release(takeRegion(i));
        }
    }

    /** Why record {@code index} could not be read; null where it could. */
    public final @Nullable Exception failure(int index) {
        return failures[Objects.checkIndex(index, count)];
    }

    /**
     * Called on the owner's loop, perhaps, when the records below index {@code end} were given or failed and others are
     * still being read: what is to be done with the first ones need not wait for the last. Does nothing by default.
     */
    public void onPart(int end) {}

    /** Called on the owner's loop when every record was given or failed. */
    public abstract void onComplete();
}
