package io.millrace.storage.segment;

import io.millrace.storage.CorruptEntryException;
import io.millrace.storage.SegmentStore;
import io.millrace.storage.index.DirectoryBlock;
import io.millrace.storage.index.IndexBlock;
import io.millrace.storage.index.IndexCursor;
import io.millrace.storage.index.SealedRun;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Goes through the entries of a sealed run, in order. Blocks; for one thread. */
public final class RunReader {
    private final SegmentStore store;
    private final SealedRun run;
    private final DirectoryBlock blocks;
    private final IndexCursor cursor = new IndexCursor();
    private int nextBlock;

    /** Begins before the first entry of {@code run}. */
    public RunReader(SegmentStore store, SealedRun run) throws IOException, CorruptEntryException {
        this.store = store;
        this.run = run;
        ByteBuffer root = read(run.rootAddress(), run.rootBytes());
        if (SegmentFormat.kind(root, place(run.rootAddress())) == SegmentFormat.BLOCK_DIRECTORY) {
            blocks = DirectoryBlock.read(
                    SegmentFormat.content(root, SegmentFormat.BLOCK_DIRECTORY, place(run.rootAddress())));
        } else {
            blocks = new DirectoryBlock();
            blocks.add(run.firstOffset(), run.rootAddress(), run.rootBytes(), run.latestMillis());
        }
    }

    /** Goes on to the next entry; false where there is none. */
    public boolean next() throws IOException, CorruptEntryException {
        while (!cursor.next()) {
            if (nextBlock == blocks.count()) {
                return false;
            }
            long address = blocks.address(nextBlock);
            ByteBuffer block = read(address, blocks.bytes(nextBlock));
            cursor.start(IndexBlock.read(SegmentFormat.content(block, SegmentFormat.BLOCK_ENTRIES, place(address))));
            nextBlock++;
        }
        return true;
    }

    /** The entry that it stands at. */
    public IndexCursor entry() {
        return cursor;
    }

    private ByteBuffer read(long address, int bytes) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(bytes);
        store.read(run.segment(), address, block);
        return block.flip();
    }

    private String place(long address) {
        return "offset " + address + " of segment " + run.segment();
    }
}
