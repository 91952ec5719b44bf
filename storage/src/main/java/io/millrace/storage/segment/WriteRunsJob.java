package io.millrace.storage.segment;

import io.millrace.base.Check;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.EntryRecord;
import io.millrace.storage.ReadBatch;
import io.millrace.storage.SegmentJob;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.ShardLog;
import io.millrace.storage.index.DirectoryBlock;
import io.millrace.storage.index.IndexBlock;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a segment of entries: the records of each log back to back, then their index. Where the records may stay where
 * they are (an adopted extent), the index alone. Records are copied as they are, damaged ones too: whoever reads them
 * verifies them. An entry that several of the logs share is written once, with the first of them.
 */
public abstract class WriteRunsJob extends SegmentJob {
    private static final Logger LOG = LoggerFactory.getLogger(WriteRunsJob.class);
    private static final int STEP_BYTES = 1 << 20;
    private static final int STEP_ENTRIES = 32_768;

    private final int shard;
    private final long segment;
    private final boolean adopt;
    private final List<RunPlan> plans;
    private final List<SealedRun> runs = new ArrayList<>();
    private final IndexCursor cursor = new IndexCursor();
    private final SharedPlaces places = new SharedPlaces();
    private @Nullable SegmentWriter writer;
    private @Nullable ByteBuf memory;
    /** The blocks of the log at hand with their new addresses. */
    private List<IndexBlock> written = new ArrayList<>();

    private final List<List<IndexBlock>> writtenRuns = new ArrayList<>();
    private int plan;
    private int block = -1;
    private boolean hasEntry;
    private boolean gathered;
    private long segmentBytes;

    /**
     * Will write {@code plans}, in the order of their logs, as segment {@code segment} of {@code shard}. They may be
     * filled by {@link #gather}; where there are none then, no segment is written.
     */
    protected WriteRunsJob(int shard, long segment, boolean adopt, List<RunPlan> plans) {
        this.shard = shard;
        this.segment = segment;
        this.adopt = adopt;
        this.plans = plans;
    }

    /** The number of the segment. */
    public final long segment() {
        return segment;
    }

    /** What was written of each log, in the order of the plans. */
    public final List<SealedRun> runs() {
        return runs;
    }

    /** The plans. */
    public final List<RunPlan> plans() {
        return plans;
    }

    /** The length of the segment. */
    public final long segmentBytes() {
        return segmentBytes;
    }

    /** The bytes of the entries that it says where to find. */
    public final long entryBytes() {
        return runs.stream().mapToLong(SealedRun::bytes).sum();
    }

    /**
     * Does a piece of finding out what is to be written, before the first record is copied; returns whether it was the
     * last. On the background agent.
     */
    protected boolean gather(SegmentStore store) throws IOException {
        return true;
    }

    /** The segment that it copies from now, {@link ReadBatch#LOG} for the log or where it does not copy. */
    public final long source() {
        return hasEntry ? cursor.segment() : ReadBatch.LOG;
    }

    @Override
    public final boolean step(SegmentStore store) throws IOException {
        if (!gathered) {
            gathered = gather(store);
            return gathered && plans.isEmpty();
        }
        SegmentWriter target = writer;
        if (target == null) {
            target = new SegmentWriter(store, SegmentFormat.KIND_ENTRIES, shard, segment);
            writer = target;
        }
        if (!adopt && copyRecords(store, target)) {
            return false;
        }
        writeIndex(target);
        release();
        return true;
    }

    /** Copies some records; returns whether there are more. */
    private boolean copyRecords(SegmentStore store, SegmentWriter target) throws IOException {
        ByteBuf buffer = memory;
        if (buffer == null) {
            buffer = PooledByteBufAllocator.DEFAULT.directBuffer(STEP_BYTES, STEP_BYTES);
            memory = buffer;
        }
        if (!hasEntry && !advance()) {
            return false;
        }
        if (passWritten()) {
            return true;
        }
        if (cursor.bytes() > STEP_BYTES) {
            copyLarge(store, target, buffer.nioBuffer(0, STEP_BYTES));
            return true;
        }
        // Records that lie back to back are read in one go.
        IndexBlock from = plans.get(plan).blocks().get(block);
        long start = cursor.address();
        int gap = cursor.segment() == ReadBatch.LOG ? ShardLog.LENGTH_BYTES : 0;
        long address = target.address();
        int bytes = 0;
        List<int[]> pieces = new ArrayList<>();
        IndexBlock in = from;
        while (hasEntry
                && in == from
                && cursor.address() == start + bytes
                && bytes + cursor.bytes() + gap <= STEP_BYTES
                && !isWritten()) {
            pieces.add(new int[] {bytes, cursor.bytes()});
            note(address);
            address += cursor.bytes();
            bytes += cursor.bytes() + gap;
            advance();
            in = hasEntry ? plans.get(plan).blocks().get(block) : from;
        }
        ByteBuffer source = buffer.nioBuffer(0, bytes - gap);
        readPieces(store, from.segment(), start, source, pieces);
        for (int[] piece : pieces) {
            ByteBuffer record = source.slice(piece[0], piece[1]);
            noteShared(record, from.segment(), start + piece[0], target);
            target.writeRecords(record);
        }
        return true;
    }

    /** Passes over entries that were written with another log, some at a time; returns whether there are any. */
    private boolean passWritten() {
        int passed = 0;
        while (passed < STEP_ENTRIES && hasEntry && isWritten()) {
            note(places.find(cursor.segment(), cursor.address()));
            advance();
            passed++;
        }
        return passed > 0;
    }

    private boolean isWritten() {
        return places.find(cursor.segment(), cursor.address()) != SharedPlaces.NONE;
    }

    /** Notes where {@code record}, or the beginning of it, is written next, if other logs may have it too. */
    private void noteShared(ByteBuffer record, long source, long address, SegmentWriter target) {
        if (record.get(record.position()) == EntryRecord.SHARED_KIND) {
            places.note(source, address, target.address());
        }
    }

    private void copyLarge(SegmentStore store, SegmentWriter target, ByteBuffer buffer) throws IOException {
        note(target.address());
        for (int at = 0; at < cursor.bytes(); at += buffer.limit()) {
            buffer.clear().limit(Math.min(STEP_BYTES, cursor.bytes() - at));
            read(store, cursor.segment(), cursor.address() + at, buffer);
            if (at == 0) {
                noteShared(buffer.duplicate().rewind(), cursor.segment(), cursor.address(), target);
            }
            target.writeRecords(buffer.duplicate().clear().limit(buffer.limit()));
        }
        advance();
    }

    /** Notes that the record at hand will be at {@code address}. */
    private void note(long address) {
        IndexBlock last = written.isEmpty() ? null : written.get(written.size() - 1);
        if (last == null || last.isFull()) {
            last = new IndexBlock(segment);
            written.add(last);
        }
        last.add(cursor.firstOffset(), cursor.span(), address, cursor.bytes());
        last.noteTime(cursor.latestMillis());
    }

    /** Reads the records in one go; where something cannot be read, one by one, so that it costs no other record. */
    private void readPieces(SegmentStore store, long from, long start, ByteBuffer target, List<int[]> pieces)
            throws IOException {
        try {
            readFrom(store, from, start, target.duplicate());
        } catch (IOException e) {
            if (!isDamage(e)) {
                throw e;
            }
            for (int[] piece : pieces) {
                read(store, from, start + piece[0], target.slice(piece[0], piece[1]));
            }
        }
    }

    private void read(SegmentStore store, long source, long address, ByteBuffer target) throws IOException {
        try {
            readFrom(store, source, address, target);
        } catch (IOException e) {
            if (!isDamage(e)) {
                throw e;
            }
            // Nothing can be read there; zeros in its place will fail their checksum as the record would.
            LOG.error("{} bytes at {} of shard {} cannot be read and are lost", target.limit(), address, shard, e);
            target.rewind();
            while (target.hasRemaining()) {
                target.put((byte) 0);
            }
        }
    }

    private static void readFrom(SegmentStore store, long source, long address, ByteBuffer target) throws IOException {
        if (source == ReadBatch.LOG) {
            store.readLog(address, target);
        } else {
            store.read(source, address, target);
        }
    }

    private static boolean isDamage(IOException failure) {
        return failure.getCause() instanceof CorruptEntryException;
    }

    /** Goes to the next entry of all. */
    private boolean advance() {
        while (plan < plans.size()) {
            if (block >= 0 && cursor.next()) {
                hasEntry = true;
                return true;
            }
            block++;
            if (block < plans.get(plan).blocks().size()) {
                cursor.start(plans.get(plan).blocks().get(block));
            } else {
                writtenRuns.add(written);
                written = new ArrayList<>();
                plan++;
                block = -1;
            }
        }
        hasEntry = false;
        return false;
    }

    private void writeIndex(SegmentWriter target) throws IOException {
        for (int i = 0; i < plans.size(); i++) {
            RunPlan each = plans.get(i);
            runs.add(writeRun(target, each, adopt ? each.blocks() : writtenRuns.get(i)));
        }
        ByteBuffer contents = ByteBuffer.allocate(Integer.BYTES + runs.size() * (Long.BYTES + SealedRun.STORED_BYTES));
        contents.putInt(runs.size());
        for (int i = 0; i < runs.size(); i++) {
            contents.putLong(plans.get(i).logId());
            runs.get(i).writeTo(contents);
        }
        segmentBytes = target.seal(contents.flip());
    }

    private SealedRun writeRun(SegmentWriter target, RunPlan run, List<IndexBlock> blocks) throws IOException {
        DirectoryBlock directory = new DirectoryBlock();
        long latest = IndexBlock.NO_TIME;
        for (IndexBlock each : blocks) {
            ByteBuffer content = ByteBuffer.allocate(each.storedBytes());
            each.writeTo(content);
            long address = target.writeBlock(SegmentFormat.BLOCK_ENTRIES, content.flip());
            directory.add(each.firstOffset(), address, target.lastBlockBytes(), each.latestMillis());
            latest = Math.max(latest, each.latestMillis());
        }
        long root = directory.address(0);
        int rootBytes = directory.bytes(0);
        if (directory.count() > 1) {
            ByteBuffer content = ByteBuffer.allocate(directory.storedBytes());
            directory.writeTo(content);
            root = target.writeBlock(SegmentFormat.BLOCK_DIRECTORY, content.flip());
            rootBytes = target.lastBlockBytes();
        }
        long first = blocks.get(0).firstOffset();
        long end = blocks.get(blocks.size() - 1).endOffset();
        return new SealedRun(
                segment, root, rootBytes, first, end, run.entries(), run.bytes(), run.messages(), latest, adopt);
    }

    private void release() {
        ByteBuf buffer = memory;
        if (buffer != null) {
            memory = null;
            buffer.release();
        }
    }

    @Override
    public final void abandon() {
        release();
        try {
            if (writer != null) {
                Check.notNull(writer, "it was begun").abandon();
            }
        } catch (IOException e) {
            LOG.warn("what was written of segment {} of shard {} stays until the next start", segment, shard, e);
        }
    }
}
