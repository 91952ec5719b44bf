package io.millrace.storage.run;

import static io.millrace.storage.run.RunFormat.BLOCK_BYTES;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of a run from one on, read by an agent, which may wait. What is damaged is noted and left out. Failures
 * of the disk are {@link UncheckedIOException}s. Heap: 64 KiB.
 */
final class RunInput extends RecordSource {
    private static final int BLOCKS_PER_READ = 16;

    private final SegmentStore store;
    private final long segment;
    private final RunLayout layout;
    private final List<RunDamage> damages = new ArrayList<>();
    private final Crc32c crc = new Crc32c();
    private final RecordDecoder decoder = new RecordDecoder();
    private final ByteBuffer buffer = ByteBuffer.allocate(BLOCKS_PER_READ * BLOCK_BYTES);
    private int at;
    private int index;

    /** Begins at the first record that is not below this one; {@link #exact} where there is one. */
    RunInput(SegmentStore store, long segment, RunLayout layout, long key, long sub, long value) {
        this.store = store;
        this.segment = segment;
        this.layout = layout;
        index = seek(key, sub, value) - 1;
        buffer.limit(0);
        at = -BLOCK_BYTES;
        while (advance() && compareTo(key, sub, value) < 0) {
            // What is below it in its block was taken before.
        }
    }

    /** What could not be read so far. */
    List<RunDamage> damages() {
        return damages;
    }

    @Override
    boolean advance() {
        while (!decoder.next()) {
            if (!nextBlock()) {
                exact = false;
                return false;
            }
        }
        set(decoder.key, decoder.sub, decoder.value);
        exact = true;
        return true;
    }

    private boolean nextBlock() {
        index++;
        at += BLOCK_BYTES;
        if (index >= layout.recordBlocks()) {
            return false;
        }
        if (at == buffer.limit()) {
            int blocks = Math.min(BLOCKS_PER_READ, layout.recordBlocks() - index);
            buffer.clear().limit(blocks * BLOCK_BYTES);
            read(layout.recordBlock(index));
            at = 0;
        }
        if (isSound(layout.recordBlock(index), at, RunFormat.RECORDS, 0)) {
            decoder.beginBlock(buffer, at);
        }
        return true;
    }

    /** The block of records to begin with; the first one where the block index does not tell. */
    private int seek(long key, long sub, long value) {
        int child = 0;
        for (int level = layout.levels(); level > 0; level--) {
            int block = layout.nodeBlock(level, child);
            buffer.clear().limit(BLOCK_BYTES);
            read(block);
            if (!isSound(block, 0, RunFormat.NODE, level)) {
                return 0;
            }
            child = BlockIndex.child(buffer, 0, key, sub, value);
        }
        return child;
    }

    private void read(int block) {
        try {
            store.read(segment, RunFormat.offset(block), buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isSound(int block, int blockAt, int type, int level) {
        try {
            RunFormat.verify(crc, buffer, blockAt, segment, block, type, level);
            return true;
        } catch (CorruptEntryException e) {
            damages.add(new RunDamage(segment, block, String.valueOf(e.getMessage())));
            return false;
        }
    }
}
