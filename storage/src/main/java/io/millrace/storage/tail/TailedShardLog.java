package io.millrace.storage.tail;

import io.millrace.storage.ShardLog;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A shard log whose records are written from its {@link LogTail}: the owner's loop appends and flushes, a writer takes
 * what is {@link #writable}, whoever syncs publishes how far that has come, and the loop takes it over. The loop's, but
 * for what says otherwise.
 */
public abstract class TailedShardLog implements ShardLog {
    private final LogTail tail;
    /** What was flushed and not taken over as synced, and what waits in front of the logs, of all logs of the store. */
    private final AtomicLong unsyncedBytes;

    private long flushed;
    private long toldSynced;

    /** Up to where the writer may write; published by {@link #flush}. */
    private volatile long writable;
    /** Published by whoever syncs. */
    private volatile long synced;

    /**
     * A log that goes on at {@code position}, in chunks of {@code chunkBytes}, about {@code tailBytes} of which are
     * kept; its store counts what is not synced in {@code unsyncedBytes}.
     */
    protected TailedShardLog(long position, int chunkBytes, long tailBytes, AtomicLong unsyncedBytes) {
        this.tail = new LogTail(position, chunkBytes, tailBytes);
        this.unsyncedBytes = unsyncedBytes;
        this.flushed = position;
        this.toldSynced = position;
        this.writable = position;
        this.synced = position;
    }

    @Override
    public final ByteBuf reserve(int bytes) {
        return tail.reserve(bytes, toldSynced);
    }

    @Override
    public final long commit() {
        return tail.commit();
    }

    @Override
    public final void flush() {
        long appended = tail.appended();
        if (flushed != appended && mayFlush()) {
            unsyncedBytes.addAndGet(appended - flushed);
            flushed = appended;
            writable = appended;
            onFlushed();
        }
    }

    /** Whether what is flushed has somebody to write it. */
    protected boolean mayFlush() {
        return true;
    }

    /** There is more for the writer. */
    protected abstract void onFlushed();

    @Override
    public final long appendedPosition() {
        return tail.appended();
    }

    @Override
    public final long syncedPosition() {
        return toldSynced;
    }

    @Override
    public final long unsyncedBytes() {
        return unsyncedBytes.get() + (tail.appended() - flushed);
    }

    @Override
    public final void noteWaiting(long bytes) {
        unsyncedBytes.addAndGet(bytes);
    }

    @Override
    public final @Nullable ByteBuf readTail(long position, int bytes) {
        return tail.read(position, bytes);
    }

    /** Takes over what was published as synced; returns whether that is more than before. */
    protected final boolean takeSynced() {
        long published = synced;
        if (published == toldSynced) {
            return false;
        }
        unsyncedBytes.addAndGet(toldSynced - published);
        toldSynced = published;
        tail.evict(published);
        return true;
    }

    /** What was flushed and is not synced never will be, and is not on its way any more. */
    protected final void giveUpUnsynced() {
        unsyncedBytes.addAndGet(toldSynced - flushed);
    }

    /** Frees the memory; the log is not used afterwards, and the writer has ended. */
    public final void close() {
        tail.close();
    }

    /** Up to where the writer may write. Any thread. */
    public final long writable() {
        return writable;
    }

    /** The first chunk, once something is {@link #writable}; once, and for the writer. */
    public final @Nullable TailChunk takeFirstChunk() {
        return tail.takeFirst();
    }

    /** All below {@code position} is on stable storage. Whoever syncs; one thread. */
    protected final void setSynced(long position) {
        synced = position;
    }
}
