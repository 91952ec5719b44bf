package io.millrace.storage;

import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;
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
    /** The bytes in front of each record, which hold its length: positions count them. */
    int LENGTH_BYTES = 4;

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

    /**
     * Has {@code listener} told, on this loop, when the operating system has all records below a position, which may be
     * before they are on stable storage: they survive the end of the process then. Once. A log that does not know tells
     * nothing but what is synced.
     */
    default void whenWritten(LongConsumer listener) {
        // It is known when they are synced.
    }

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
     * Whether new messages are to wait in front of the log, for old ones are moved more slowly than new ones come. What
     * frees space never waits, nor does what the owner itself needs. A log that is never behind need not have this.
     */
    default boolean isBehind() {
        return false;
    }

    /**
     * Says that {@code bytes} more wait in front of the log, fewer if negative, because it {@link #isBehind} or because
     * it is not known yet whether they are new: {@link #unsyncedBytes} counts them.
     */
    void noteWaiting(long bytes);

    /**
     * The first {@code bytes} bytes, or all, of the record at {@code position} as a retained slice if it is still in
     * memory, else null; see {@link #read}.
     */
    @Nullable
    ByteBuf readTail(long position, int bytes);

    /**
     * Reads what {@code batch} names, in this log and in the segments of this shard, and completes it on this loop.
     * Only synced records, or the beginning of some, and sealed segments can be read.
     */
    void read(ReadBatch batch);

    /** Has {@code job} done in the background. */
    void submit(SegmentJob job);

    /**
     * Answers {@link ShardLogListener#onTrimWanted}: about {@code liveBytes} of what the wanted extent holds are still
     * needed.
     */
    void survey(Extent wanted);

    /**
     * Replaces the shard's checkpoint. What it does not need any more is freed when it is on stable storage. One at a
     * time: the one before is answered.
     */
    void checkpoint(Checkpoint checkpoint);
}
