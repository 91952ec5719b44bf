package io.millrace.storage.run;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads all of a run and says what is damaged: for tools and scrubbing. Blocks; used once, by one thread. */
public final class RunVerifier {
    /** The length of a block. */
    public static final int BLOCK_BYTES = RunFormat.BLOCK_BYTES;

    private static final int BLOCKS_PER_READ = 16;

    private final SegmentStore store;
    private final long segment;
    private final List<RunDamage> damages = new ArrayList<>();
    private final Crc32c crc = new Crc32c();
    private final ByteBuffer buffer = ByteBuffer.allocate(BLOCKS_PER_READ * BLOCK_BYTES);
    private final RecordDecoder decoder = new RecordDecoder();
    private final Place first = new Place();
    private final Place last = new Place();
    private long records;

    /** One record. */
    private static final class Place extends RecordSource {
        @Override
        boolean advance() {
            return false;
        }
    }

    private RunVerifier(SegmentStore store, long segment) {
        this.store = store;
        this.segment = segment;
    }

    /**
     * Verifies every block of the run in {@code segment}, that its records are in order, and that the footer speaks of
     * them. Returns what is damaged, nothing where the run is sound. Fails where the disk does, and with a version that
     * it does not know.
     */
    public static List<RunDamage> verify(SegmentStore store, long segment) throws IOException {
        RunVerifier verifier = new RunVerifier(store, segment);
        verifier.verify();
        return verifier.damages;
    }

    private void verify() throws IOException {
        int kind = -1;
        try {
            kind = RunLayout.readHeader(store, segment);
        } catch (CorruptEntryException e) {
            note(0, e);
        }
        RunLayout layout;
        try {
            layout = RunLayout.readFooter(store, segment);
        } catch (CorruptEntryException e) {
            // Nothing says what the other blocks should be.
            note((int) Math.max(0, store.size(segment) / BLOCK_BYTES - 1), e);
            return;
        }
        verify(RunFormat.RECORDS, 0, layout.recordBlock(0), layout.recordBlocks());
        for (int level = 1; level <= layout.levels(); level++) {
            verify(
                    RunFormat.NODE,
                    level,
                    layout.nodeBlock(level, 0),
                    layout.nodeBlocks().get(level - 1));
        }
        verify(RunFormat.FILTER, 0, layout.filterBlock(0), layout.filterBlocks());
        if (damages.isEmpty() && (kind != layout.kind() || !speaksOfRecords(layout))) {
            note(layout.footerBlock(), "the footer is not about these records");
        }
    }

    private void verify(int type, int level, int from, int count) throws IOException {
        for (int done = 0; done < count; done += BLOCKS_PER_READ) {
            int blocks = Math.min(BLOCKS_PER_READ, count - done);
            buffer.clear().limit(blocks * BLOCK_BYTES);
            store.read(segment, RunFormat.offset(from + done), buffer);
            for (int i = 0; i < blocks; i++) {
                int block = from + done + i;
                try {
                    RunFormat.verify(crc, buffer, i * BLOCK_BYTES, segment, block, type, level);
                } catch (CorruptEntryException e) {
                    note(block, e);
                    continue;
                }
                if (type == RunFormat.RECORDS) {
                    verifyOrder(block, i * BLOCK_BYTES);
                }
            }
        }
    }

    private void verifyOrder(int block, int at) {
        decoder.beginBlock(buffer, at);
        while (decoder.next()) {
            if (records == 0) {
                first.set(decoder.key, decoder.sub, decoder.value);
            } else if (last.compareTo(decoder.key, decoder.sub, decoder.value) >= 0) {
                note(block, RunFormat.place(segment, block) + ": the records are not in order");
                return;
            }
            last.set(decoder.key, decoder.sub, decoder.value);
            records++;
        }
    }

    private boolean speaksOfRecords(RunLayout layout) {
        return records == layout.records()
                && first.compareTo(layout.firstKey(), layout.firstSub(), layout.firstValue()) == 0
                && last.compareTo(layout.lastKey(), layout.lastSub(), layout.lastValue()) == 0;
    }

    private void note(int block, CorruptEntryException reason) {
        note(block, String.valueOf(reason.getMessage()));
    }

    private void note(int block, String reason) {
        damages.add(new RunDamage(segment, block, reason));
    }
}
