package io.millrace.storage.run;

import static io.millrace.storage.run.RunFormat.BLOCK_BYTES;
import static io.millrace.storage.run.RunFormat.BODY_AT;

import io.millrace.base.Check;
import io.millrace.storage.SegmentOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a run, front to back: {@link #add} each record in order, then {@link #endRecords}, {@link #writeFilter} until
 * it is done, {@link #finish}. On the agent that runs the job.
 *
 * <p>Heap while it is written: 64 KiB, 24 bytes for each block of records, and the filter, 1.25 to 2.5 bytes for each
 * record that there may be.
 */
final class RunWriter {
    private static final int BUFFER_BYTES = 16 * BLOCK_BYTES;
    private static final int FILTER_BLOCKS_PER_STEP = 256;

    private final SegmentOutput output;
    private final long segment;
    private final int kind;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final RecordEncoder encoder = new RecordEncoder();
    private final RecordList bounds = new RecordList();
    private final List<Integer> nodeBlocks = new ArrayList<>();
    private final ByteBuffer[] filter;
    private int filterBlocksWritten;
    private int block;
    private int blockAt;
    private int entries;
    private int recordBlocks;

    private long records;
    private long firstKey;
    private long firstSub;
    private long firstValue;
    private long lastKey;
    private long lastSub;
    private long lastValue;

    /** Begins a run of at most {@code recordsMax} records in {@code output}, with or without a filter. */
    RunWriter(SegmentOutput output, long segment, int kind, long recordsMax, boolean isFiltered) throws IOException {
        this.output = output;
        this.segment = segment;
        this.kind = kind;
        filter = new ByteBuffer[isFiltered ? RunFilter.blocks(recordsMax) : 0];
        for (int i = 0; i < filter.length; i++) {
            filter[i] = ByteBuffer.allocate(BLOCK_BYTES);
        }
        buffer.putLong(RunFormat.MAGIC_AT, RunFormat.MAGIC);
        buffer.putInt(RunFormat.VERSION_AT, RunFormat.VERSION);
        buffer.putInt(RunFormat.HEADER_KIND_AT, kind);
        endBlock(RunFormat.HEADER, 0, 0, RunFormat.HEADER_END - BODY_AT);
    }

    /** How many records were added. */
    long records() {
        return records;
    }

    /** Adds a record, greater than the one before. */
    void add(long key, long sub, long value) throws IOException {
        Check.that(
                records == 0 || RecordOrder.compare(lastKey, lastSub, lastValue, key, sub, value) < 0,
                "records of a run are added in order");
        if (blockAt + BLOCK_BYTES - buffer.position() < RecordEncoder.RECORD_BYTES_MAX) {
            endRecordBlock();
        }
        if (entries == 0) {
            encoder.reset();
            BlockIndex.addBound(bounds, lastKey, lastSub, key, sub, value, recordBlocks == 0);
        }
        encoder.encode(buffer, key, sub, value);
        entries++;
        if (records == 0) {
            firstKey = key;
            firstSub = sub;
            firstValue = value;
        }
        records++;
        lastKey = key;
        lastSub = sub;
        lastValue = value;
        if (filter.length > 0) {
            long hash = RunFilter.hash(key);
            RunFilter.set(filter[RunFilter.block(hash, filter.length)], 0, hash, filter.length);
        }
    }

    /** Ends the records, of which there must be some, and writes the block index. */
    void endRecords() throws IOException {
        Check.that(records > 0, "a run has records");
        endRecordBlock();
        RecordList children = bounds;
        for (int level = 1; children.count() > 1; level++) {
            RecordList nodes = new RecordList();
            for (int child = 0; child < children.count(); ) {
                nodes.add(children.key(child), children.sub(child), children.value(child));
                int count = BlockIndex.writeNode(buffer, blockAt + BLOCK_BYTES, children, child);
                endBlock(RunFormat.NODE, level, count, buffer.position() - blockAt - BODY_AT);
                child += count;
            }
            nodeBlocks.add(nodes.count());
            children = nodes;
        }
    }

    /** Writes up to a MiB of the filter; returns whether that was the rest of it. */
    boolean writeFilter() throws IOException {
        int end = Math.min(filter.length, filterBlocksWritten + FILTER_BLOCKS_PER_STEP);
        for (; filterBlocksWritten < end; filterBlocksWritten++) {
            buffer.put(blockAt + BODY_AT, filter[filterBlocksWritten], BODY_AT, RunFilter.BODY_BYTES);
            endBlock(RunFormat.FILTER, 0, 0, RunFilter.BODY_BYTES);
        }
        return end == filter.length;
    }

    /** The blocks of the filter, without what surrounds their bodies on disk; empty where there is none. */
    ByteBuffer[] filter() {
        return filter;
    }

    /** Ends the run, which is not sealed yet. */
    RunLayout finish() throws IOException {
        RunLayout layout = new RunLayout(
                kind,
                records,
                firstKey,
                firstSub,
                firstValue,
                lastKey,
                lastSub,
                lastValue,
                recordBlocks,
                filter.length,
                nodeBlocks);
        layout.write(buffer, blockAt + BODY_AT);
        endBlock(RunFormat.FOOTER, 0, 0, RunLayout.BYTES);
        flush();
        return layout;
    }

    private void endRecordBlock() throws IOException {
        endBlock(RunFormat.RECORDS, 0, entries, buffer.position() - blockAt - BODY_AT);
        recordBlocks++;
        entries = 0;
    }

    private void endBlock(int type, int level, int blockEntries, int bodyBytes) throws IOException {
        RunFormat.seal(buffer, blockAt, segment, block, type, level, blockEntries, bodyBytes);
        block = Math.incrementExact(block);
        blockAt += BLOCK_BYTES;
        if (blockAt == BUFFER_BYTES) {
            flush();
        }
        buffer.position(blockAt + BODY_AT);
    }

    private void flush() throws IOException {
        buffer.position(0).limit(blockAt);
        output.write(buffer);
        buffer.clear();
        blockAt = 0;
    }
}
