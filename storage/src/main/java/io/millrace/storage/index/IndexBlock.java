package io.millrace.storage.index;

import io.millrace.base.Check;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Some consecutive entries of a log: of each its first offset, its span, the address and the length of its record.
 * Coded as differences, so that an entry like the one before takes a byte. The same code is used in memory and on disk
 * (docs/formats/segment.md). Grows at the end; read with an {@link IndexCursor}. Not thread-safe.
 */
public final class IndexBlock {
    /** The most entries of one block: finding one decodes half of them. */
    public static final int ENTRIES_MAX = 512;

    static final int HAS_GAP = 1;
    static final int HAS_SPAN = 2;
    static final int HAS_ADDRESS = 4;
    static final int HAS_BYTES = 8;

    private static final int FIRST_CAPACITY = 16;
    private static final int ENTRY_BYTES_MAX = 1 + 4 * Varint.BYTES_MAX;
    private static final int OBJECT_BYTES = 144;
    private static final int FIXED_BYTES = 5 * Long.BYTES + 2 * Integer.BYTES;

    /** Earlier than any timestamp. */
    public static final long NO_TIME = Long.MIN_VALUE;

    /** What the addresses are in: {@link io.millrace.storage.ReadBatch#LOG} or the number of a segment. */
    final long segment;

    long firstOffset;
    long endOffset;
    long baseAddress;
    /** No entry has a greater timestamp. */
    long latestMillis = NO_TIME;
    /** The bytes of the records; not known of a block that was read. */
    long recordBytes;

    int count;
    byte[] code;
    int codeBytes;

    private long lastAddress;
    private int lastBytes;
    private long lastDistance;

    /** Makes an empty block of entries whose addresses are in {@code segment}. */
    public IndexBlock(long segment) {
        this.segment = segment;
        this.code = new byte[FIRST_CAPACITY];
    }

    /** The number of entries. */
    public int count() {
        return count;
    }

    /** What the addresses are in. */
    public long segment() {
        return segment;
    }

    /** The offset of the first message. */
    public long firstOffset() {
        return firstOffset;
    }

    /** The offset behind the last message. */
    public long endOffset() {
        return endOffset;
    }

    /** Whether there is no room for another entry. */
    public boolean isFull() {
        return count == ENTRIES_MAX;
    }

    /** The address of the last entry, which there is. */
    long lastAddress() {
        return lastAddress;
    }

    /** About how much memory it takes, in bytes. */
    int heapBytes() {
        return OBJECT_BYTES + code.length;
    }

    /** Adds the entry that follows the last one. */
    public void add(long offset, int span, long address, int bytes) {
        Check.that(count == 0 || offset >= endOffset, "offsets grow");
        if (count == 0) {
            firstOffset = offset;
            endOffset = offset;
            baseAddress = address;
            lastAddress = address;
        }
        if (code.length - codeBytes < ENTRY_BYTES_MAX) {
            grow(offset, span, address, bytes);
        }
        long gap = offset - endOffset;
        long distance = count == 0 ? 0 : address - lastAddress - lastBytes;
        int flags = (gap != 0 ? HAS_GAP : 0)
                | (span != 1 ? HAS_SPAN : 0)
                | (distance != lastDistance ? HAS_ADDRESS : 0)
                | (bytes != lastBytes ? HAS_BYTES : 0);
        code[codeBytes++] = (byte) flags;
        if (gap != 0) {
            put(gap);
        }
        if (span != 1) {
            put(span);
        }
        if (distance != lastDistance) {
            put(Varint.zigzag(distance - lastDistance));
        }
        if (bytes != lastBytes) {
            put(Varint.zigzag((long) bytes - lastBytes));
        }
        endOffset = offset + span;
        lastAddress = address;
        lastBytes = bytes;
        lastDistance = distance;
        recordBytes += bytes;
        count++;
    }

    /** Notes the timestamp of the entry that was added last, or one that is not smaller; epoch milliseconds. */
    public void noteTime(long millis) {
        latestMillis = Math.max(latestMillis, millis);
    }

    /** A timestamp that no entry exceeds; epoch milliseconds. */
    public long latestMillis() {
        return latestMillis;
    }

    /** Makes room for one more; a block whose only entry this is keeps small, for there may be very many of them. */
    private void grow(long offset, int span, long address, int bytes) {
        int needed = codeBytes
                + 1
                + length(offset - endOffset)
                + length(span)
                + length(Varint.zigzag(address - lastAddress - lastBytes - lastDistance))
                + length(Varint.zigzag((long) bytes - lastBytes));
        if (needed > code.length) {
            code = Arrays.copyOf(code, Math.max(needed, code.length * 2));
        }
    }

    private static int length(long value) {
        return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
    }

    private void put(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            code[codeBytes++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        code[codeBytes++] = (byte) rest;
    }

    /** Gives up what is left of the room for more entries. */
    void trimToSize() {
        code = Arrays.copyOf(code, codeBytes);
    }

    /** The bytes that {@link #writeTo} writes. */
    public int storedBytes() {
        return FIXED_BYTES + codeBytes;
    }

    /** Writes it. */
    public void writeTo(ByteBuffer target) {
        target.putLong(segment).putLong(firstOffset).putLong(endOffset).putLong(baseAddress);
        target.putLong(latestMillis);
        target.putInt(count).putInt(codeBytes).put(code, 0, codeBytes);
    }

    /** Reads what {@link #writeTo} wrote; its checksum was verified. Nothing can be added to it. */
    public static IndexBlock read(ByteBuffer source) {
        IndexBlock block = new IndexBlock(source.getLong());
        block.firstOffset = source.getLong();
        block.endOffset = source.getLong();
        block.baseAddress = source.getLong();
        block.latestMillis = source.getLong();
        block.count = source.getInt();
        block.codeBytes = source.getInt();
        block.code = new byte[block.codeBytes];
        source.get(block.code);
        return block;
    }
}
