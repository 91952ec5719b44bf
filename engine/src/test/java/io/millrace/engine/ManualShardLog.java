package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.base.Loop;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.Replay;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A shard log in memory for tests of the engine: it syncs, fails, forgets and damages when it is told to. Left alone,
 * it syncs with every flush and has everything in memory. Used on one thread.
 */
final class ManualShardLog implements ShardLog {
    /** What lies between two records, as the length in front of each does in the journal. */
    private static final int GAP_BYTES = 4;

    /** Leaks are counted exactly here, so the detector, which is slow, is not needed. */
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);

    private final NavigableMap<Long, ByteBuf> records = new TreeMap<>();
    private final Set<Long> damaged = new HashSet<>();
    private final ArrayDeque<ReadBatch> reads = new ArrayDeque<>();
    private final Loop loop;
    private ShardLogListener listener;
    private ByteBuf reserved;
    private long appended;
    private long flushed;
    private long synced;
    private long trimmed;
    private long tailStart;
    private boolean syncsAtOnce = true;
    private boolean readsAtOnce = true;
    private boolean hasSpace = true;
    private boolean failed;

    ManualShardLog(Loop loop) {
        this.loop = loop;
    }

    void listener(ShardLogListener told) {
        listener = told;
    }

    // What tests do to it.

    /** From now on records are synced with the flush, or only by {@link #sync}. */
    void syncAtOnce(boolean atOnce) {
        syncsAtOnce = atOnce;
    }

    /** Syncs everything that was flushed. */
    void sync() {
        syncBelow(flushed);
    }

    /** Syncs the records below {@code position}. */
    void syncBelow(long position) {
        Check.that(position <= flushed, "what was not flushed cannot be synced");
        if (position > synced && !failed) {
            synced = position;
            listener.onSynced(position);
        }
    }

    /** Fails for good. */
    void fail() {
        failed = true;
        listener.onFailed(new IOException("the disk is gone"));
    }

    /** Whether there is space for new messages. */
    void space(boolean available) {
        hasSpace = available;
        listener.onSpaceChanged(available);
    }

    /** Drops from memory what was appended so far: it must be read from now on. */
    void forgetTail() {
        tailStart = appended;
    }

    /** From now on reads are answered by themselves, or only by {@link #completeReads}. */
    void readAtOnce(boolean atOnce) {
        readsAtOnce = atOnce;
    }

    /** Answers the reads that wait. */
    void completeReads() {
        while (!reads.isEmpty()) {
            complete(reads.remove());
        }
    }

    /** Has the body of the record at {@code position} read with a flipped bit. */
    void damage(long position) {
        damaged.add(position);
    }

    /** Asks the owner to give up what lies below {@code position}. */
    void wantTrim(long position) {
        listener.onTrimWanted(position);
    }

    /** Below this position the owner needs nothing. */
    long trimmed() {
        return trimmed;
    }

    /** The positions of the records of this kind, in order. */
    List<Long> positionsOf(byte kind) {
        List<Long> positions = new ArrayList<>();
        records.forEach((position, record) -> {
            if (record.getByte(record.readerIndex()) == kind) {
                positions.add(position);
            }
        });
        return positions;
    }

    /** The bytes of the record at {@code position}; the log's. */
    ByteBuf record(long position) {
        return records.get(position).duplicate();
    }

    /** Bytes that somebody holds beside the records themselves. */
    long heldBytes() {
        long own = records.values().stream().mapToLong(ByteBuf::capacity).sum();
        return allocator.metric().usedDirectMemory() - own;
    }

    /** References to records that somebody holds beside the log. */
    long heldRecords() {
        return records.values().stream()
                .mapToLong(record -> record.refCnt() - 1)
                .sum();
    }

    // What happens to a log when its process ends.

    /**
     * The log as the next process finds it: without what was not synced, and without what lies below {@code from},
     * which is at most {@link #trimmed}. This one is of no use afterwards.
     */
    ManualShardLog crash(Loop nextLoop, long from) {
        Check.that(from <= trimmed, "what is needed is not deleted");
        return survivors(nextLoop, position -> position >= from);
    }

    /** The same without the records that {@code kept} refuses: they are lost to damage. */
    ManualShardLog survivors(Loop nextLoop, Predicate<Long> kept) {
        ManualShardLog next = new ManualShardLog(nextLoop);
        for (Map.Entry<Long, ByteBuf> each : records.headMap(synced).entrySet()) {
            if (kept.test(each.getKey())) {
                next.records.put(
                        each.getKey(),
                        next.allocator.directBuffer().writeBytes(each.getValue().duplicate()));
            }
        }
        next.appended = synced;
        next.flushed = synced;
        next.synced = synced;
        next.tailStart = synced;
        next.damaged.addAll(damaged);
        close();
        return next;
    }

    void replayInto(Replay replay) {
        records.forEach((position, record) -> replay.onRecord(position, record.duplicate()));
    }

    /** Frees the memory. */
    void close() {
        records.values().forEach(ByteBuf::release);
        records.clear();
    }

    // What the shard does with it.

    @Override
    public ByteBuf reserve(int bytes) {
        Check.that(reserved == null, "the record before was not committed");
        reserved = allocator.directBuffer(bytes, bytes);
        return reserved;
    }

    @Override
    public long commit() {
        Check.that(reserved != null && !reserved.isWritable(), "a record is written as long as it was reserved");
        long position = appended;
        records.put(position, reserved);
        appended += reserved.readableBytes() + GAP_BYTES;
        reserved = null;
        return position;
    }

    @Override
    public void flush() {
        if (flushed < appended) {
            flushed = appended;
            if (syncsAtOnce) {
                loop.execute(this::sync);
            }
        }
    }

    @Override
    public long appendedPosition() {
        return appended;
    }

    @Override
    public long syncedPosition() {
        return synced;
    }

    @Override
    public long unsyncedBytes() {
        return appended - synced;
    }

    @Override
    public boolean hasSpace() {
        return hasSpace;
    }

    @Override
    public ByteBuf readTail(long position, int bytes) {
        return position < tailStart ? null : found(position, bytes).retainedSlice();
    }

    @Override
    public void read(ReadBatch batch) {
        if (readsAtOnce) {
            loop.execute(() -> complete(batch));
        } else {
            reads.add(batch);
        }
    }

    @Override
    public void trim(long position) {
        Check.that(position <= synced, "trim at %d is ahead of what is synced, %d", position, synced);
        trimmed = Math.max(trimmed, position);
    }

    private void complete(ReadBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            long position = batch.position(i);
            if (position < trimmed) {
                batch.fail(i, new CorruptEntryException("position " + position, "it was trimmed"));
                continue;
            }
            ByteBuf copy = allocator
                    .directBuffer()
                    .writeBytes(found(position, batch.bytes(i)).duplicate());
            if (damaged.contains(position)) {
                int last = copy.writerIndex() - 1;
                copy.setByte(last, copy.getByte(last) ^ 1);
            }
            batch.give(i, copy);
        }
        batch.onComplete();
    }

    private ByteBuf found(long position, int bytes) {
        ByteBuf record = records.get(position);
        Check.that(record != null && record.readableBytes() == bytes, "no record of %d bytes at %d", bytes, position);
        return record;
    }
}
