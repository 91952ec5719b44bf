package io.millrace.storage.run;

import static io.millrace.storage.run.RunFormat.BLOCK_BYTES;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the footer of a run says: how many blocks of which type there are, which gives the place of each, and between
 * which records everything lies. Immutable.
 *
 * @param kind what the owner of the index called it
 * @param records how many records there are, 1 or more
 * @param recordBlocks the number of blocks with records
 * @param filterBlocks the number of blocks of the filter, 0 for none
 * @param nodeBlocks the number of nodes by level of the block index, from the lowest; the last is 1; empty where there
 *     is just one block of records
 */
record RunLayout(
        int kind,
        long records,
        long firstKey,
        long firstSub,
        long firstValue,
        long lastKey,
        long lastSub,
        long lastValue,
        int recordBlocks,
        int filterBlocks,
        List<Integer> nodeBlocks) {
    /** The length of a layout in bytes, in the footer and in a description. */
    static final int BYTES = RunFormat.FOOTER_END - RunFormat.BODY_AT;

    RunLayout {
        nodeBlocks = List.copyOf(nodeBlocks);
    }

    /** The levels of the block index. */
    int levels() {
        return nodeBlocks.size();
    }

    /** The number of the block with records {@code index}. */
    int recordBlock(int index) {
        return 1 + index;
    }

    /** The number of node {@code index} of level {@code level}, 1 for the lowest. */
    int nodeBlock(int level, int index) {
        int block = 1 + recordBlocks + index;
        for (int below = 1; below < level; below++) {
            block += nodeBlocks.get(below - 1);
        }
        return block;
    }

    /** The number of block {@code index} of the filter. */
    int filterBlock(int index) {
        return nodeBlock(levels() + 1, index);
    }

    /** The number of the last block. */
    int footerBlock() {
        return filterBlock(filterBlocks);
    }

    /** Writes it at {@code index} of {@code target}. */
    void write(ByteBuffer target, int index) {
        int at = index - RunFormat.BODY_AT;
        target.putInt(at + RunFormat.KIND_AT, kind);
        target.putLong(at + RunFormat.RECORDS_AT, records);
        target.putLong(at + RunFormat.FIRST_KEY_AT, firstKey);
        target.putLong(at + RunFormat.FIRST_SUB_AT, firstSub);
        target.putLong(at + RunFormat.FIRST_VALUE_AT, firstValue);
        target.putLong(at + RunFormat.LAST_KEY_AT, lastKey);
        target.putLong(at + RunFormat.LAST_SUB_AT, lastSub);
        target.putLong(at + RunFormat.LAST_VALUE_AT, lastValue);
        target.putInt(at + RunFormat.RECORD_BLOCKS_AT, recordBlocks);
        target.putInt(at + RunFormat.FILTER_BLOCKS_AT, filterBlocks);
        target.putInt(at + RunFormat.LEVELS_AT, levels());
        for (int i = 0; i < RunFormat.LEVELS_MAX; i++) {
            target.putInt(at + RunFormat.NODE_BLOCKS_AT + i * Integer.BYTES, i < levels() ? nodeBlocks.get(i) : 0);
        }
    }

    /** Reads one at {@code index} of {@code source}, whose checksum was verified. */
    static RunLayout read(ByteBuffer source, int index) {
        int at = index - RunFormat.BODY_AT;
        List<Integer> nodes = new ArrayList<>();
        int levels = source.getInt(at + RunFormat.LEVELS_AT);
        for (int i = 0; i < levels; i++) {
            nodes.add(source.getInt(at + RunFormat.NODE_BLOCKS_AT + i * Integer.BYTES));
        }
        return new RunLayout(
                source.getInt(at + RunFormat.KIND_AT),
                source.getLong(at + RunFormat.RECORDS_AT),
                source.getLong(at + RunFormat.FIRST_KEY_AT),
                source.getLong(at + RunFormat.FIRST_SUB_AT),
                source.getLong(at + RunFormat.FIRST_VALUE_AT),
                source.getLong(at + RunFormat.LAST_KEY_AT),
                source.getLong(at + RunFormat.LAST_SUB_AT),
                source.getLong(at + RunFormat.LAST_VALUE_AT),
                source.getInt(at + RunFormat.RECORD_BLOCKS_AT),
                source.getInt(at + RunFormat.FILTER_BLOCKS_AT),
                nodes);
    }

    /** Reads the header of the run in {@code segment} and returns its kind; refuses a version that it does not know. */
    static int readHeader(SegmentStore store, long segment) throws IOException, CorruptEntryException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        store.read(segment, 0, block);
        // Every version keeps checksum, magic and version of the first block where they are.
        RunFormat.verify(new Crc32c(), block, 0, segment, 0, RunFormat.HEADER, 0);
        if (block.getLong(RunFormat.MAGIC_AT) != RunFormat.MAGIC) {
            throw new CorruptEntryException(RunFormat.place(segment, 0), "this is not the header of a run");
        }
        int version = block.getInt(RunFormat.VERSION_AT);
        if (version != RunFormat.VERSION) {
            throw new IOException("the run in segment " + segment + " has format " + version
                    + ", this Millrace reads format " + RunFormat.VERSION + "; use the version that wrote it");
        }
        return block.getInt(RunFormat.HEADER_KIND_AT);
    }

    /** Reads the footer of the run in {@code segment}, its last block. */
    static RunLayout readFooter(SegmentStore store, long segment) throws IOException, CorruptEntryException {
        long bytes = store.size(segment);
        if (bytes == 0 || bytes % BLOCK_BYTES != 0) {
            throw new CorruptEntryException("run in segment " + segment, bytes + " bytes are no whole blocks");
        }
        int last = Math.toIntExact(bytes / BLOCK_BYTES - 1);
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        store.read(segment, RunFormat.offset(last), block);
        RunFormat.verify(new Crc32c(), block, 0, segment, last, RunFormat.FOOTER, 0);
        RunLayout layout = read(block, RunFormat.BODY_AT);
        if (layout.footerBlock() != last) {
            throw new CorruptEntryException(RunFormat.place(segment, last), "the footer is of another run");
        }
        return layout;
    }
}
