package io.millrace.storage.index;

import org.jspecify.annotations.Nullable;

/** Goes through the entries of an {@link IndexBlock}, front to back. Reused; not thread-safe. */
public final class IndexCursor {
    private @Nullable IndexBlock block;
    private int at;
    private int index;
    private long end;
    private long firstOffset;
    private int span;
    private long address;
    private int bytes;
    private long distance;

    /** Stands before the first entry of {@code newBlock}. */
    public void start(IndexBlock newBlock) {
        block = newBlock;
        at = 0;
        index = -1;
        end = newBlock.firstOffset;
        address = newBlock.baseAddress;
        bytes = 0;
        distance = 0;
    }

    /** Goes on to the next entry; false where there is none. */
    public boolean next() {
        IndexBlock from = block;
        if (from == null || index + 1 >= from.count) {
            return false;
        }
        int flags = from.code[at++];
        firstOffset = end;
        if ((flags & IndexBlock.HAS_GAP) != 0) {
            firstOffset += get(from.code);
        }
        span = (flags & IndexBlock.HAS_SPAN) != 0 ? (int) get(from.code) : 1;
        if ((flags & IndexBlock.HAS_ADDRESS) != 0) {
            distance += Varint.unzigzag(get(from.code));
        }
        address = address + bytes + distance;
        if ((flags & IndexBlock.HAS_BYTES) != 0) {
            bytes += (int) Varint.unzigzag(get(from.code));
        }
        end = firstOffset + span;
        index++;
        return true;
    }

    private long get(byte[] code) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = code[at++];
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    /** Goes to the entry that holds {@code offset}, from where it is or from the start; false where none does. */
    boolean find(IndexBlock in, long offset) {
        if (block != in || index < 0 || offset < firstOffset) {
            start(in);
            if (!next()) {
                return false;
            }
        }
        while (offset >= end) {
            if (!next()) {
                block = null;
                return false;
            }
        }
        return offset >= firstOffset;
    }

    /** Forgets the block. */
    void reset() {
        block = null;
    }

    /** What the address is in. */
    public long segment() {
        return block == null ? 0 : block.segment;
    }

    /** The offset of the first message of the entry. */
    public long firstOffset() {
        return firstOffset;
    }

    /** How many offsets it takes up. */
    public int span() {
        return span;
    }

    /** Where its record is. */
    public long address() {
        return address;
    }

    /** A timestamp that is not smaller than its own; epoch milliseconds. */
    public long latestMillis() {
        return block == null ? IndexBlock.NO_TIME : block.latestMillis;
    }

    /** The length in bytes of its record. */
    public int bytes() {
        return bytes;
    }
}
