package io.millrace.storage.run;

import io.millrace.storage.CorruptEntryException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a run, on the loop: the record that comes next, or, while its block is not in memory, a bound. A cursor
 * that takes from the front has the next block read ahead; one that looks something up reads only what it is asked for.
 *
 * <p>Direct memory: the block of the current record, and the next one where it is read ahead, 4 KiB each.
 */
final class RunCursor extends RecordSource implements BlockReads.Target {
    private static final int UNKNOWN = -1;

    private final Run run;
    private final BlockReads reads;
    private final Listener listener;
    private final boolean readsAhead;
    private final RecordDecoder decoder = new RecordDecoder();
    private @Nullable ByteBuf current;
    private @Nullable ByteBuf ahead;
    private int level;
    private int index = UNKNOWN;
    private boolean isLoading;
    private boolean isAheadLoading;
    private boolean isAtEnd;

    /** Who goes on when blocks have come. */
    interface Listener {
        /** A block is damaged; the cursor goes on without it. */
        void onDamage(RunDamage damage);

        /** A block could not be read; {@link #load} asks for it again. */
        void onReadFailed(IOException reason);

        /** Cursors may have moved. */
        default void onLoaded() {
            // Who looks at all of them when the whole batch is there need not have this.
        }
    }

    /** The one of {@code runs} that is first of those that are not at their end; null where all are. */
    static @Nullable RunCursor lowest(List<Run> runs) {
        RunCursor lowest = null;
        for (Run run : runs) {
            RunCursor cursor = run.cursor();
            if (!cursor.isAtEnd() && (lowest == null || cursor.isBefore(lowest))) {
                lowest = cursor;
            }
        }
        return lowest;
    }

    /** A cursor at the first record that is not below this one. Nothing is read before {@link #load}. */
    RunCursor(Run run, BlockReads reads, Listener listener, boolean readsAhead, long key, long sub, long value) {
        this.run = run;
        this.reads = reads;
        this.listener = listener;
        this.readsAhead = readsAhead;
        set(key, sub, value);
        RunLayout layout = run.layout();
        if (compareTo(layout.firstKey(), layout.firstSub(), layout.firstValue()) <= 0) {
            set(layout.firstKey(), layout.firstSub(), layout.firstValue());
            index = 0;
        }
        isAtEnd = compareTo(layout.lastKey(), layout.lastSub(), layout.lastValue()) > 0;
    }

    Run run() {
        return run;
    }

    /** Whether nothing comes any more. */
    boolean isAtEnd() {
        return isAtEnd;
    }

    /** What the block of the current record, which is there, holds from it on; until this cursor moves. */
    RecordSource restOfBlock() {
        return new BlockRest(decoder);
    }

    /** Asks for the block that is needed to know the current record, unless it is there or on its way. */
    void load() {
        if (exact || isLoading || isAtEnd) {
            return;
        }
        isLoading = true;
        if (index == UNKNOWN) {
            descend(run.layout().levels(), 0);
        } else {
            enterOrAsk();
        }
    }

    @Override
    boolean advance() {
        if (decoder.next()) {
            set(decoder.key, decoder.sub, decoder.value);
            return true;
        }
        leaveBlock();
        if (!boundBehind()) {
            end();
        } else if (readsAhead) {
            load();
        }
        return !isAtEnd;
    }

    @Override
    public void onBlocks(int block, ByteBuf blocks) {
        if (level > 0) {
            int child = BlockIndex.child(blocks.nioBuffer(), 0, key, sub, value);
            reads.keepNode(run, block, blocks);
            descend(level - 1, child);
        } else if (isLoading && block == run.layout().recordBlock(index)) {
            isAheadLoading = false;
            enter(blocks);
        } else if (isAheadLoading && block == run.layout().recordBlock(index + 1)) {
            isAheadLoading = false;
            ahead = blocks;
        } else {
            blocks.release();
        }
    }

    @Override
    public void onUnreadable(int block, Exception reason) {
        if (level == 0 && !(isLoading && block == run.layout().recordBlock(index))) {
            // Read ahead: it is asked for again, and told, when it is needed.
            isAheadLoading = false;
            return;
        }
        isAheadLoading = false;
        if (!(reason instanceof CorruptEntryException)) {
            isLoading = false;
            index = level > 0 ? UNKNOWN : index;
            level = 0;
            listener.onReadFailed(reason instanceof IOException failure ? failure : new IOException(reason));
            return;
        }
        listener.onDamage(new RunDamage(run.segment(), block, String.valueOf(reason.getMessage())));
        if (level == 0) {
            index++;
            enterOrAsk();
        } else if (readsAhead) {
            level = 0;
            index = 0;
            enterOrAsk();
        } else {
            // Nobody waits for a search through all of the run.
            end();
        }
    }

    @Override
    public void onBatchRead() {
        listener.onLoaded();
    }

    /** Frees the blocks; nothing comes any more. */
    void close() {
        leaveBlock();
        end();
    }

    /** Goes on at a node of the block index, or at a block of records for level 0. */
    private void descend(int toLevel, int toIndex) {
        level = toLevel;
        int child = toIndex;
        while (level > 0) {
            int block = run.layout().nodeBlock(level, child);
            ByteBuf node = reads.node(run, block);
            if (node == null) {
                reads.read(run, block, 1, RunFormat.NODE, level, this);
                return;
            }
            child = BlockIndex.child(node.nioBuffer(), 0, key, sub, value);
            level--;
        }
        index = child;
        enterOrAsk();
    }

    private void enterOrAsk() {
        if (index >= run.layout().recordBlocks()) {
            end();
            return;
        }
        ByteBuf next = ahead;
        if (next != null) {
            ahead = null;
            enter(next);
        } else if (!isAheadLoading) {
            reads.read(run, run.layout().recordBlock(index), 1, RunFormat.RECORDS, 0, this);
        }
    }

    private void enter(ByteBuf block) {
        ByteBuffer bytes = block.nioBuffer();
        decoder.beginBlock(bytes, 0);
        while (decoder.next()) {
            if (RecordOrder.compare(decoder.key, decoder.sub, decoder.value, key, sub, value) >= 0) {
                current = block;
                isLoading = false;
                exact = true;
                set(decoder.key, decoder.sub, decoder.value);
                readAhead();
                return;
            }
        }
        block.release();
        index++;
        enterOrAsk();
    }

    private void readAhead() {
        if (readsAhead && index + 1 < run.layout().recordBlocks()) {
            isAheadLoading = true;
            reads.read(run, run.layout().recordBlock(index + 1), 1, RunFormat.RECORDS, 0, this);
        }
    }

    private void leaveBlock() {
        exact = false;
        decoder.end();
        if (current != null) {
            current.release();
            current = null;
        }
        if (index != UNKNOWN) {
            index++;
        }
    }

    private void end() {
        exact = false;
        isLoading = false;
        isAheadLoading = false;
        level = 0;
        isAtEnd = true;
        if (ahead != null) {
            ahead.release();
            ahead = null;
        }
    }
}
