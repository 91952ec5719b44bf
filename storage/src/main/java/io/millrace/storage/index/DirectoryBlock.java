package io.millrace.storage.index;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The blocks of a sealed run: of each the offset that it begins with, where it is, and a timestamp that none of its
 * entries exceeds. Immutable once it is read.
 */
public final class DirectoryBlock {
    private long[] firstOffsets = new long[8];
    private long[] addresses = new long[8];
    private int[] lengths = new int[8];
    private long[] latestMillis = new long[8];
    private int count;

    /** Makes an empty one. */
    public DirectoryBlock() {}

    /** Adds the block that follows the last one. */
    public void add(long firstOffset, long address, int bytes, long latest) {
        if (count == addresses.length) {
            int capacity = count * 2;
            firstOffsets = Arrays.copyOf(firstOffsets, capacity);
            addresses = Arrays.copyOf(addresses, capacity);
            lengths = Arrays.copyOf(lengths, capacity);
            latestMillis = Arrays.copyOf(latestMillis, capacity);
        }
        firstOffsets[count] = firstOffset;
        addresses[count] = address;
        lengths[count] = bytes;
        latestMillis[count] = latest;
        count++;
    }

    /** The number of blocks. */
    public int count() {
        return count;
    }

    /** The index of the block that would hold {@code offset}; the first one where all begin behind it. */
    public int find(long offset) {
        int found = Arrays.binarySearch(firstOffsets, 0, count, offset);
        return Math.max(0, found >= 0 ? found : -found - 2);
    }

    /**
     * Where the first block begins, at or behind the one with {@code from}, that reaches {@code millis}; not
     * before {@code from}; -1 where none does.
     */
    long findTime(long millis, long from) {
        for (int i = find(from); i < count; i++) {
            if (latestMillis[i] >= millis) {
                return Math.max(from, firstOffsets[i]);
            }
        }
        return -1;
    }

    /** The offset that the block behind {@code index} begins with; {@code end} where there is none. */
    long endOfBlock(int index, long end) {
        return index + 1 < count ? firstOffsets[index + 1] : end;
    }

    /** Where block {@code index} is. */
    public long address(int index) {
        return addresses[index];
    }

    /** The length of block {@code index}. */
    public int bytes(int index) {
        return lengths[index];
    }

    /** About how much memory it takes, in bytes. */
    int heapBytes() {
        return 80 + addresses.length * 28;
    }

    /** The bytes that {@link #writeTo} writes. */
    public int storedBytes() {
        return Integer.BYTES + count * (3 * Long.BYTES + Integer.BYTES);
    }

    /** Writes it. */
    public void writeTo(ByteBuffer target) {
        target.putInt(count);
        for (int i = 0; i < count; i++) {
            target.putLong(firstOffsets[i])
                    .putLong(addresses[i])
                    .putInt(lengths[i])
                    .putLong(latestMillis[i]);
        }
    }

    /** Reads what {@link #writeTo} wrote. */
    public static DirectoryBlock read(ByteBuffer source) {
        DirectoryBlock block = new DirectoryBlock();
        for (int left = source.getInt(); left > 0; left--) {
            block.add(source.getLong(), source.getLong(), source.getInt(), source.getLong());
        }
        return block;
    }
}
