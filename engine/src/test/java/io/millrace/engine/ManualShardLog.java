package io.millrace.engine;

import io.millrace.base.Check;
import io.millrace.base.Loop;
import io.millrace.base.file.OutOfSpaceException;
import io.millrace.storage.Checkpoint;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.Extent;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.Replay;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.ShardLog;
import io.millrace.storage.ShardLogListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
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
    /** Positions of records that damage has taken. */
    private final Set<Long> lost = new HashSet<>();

    private final ArrayDeque<ReadBatch> reads = new ArrayDeque<>();
    private final Loop loop;
    private ShardLogListener listener;
    private LongConsumer writtenListener;
    private ByteBuf reserved;
    private long appended;
    private long flushed;
    private long synced;
    private long trimmed;
    private MemorySegments segments = new MemorySegments(this, Map.of());
    private byte[] manifest;
    private List<Extent> adopted = List.of();
    private boolean mayStay;
    private boolean jobsFail;
    /** Is shown each job before it is done. */
    Consumer<SegmentJob> whenSubmitted = job -> {};

    private boolean readsFail;
    private boolean checkpointsFail;
    private long tailStart;
    private boolean syncsAtOnce = true;
    private boolean readsAtOnce = true;
    private boolean hasSpace = true;
    private boolean behind;
    private long waitingBytes;
    private int readCount;
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

    /** Hands everything that was flushed to the system, which whoever asked is told. */
    void write() {
        writtenListener.accept(flushed);
    }

    /** Whether somebody asks to be told what is written. */
    boolean tellsWritten() {
        return writtenListener != null;
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

    /** Whether old messages are moved more slowly than new ones come. */
    void behind(boolean isBehind) {
        behind = isBehind;
        listener.onBehindChanged(isBehind);
    }

    /** Drops from memory what was appended so far: it must be read from now on. */
    void forgetTail() {
        tailStart = appended;
    }

    /** From now on reads are answered by themselves, or only by {@link #completeReads}. */
    void readAtOnce(boolean atOnce) {
        readsAtOnce = atOnce;
    }

    /** From now on segments cannot be read, or can. */
    void failReads(boolean fails) {
        readsFail = fails;
    }

    /** Answers the read that waits for longest. */
    void completeRead() {
        complete(reads.remove());
    }

    /** Answers the reads that wait. */
    void completeReads() {
        while (!reads.isEmpty()) {
            complete(reads.remove());
        }
    }

    /** How many reads wait. */
    int pendingReads() {
        return reads.size();
    }

    /** How often it was asked to read, whatever in one go. */
    int readCount() {
        return readCount;
    }

    /** How many reads wait. */
    int waitingReads() {
        return reads.size();
    }

    /** Has the body of the record at {@code position} read with a flipped bit. */
    void damage(long position) {
        damaged.add(position);
    }

    /** Asks the owner to give up what lies below {@code position}. */
    void wantTrim(long position) {
        listener.onTrimWanted(position);
    }

    /** Asks the owner to do without an extent that was adopted. */
    void vacate(Extent extent) {
        listener.onVacate(extent);
    }

    /** Whether what lives in a part that is given up may stay where it is. */
    void mayStay(boolean stays) {
        mayStay = stays;
    }

    /** From now on work on segments fails for lack of space, or does not. */
    void failJobs(boolean fails) {
        jobsFail = fails;
    }

    /** From now on checkpoints find no space, or do. */
    void failCheckpoints(boolean fails) {
        checkpointsFail = fails;
    }

    /** Below this position nothing is replayed. */
    long trimmed() {
        return trimmed;
    }

    /** The extents that were adopted. */
    List<Extent> adopted() {
        return adopted;
    }

    /** What the newest checkpoint says. */
    byte[] manifest() {
        return manifest;
    }

    MemorySegments segments() {
        return segments;
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

    /** The positions of the records that were flushed and are not synced, but for the first of them. */
    List<Long> flushedPositions() {
        return new ArrayList<>(records.subMap(synced, false, flushed, false).keySet());
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

    /** The log as the next process finds it: without what was not synced. This one is of no use afterwards. */
    ManualShardLog crash(Loop nextLoop) {
        return survivors(nextLoop, position -> true);
    }

    /** The same without the records that {@code kept} refuses: they are lost to damage. */
    ManualShardLog survivors(Loop nextLoop, Predicate<Long> kept) {
        ManualShardLog next = new ManualShardLog(nextLoop);
        next.lost.addAll(lost);
        for (Map.Entry<Long, ByteBuf> each : records.headMap(synced).entrySet()) {
            if (!kept.test(each.getKey())) {
                next.lost.add(each.getKey());
            } else {
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
        next.segments = new MemorySegments(next, segments.all());
        next.manifest = manifest;
        next.adopted = adopted;
        next.trimmed = trimmed;
        close();
        return next;
    }

    void replayInto(Replay replay) {
        if (manifest != null) {
            try {
                replay.onManifest(manifest, segments);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        NavigableSet<Long> all = new TreeSet<>(records.keySet());
        all.addAll(lost);
        for (long position : all.tailSet(trimmed)) {
            if (lost.contains(position)) {
                replay.onLost(position, position + 1, "a test says so");
            } else {
                replay.onRecord(position, records.get(position).duplicate());
            }
        }
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
    public void whenWritten(LongConsumer told) {
        Check.that(writtenListener == null, "it is told once");
        writtenListener = told;
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
        return appended - synced + waitingBytes;
    }

    @Override
    public boolean hasSpace() {
        return hasSpace;
    }

    @Override
    public boolean isBehind() {
        return behind;
    }

    @Override
    public void noteWaiting(long bytes) {
        waitingBytes += bytes;
    }

    @Override
    public ByteBuf readTail(long position, int bytes) {
        return position < tailStart ? null : found(position, bytes).retainedSlice();
    }

    @Override
    public void read(ReadBatch batch) {
        readCount++;
        if (readsAtOnce) {
            loop.execute(() -> complete(batch));
        } else {
            reads.add(batch);
        }
    }

    @Override
    public void submit(SegmentJob job) {
        whenSubmitted.accept(job);
        loop.execute(() -> run(job));
    }

    private void run(SegmentJob job) {
        if (failed) {
            return;
        }
        try {
            if (jobsFail) {
                throw new OutOfSpaceException("no space");
            }
            boolean done = false;
            while (!done) {
                done = job.step(segments);
            }
            job.onDone();
        } catch (IOException e) {
            job.abandon();
            job.onFailed(e);
        }
    }

    @Override
    public void survey(Extent wanted) {
        loop.execute(() -> listener.onTrim(wanted.to(), mayStay));
    }

    @Override
    public void checkpoint(Checkpoint checkpoint) {
        Check.that(checkpoint.replayFrom() <= synced, "what is stated rests on synced records");
        Check.that(checkpoint.replayFrom() >= trimmed, "replay never begins earlier than before");
        loop.execute(() -> {
            if (checkpointsFail) {
                checkpoint.onFailed(new OutOfSpaceException("no space"));
            } else if (!failed) {
                trimmed = checkpoint.replayFrom();
                manifest = checkpoint.manifest();
                adopted = checkpoint.adopted();
                checkpoint.onStored();
            }
        });
    }

    /** Whether all of the record at {@code position} is in what was not trimmed, or was adopted. */
    private boolean isThere(long position) {
        ByteBuf record = Check.notNull(records.get(position), "there is a record");
        long end = position + GAP_BYTES + record.readableBytes();
        long at = position;
        for (Extent each : adopted) {
            at = at >= each.from() && at < each.to() ? each.to() : at;
        }
        return at >= Math.min(trimmed, end);
    }

    /** Reads the stream of records, each behind its length, from the bytes of the one at {@code position} on. */
    void readStream(long position, ByteBuffer target) throws CorruptEntryException {
        long at = position;
        Map.Entry<Long, ByteBuf> record = records.floorEntry(at);
        int skip = (int) (at - record.getKey());
        while (target.hasRemaining()) {
            if (!isThere(record.getKey())) {
                throw new CorruptEntryException("position " + position, "it was trimmed");
            }
            ByteBuf bytes = record.getValue();
            int length = Math.min(target.remaining(), bytes.readableBytes() - skip);
            bytes.getBytes(bytes.readerIndex() + skip, target.slice(target.position(), length));
            target.position(target.position() + length);
            skip = 0;
            record = records.higherEntry(record.getKey());
            for (int i = 0; i < GAP_BYTES && target.hasRemaining(); i++) {
                target.put((byte) 0);
            }
        }
    }

    private ByteBuf readSegment(ReadBatch batch, int index) throws IOException {
        if (readsFail) {
            throw new IOException("the disk does not answer");
        }
        byte[] bytes = new byte[batch.bytes(index)];
        segments.read(batch.segment(index), batch.address(index), ByteBuffer.wrap(bytes));
        return allocator.directBuffer(bytes.length).writeBytes(bytes);
    }

    /** Passes each record on by itself. */
    private void complete(ReadBatch batch) {
        for (int i = 0; i < batch.count(); i++) {
            read(batch, i);
            if (i + 1 < batch.count()) {
                batch.onPart(i + 1);
            }
        }
        batch.onComplete();
    }

    private void read(ReadBatch batch, int index) {
        long position = batch.address(index);
        if (batch.segment(index) != ReadBatch.LOG) {
            try {
                batch.give(index, readSegment(batch, index));
            } catch (IOException e) {
                batch.fail(index, e);
            }
        } else if (!isThere(position)) {
            batch.fail(index, new CorruptEntryException("position " + position, "it was trimmed"));
        } else {
            ByteBuf copy = allocator
                    .directBuffer()
                    .writeBytes(found(position, batch.bytes(index)).duplicate());
            if (damaged.contains(position)) {
                int last = copy.writerIndex() - 1;
                copy.setByte(last, copy.getByte(last) ^ 1);
            }
            batch.give(index, copy);
        }
    }

    private ByteBuf found(long position, int bytes) {
        ByteBuf record = records.get(position);
        Check.that(record != null && record.readableBytes() >= bytes, "no record of %d bytes at %d", bytes, position);
        return record.slice(record.readerIndex(), bytes);
    }
}
