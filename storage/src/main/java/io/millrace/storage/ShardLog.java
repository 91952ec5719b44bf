package io.millrace.storage;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The durable log of one shard: an endless stream of records, each a run of bytes that storage does not look into.
 *
 * <p>A record is named by its <em>position</em>. Positions are opaque and only grow; the record at {@code p} is on
 * stable storage once {@link ShardLogListener#onSynced} was told a position greater than {@code p}. Records become
 * durable in order and are replayed in order.
 *
 * <p>All methods are called on the loop that owns the shard, and never block. A log that has failed
 * ({@link ShardLogListener#onFailed}) accepts appends and never syncs them.
 */
public interface ShardLog {
    /** The most bytes that one record can have. */
    int RECORD_BYTES_MAX = 64 << 20;

    /**
     * Begins a record of exactly {@code bytes} bytes. The caller writes them at the writer index of the buffer that is
     * returned, then calls {@link #commit}; the buffer is not the caller's to release or keep.
     */
    ByteBuf reserve(int bytes);

    /**
     * Ends the record that {@link #reserve} began and returns its position. It is sent on its way by {@link #flush}.
     */
    long commit();

    /** Hands everything committed to storage. Called once at the end of a turn, not per record. */
    void flush();

    /** The position that the next record will have. */
    long appendedPosition();

    /** Every record below this position is on stable storage. */
    long syncedPosition();

    /**
     * Bytes appended that are not yet on stable storage, of this log and of all that share its memory and its disk;
     * those of others count from their flush on.
     */
    long unsyncedBytes();

    /**
     * Whether storage has room for new messages. While it has not, owners refuse publishes and go on appending what
     * frees space (acknowledgements).
     */
    boolean hasSpace();

    /**
     * The record of {@code bytes} bytes at {@code position} as a retained slice if it is still in memory, else null;
     * see {@link #read}.
     */
    @Nullable
    ByteBuf readTail(long position, int bytes);

    /**
     * Reads the records that {@code batch} names, and completes it on this loop. Only synced records can be read.
     */
    void read(ReadBatch batch);

    /**
     * States that no record below {@code position} is needed any more, neither for reading nor for replay. The
     * statement must itself rest on synced records only.
     */
    void trim(long position);
}
