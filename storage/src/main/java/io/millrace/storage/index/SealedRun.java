package io.millrace.storage.index;

import java.nio.ByteBuffer;

/**
 * The entries of one log whose index is in one segment: the block to begin at, and what lies behind it in all.
 *
 * @param segment the segment that the index is in
 * @param rootAddress where its root block is: the only block of entries, or the directory of them
 * @param rootBytes the length of the root block
 * @param firstOffset the offset of the first message
 * @param endOffset the offset behind the last message
 * @param entries the number of entries
 * @param bytes the bytes of their records
 * @param messages how many messages of theirs were needed when it was written
 * @param latestMillis a timestamp that no entry exceeds, epoch milliseconds
 * @param inLog whether the records are in an adopted extent of the log; else they are in the segment
 */
public record SealedRun(
        long segment,
        long rootAddress,
        int rootBytes,
        long firstOffset,
        long endOffset,
        int entries,
        long bytes,
        long messages,
        long latestMillis,
        boolean inLog) {
    /** The bytes that {@link #writeTo} writes. */
    public static final int STORED_BYTES = 7 * Long.BYTES + 2 * Integer.BYTES + 1;

    /** Writes it. */
    public void writeTo(ByteBuffer target) {
        target.putLong(segment).putLong(rootAddress).putInt(rootBytes);
        target.putLong(firstOffset)
                .putLong(endOffset)
                .putInt(entries)
                .putLong(bytes)
                .putLong(messages)
                .putLong(latestMillis);
        target.put((byte) (inLog ? 1 : 0));
    }

    /** Reads what {@link #writeTo} wrote. */
    public static SealedRun read(ByteBuffer source) {
        return new SealedRun(
                source.getLong(),
                source.getLong(),
                source.getInt(),
                source.getLong(),
                source.getLong(),
                source.getInt(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.get() == 1);
    }
}
