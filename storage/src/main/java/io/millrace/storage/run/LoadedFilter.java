package io.millrace.storage.run;

import io.millrace.storage.CorruptEntryException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The filter of a run in memory, on the loop: taken over from who has written the run, or read in pieces when it is
 * first wanted, then kept. Until it is there, and where it cannot be read, everything may be in the run. Direct memory:
 * 1.25 to 2.5 bytes for each record of the run, or for each that its inputs had ({@link RunFilter}).
 */
final class LoadedFilter implements BlockReads.Target {
    private static final int BLOCKS_PER_READ = 64;
    /** A larger one is read, rather than copied in one go on the loop; 4 MiB. */
    private static final int BLOCKS_COPIED_MAX = 1_024;

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

    /** Takes over the filter of the run as it was written; does nothing where it is too large, or memory is short. */
    void take(ByteBuffer[] written) {
        if (written.length > BLOCKS_COPIED_MAX) {
            return;
        }
        try {
            for (int from = 0; from < written.length; from += BLOCKS_PER_READ) {
                add(copy(written, from, Math.min(from + BLOCKS_PER_READ, written.length)));
            }
        } catch (OutOfMemoryError e) {
            return; // what is missing is read when it is wanted
        }
    }

    private static ByteBuf copy(ByteBuffer[] written, int from, int to) {
        ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer((to - from) * RunFormat.BLOCK_BYTES);
        for (int i = from; i < to; i++) {
            piece.writeBytes(written[i].duplicate().clear());
        }
        return piece;
    }

    private void add(ByteBuf piece) {
        pieces.add(new Piece(piece, piece.nioBuffer()));
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
        add(piece);
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
