package io.millrace.storage.run;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads all of a run, a step at a time, and says what is damaged: for tools and scrubbing. Blocks; used once, by one
 * thread.
 */
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
    private final ArrayDeque<Blocks> waiting = new ArrayDeque<>();
    private @Nullable RunLayout layout;
    private int kind = -1;
    private boolean opened;
    private long bytesRead;
    private long records;

    /** Blocks of one type that lie one behind the other. */
    private record Blocks(int type, int level, int from, int count) {}

    /** One record. */
    private static final class Place extends RecordSource {
        @Override
        boolean advance() {
            return false;
        }
    }

    /** Will verify the run in {@code segment}. */
    public RunVerifier(SegmentStore store, long segment) {
        this.store = store;
        this.segment = segment;
    }

    /** Whether the segment says that it is a run. One whose header is damaged may not. */
    public static boolean isRun(SegmentStore store, long segment) throws IOException {
        if (store.size(segment) < BLOCK_BYTES) {
            return false;
        }
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        store.read(segment, 0, block);
        return block.getLong(RunFormat.MAGIC_AT) == RunFormat.MAGIC;
    }

    /**
     * Verifies every block of the run in {@code segment}, that its records are in order, and that the footer speaks of
     * them. Returns what is damaged, nothing where the run is sound. Fails where the disk does, and with a version that
     * it does not know.
     */
    public static List<RunDamage> verify(SegmentStore store, long segment) throws IOException {
        RunVerifier verifier = new RunVerifier(store, segment);
        while (!verifier.step()) {
            // Each step says whether it was the last.
        }
        return verifier.damages;
    }

    /** What was found so far. */
    public List<RunDamage> damages() {
        return damages;
    }

    /** Bytes that were read so far. */
    public long bytesRead() {
        return bytesRead;
    }

    /** Verifies the next blocks; returns whether they were the last. Fails as {@link #verify} does. */
    public boolean step() throws IOException {
        if (!opened) {
            opened = true;
            open();
            return false;
        }
        Blocks next = waiting.poll();
        if (next != null) {
            int count = Math.min(BLOCKS_PER_READ, next.count);
            verify(next.type, next.level, next.from, count);
            if (count < next.count) {
                waiting.addFirst(new Blocks(next.type, next.level, next.from + count, next.count - count));
            }
            return false;
        }
        RunLayout known = layout;
        if (known != null && damages.isEmpty() && (kind != known.kind() || !speaksOfRecords(known))) {
            note(known.footerBlock(), "the footer is not about these records");
        }
        return true;
    }

    private void open() throws IOException {
        try {
            kind = RunLayout.readHeader(store, segment);
        } catch (CorruptEntryException e) {
            note(0, e);
        }
        bytesRead += 2 * BLOCK_BYTES;
        RunLayout found;
        try {
            found = RunLayout.readFooter(store, segment);
        } catch (CorruptEntryException e) {
            // Nothing says what the other blocks should be.
            note((int) Math.max(0, store.size(segment) / BLOCK_BYTES - 1), e);
            return;
        }
        layout = found;
        waiting.add(new Blocks(RunFormat.RECORDS, 0, found.recordBlock(0), found.recordBlocks()));
        for (int level = 1; level <= found.levels(); level++) {
            waiting.add(new Blocks(
                    RunFormat.NODE,
                    level,
                    found.nodeBlock(level, 0),
                    found.nodeBlocks().get(level - 1)));
        }
        waiting.add(new Blocks(RunFormat.FILTER, 0, found.filterBlock(0), found.filterBlocks()));
    }

    private void verify(int type, int level, int from, int count) throws IOException {
        buffer.clear().limit(count * BLOCK_BYTES);
        store.read(segment, RunFormat.offset(from), buffer);
        bytesRead += (long) count * BLOCK_BYTES;
        for (int i = 0; i < count; i++) {
            int block = from + i;
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
