package io.millrace.storage.segment;

import io.millrace.storage.SegmentOutput;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes a segment: header, records, blocks, footer. For one thread; ended by {@link #seal} or {@link #abandon}. */
public final class SegmentWriter {
    private final SegmentOutput output;
    private int lastBlockBytes;

    /** Begins segment {@code segment} of {@code shard}. */
    public SegmentWriter(SegmentStore store, int kind, int shard, long segment) throws IOException {
        output = store.create(segment);
        try {
            output.write(SegmentFormat.header(kind, shard, segment));
        } catch (Throwable e) {
            output.abandon();
            throw e;
        }
    }

    /** Where the next byte will be. */
    public long address() {
        return output.size();
    }

    /** Writes what {@code records} has left, as it is. */
    public void writeRecords(ByteBuffer records) throws IOException {
        output.write(records);
    }

    /** Writes a block; returns where it is. */
    public long writeBlock(byte kind, ByteBuffer content) throws IOException {
        long address = output.size();
        lastBlockBytes = SegmentFormat.BLOCK_HEADER_BYTES + content.remaining();
        output.write(SegmentFormat.blockHeader(kind, content));
        output.write(content);
        return address;
    }

    /** The length of the block that was written last, its header included. */
    public int lastBlockBytes() {
        return lastBlockBytes;
    }

    /** Writes the contents block and the footer, and seals; returns the length of the segment. */
    public long seal(ByteBuffer contents) throws IOException {
        long address = writeBlock(SegmentFormat.BLOCK_CONTENTS, contents);
        output.write(SegmentFormat.footer(address, lastBlockBytes));
        long bytes = output.size();
        output.seal();
        return bytes;
    }

    /** Ends without sealing. */
    public void abandon() throws IOException {
        output.abandon();
    }
}
