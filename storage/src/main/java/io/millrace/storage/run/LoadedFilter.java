package io.millrace.storage.run;

import io.millrace.storage.CorruptEntryException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The filter of a run in memory, on the loop: read in pieces when it is first wanted, then kept. Until it is there, and
 * where it cannot be read, everything may be in the run. Direct memory: 1.25 bytes for each record of the run, or for
 * each that its inputs had.
 */
final class LoadedFilter implements BlockReads.Target {
    private static final int BLOCKS_PER_READ = 64;

    private final Run run;
    private final BlockReads reads;
    private final Notices notices;
    private final int blocks;
    private final List<Piece> pieces = new ArrayList<>();
    private boolean isLoading;
    private boolean isGone;

    private record Piece(ByteBuf buffer, ByteBuffer bytes) {}

    LoadedFilter(Run run, BlockReads reads, Notices notices) {
        this.run = run;
        this.reads = reads;
        this.notices = notices;
        blocks = run.layout().filterBlocks();
    }

    /** Whether a key with this hash may be in the run; asks for the filter where it is not there. */
    boolean mayHold(long hash) {
        if (pieces.size() * BLOCKS_PER_READ < blocks) {
            load();
            return true;
        }
        int block = RunFilter.block(hash, blocks);
        int at = block % BLOCKS_PER_READ * RunFormat.BLOCK_BYTES;
        return RunFilter.has(pieces.get(block / BLOCKS_PER_READ).bytes, at, hash, blocks);
    }

    @Override
    public void onBlocks(int block, ByteBuf piece) {
        isLoading = false;
        if (isGone) {
            piece.release();
            return;
        }
        pieces.add(new Piece(piece, piece.nioBuffer()));
        if (pieces.size() * BLOCKS_PER_READ < blocks) {
            load();
        }
    }

    @Override
    public void onUnreadable(int block, Exception reason) {
        isLoading = false;
        if (reason instanceof CorruptEntryException && !isGone) {
            close();
            notices.add(new RunDamage(run.segment(), block, String.valueOf(reason.getMessage())));
        }
    }

    @Override
    public void onBatchRead() {
        // Nobody waits for a filter.
    }

    /** Frees it; from now on everything may be in the run. */
    void close() {
        isGone = true;
        pieces.forEach(piece -> piece.buffer.release());
        pieces.clear();
    }

    private void load() {
        if (!isLoading && !isGone) {
            isLoading = true;
            int first = pieces.size() * BLOCKS_PER_READ;
            int count = Math.min(BLOCKS_PER_READ, blocks - first);
            reads.read(run, run.layout().filterBlock(first), count, RunFormat.FILTER, 0, this);
        }
    }
}
