package io.millrace.storage.bookkeeper;

import io.netty.buffer.ByteBuf;

/**
 * A contiguous piece of a log or of a segment, read from a ledger. Its bytes are the holder's to release.
 *
 * @param segment the number of the segment, or {@link io.millrace.storage.ReadBatch#LOG}
 * @param from the position or offset of the first byte
 * @param bytes the bytes
 */
record Stretch(long segment, long from, ByteBuf bytes) {
    /** How many bytes it has from {@code address} on; 0 where it does not hold that. */
    int bytesFrom(long wantedSegment, long address) {
        boolean holds = wantedSegment == segment && address >= from && address < from + bytes.readableBytes();
        return holds ? (int) (from + bytes.readableBytes() - address) : 0;
    }

    /** Copies {@code length} bytes from {@code address} on to the writer index of {@code target}. */
    void copy(long address, int length, ByteBuf target) {
        target.writeBytes(bytes, bytes.readerIndex() + (int) (address - from), length);
    }
}
