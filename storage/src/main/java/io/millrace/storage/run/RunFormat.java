package io.millrace.storage.run;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import java.nio.ByteBuffer;

/**
 * The layout of a run: blocks of {@value #BLOCK_BYTES} bytes, big-endian (docs/formats/ordered-run.md).
 *
 * <p>Blocks have one size and a place that follows from their number, so that the next one can be read ahead before
 * anything is known about it. Each has a checksum over all of it and over where it belongs.
 */
final class RunFormat {
    static final int BLOCK_BYTES = 4096;

    static final int CRC_AT = 0;
    static final int TYPE_AT = 4;
    static final int LEVEL_AT = 5;
    static final int ENTRIES_AT = 6;
    static final int BODY_BYTES_AT = 8;
    static final int BODY_AT = 12;

    static final int HEADER = 1;
    static final int RECORDS = 2;
    static final int NODE = 3;
    static final int FILTER = 4;
    static final int FOOTER = 5;

    static final int MAGIC_AT = 12;
    static final int VERSION_AT = 20;
    static final int HEADER_KIND_AT = 24;
    static final int HEADER_END = 28;
    static final long MAGIC = 0x4D494C4C_52554E53L;
    static final int VERSION = 1;

    static final int KIND_AT = 12;
    static final int RECORDS_AT = 16;
    static final int FIRST_KEY_AT = 24;
    static final int FIRST_SUB_AT = 32;
    static final int FIRST_VALUE_AT = 40;
    static final int LAST_KEY_AT = 48;
    static final int LAST_SUB_AT = 56;
    static final int LAST_VALUE_AT = 64;
    static final int RECORD_BLOCKS_AT = 72;
    static final int FILTER_BLOCKS_AT = 76;
    static final int LEVELS_AT = 80;
    static final int NODE_BLOCKS_AT = 84;
    static final int LEVELS_MAX = 6;
    static final int FOOTER_END = NODE_BLOCKS_AT + LEVELS_MAX * Integer.BYTES;

    private RunFormat() {}

    /** Where block {@code block} lies in its segment. */
    static long offset(int block) {
        return (long) block * BLOCK_BYTES;
    }

    /** Ends the block at {@code at}, whose body of {@code bodyBytes} bytes is there, as block {@code block}. */
    static void seal(
            ByteBuffer blocks, int at, long segment, int block, int type, int level, int entries, int bodyBytes) {
        for (int i = at + BODY_AT + bodyBytes; i < at + BLOCK_BYTES; i++) {
            blocks.put(i, (byte) 0);
        }
        blocks.put(at + TYPE_AT, (byte) type);
        blocks.put(at + LEVEL_AT, (byte) level);
        blocks.putShort(at + ENTRIES_AT, (short) entries);
        blocks.putInt(at + BODY_BYTES_AT, bodyBytes);
        blocks.putInt(at + CRC_AT, crc(new Crc32c(), blocks, at, segment, block));
    }

    /** Verifies that what lies at {@code at} is block {@code block} of a segment, and has this type and level. */
    static void verify(Crc32c crc, ByteBuffer blocks, int at, long segment, int block, int type, int level)
            throws CorruptEntryException {
        if (blocks.limit() - at < BLOCK_BYTES) {
            throw new CorruptEntryException(place(segment, block), "the block is cut short");
        }
        if (blocks.getInt(at + CRC_AT) != crc(crc, blocks, at, segment, block)) {
            throw new CorruptEntryException(place(segment, block), "the block fails its checksum");
        }
        if (blocks.get(at + TYPE_AT) != type || blocks.get(at + LEVEL_AT) != level) {
            throw new CorruptEntryException(place(segment, block), "the block is not of the type that belongs here");
        }
    }

    /** The number of records, or of children, of the block at {@code at}. */
    static int entries(ByteBuffer blocks, int at) {
        return Short.toUnsignedInt(blocks.getShort(at + ENTRIES_AT));
    }

    static String place(long segment, int block) {
        return "run in segment " + segment + ", block " + block;
    }

    private static int crc(Crc32c crc, ByteBuffer blocks, int at, long segment, int block) {
        return crc.reset()
                .addLong(segment)
                .addLong(block)
                .add(blocks, at + TYPE_AT, BLOCK_BYTES - TYPE_AT)
                .value();
    }
}
