package io.millrace.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the entries of a log are: offset → (first offset, position, record bytes), in primitive arrays, 24 bytes an
 * entry. Entries come in the order of their offsets and go from the front. The loop's.
 */
final class EntryIndex {
    private static final int BLOCK_ENTRIES = 1024;
    private static final int FIRST_CAPACITY = 4;
    /** An empty index keeps no more room than this, for there may be very many of them. */
    private static final int IDLE_ENTRIES_MAX = 64;

    private static final Block NO_BLOCK = new Block();

    private static final class Block {
        long[] firstOffsets = new long[FIRST_CAPACITY];
        long[] positions = new long[FIRST_CAPACITY];
        int[] bytes = new int[FIRST_CAPACITY];
        int[] spans = new int[FIRST_CAPACITY];
        int head;
        int count;

        boolean isFull() {
            return count == BLOCK_ENTRIES;
        }

        void add(long firstOffset, int span, long position, int recordBytes) {
            if (count == positions.length) {
                int capacity = count * 4;
                firstOffsets = Arrays.copyOf(firstOffsets, capacity);
                positions = Arrays.copyOf(positions, capacity);
                bytes = Arrays.copyOf(bytes, capacity);
                spans = Arrays.copyOf(spans, capacity);
            }
            firstOffsets[count] = firstOffset;
            spans[count] = span;
            positions[count] = position;
            bytes[count] = recordBytes;
            count++;
        }

        long endOffset() {
            return firstOffsets[count - 1] + spans[count - 1];
        }
    }

    private final List<Block> blocks = new ArrayList<>(1);
    /** Blocks before it are gone; the list is packed now and then. */
    private int firstBlock;

    /** A block that was used up, for the next one. */
    private @Nullable Block spare;

    private Block foundBlock = NO_BLOCK;
    private int found;

    /** Adds the entry that follows the last. */
    void add(long firstOffset, int span, long position, int recordBytes) {
        if (blocks.isEmpty() || blocks.get(blocks.size() - 1).isFull()) {
            blocks.add(spare != null ? spare : new Block());
            spare = null;
        }
        blocks.get(blocks.size() - 1).add(firstOffset, span, position, recordBytes);
    }

    /** Finds the entry that holds {@code offset}, for the accessors below; false where none does. */
    boolean find(long offset) {
        if (found < foundBlock.count && holds(foundBlock, found, offset)) {
            return true;
        }
        if (found + 1 < foundBlock.count && found >= foundBlock.head && holds(foundBlock, found + 1, offset)) {
            found++;
            return true;
        }
        int low = firstBlock;
        int high = blocks.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (blocks.get(middle).endOffset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (low > high) {
            return false;
        }
        Block block = blocks.get(low);
        int at = Arrays.binarySearch(block.firstOffsets, block.head, block.count, offset);
        at = at >= 0 ? at : -at - 2;
        if (at < block.head || !holds(block, at, offset)) {
            return false;
        }
        foundBlock = block;
        found = at;
        return true;
    }

    private static boolean holds(Block block, int at, long offset) {
        return at >= block.head
                && block.firstOffsets[at] <= offset
                && offset - block.firstOffsets[at] < block.spans[at];
    }

    /** The offset of the first message of the entry found. */
    long firstOffset() {
        return foundBlock.firstOffsets[found];
    }

    /** How many offsets the entry found takes up. */
    int span() {
        return foundBlock.spans[found];
    }

    /** The position of the record of the entry found. */
    long position() {
        return foundBlock.positions[found];
    }

    /** The length in bytes of that record. */
    int recordBytes() {
        return foundBlock.bytes[found];
    }

    /** Drops the entries that end at or before {@code floor}. */
    void dropBelow(long floor) {
        while (firstBlock < blocks.size()) {
            Block block = blocks.get(firstBlock);
            while (block.head < block.count && block.firstOffsets[block.head] + block.spans[block.head] <= floor) {
                block.head++;
            }
            if (block.head < block.count) {
                return;
            }
            dropFirstBlock(block);
        }
    }

    private void dropFirstBlock(Block block) {
        block.head = 0;
        block.count = 0;
        spare = block;
        blocks.set(firstBlock, NO_BLOCK);
        firstBlock++;
        if (firstBlock == blocks.size()) {
            blocks.clear();
            firstBlock = 0;
            foundBlock = NO_BLOCK;
            spare = block.positions.length <= IDLE_ENTRIES_MAX ? block : null;
        } else if (firstBlock * 2 > blocks.size()) {
            blocks.subList(0, firstBlock).clear();
            firstBlock = 0;
        }
    }

    /** The position of the oldest entry; {@link Long#MAX_VALUE} where there is none. */
    long firstPosition() {
        if (firstBlock == blocks.size()) {
            return Long.MAX_VALUE;
        }
        Block block = blocks.get(firstBlock);
        return block.positions[block.head];
    }

    /** The first offset of the first entry at or behind {@code position}; {@code end} where all are before it. */
    long firstOffsetAt(long position, long end) {
        for (int i = firstBlock; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (block.positions[block.count - 1] >= position) {
                int at = Arrays.binarySearch(block.positions, block.head, block.count, position);
                return block.firstOffsets[at >= 0 ? at : -at - 1];
            }
        }
        return end;
    }

    /** Whether there is no entry. */
    boolean isEmpty() {
        return firstBlock == blocks.size();
    }
}
