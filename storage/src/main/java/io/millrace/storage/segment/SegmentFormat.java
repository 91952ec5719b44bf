package io.millrace.storage.segment;

import io.millrace.base.Crc32c;
import io.millrace.storage.CorruptEntryException;
import java.nio.ByteBuffer;

/**
 * Layout of a sealed segment, big-endian (docs/formats/segment.md): a header; in a segment of entries their records;
 * blocks, each with a checksum; a footer that says where the contents block is. Stateless.
 */
public final class SegmentFormat {
    /** Entries and their index. */
    public static final int KIND_ENTRIES = 1;
    /** The state of the logs of a shard. */
    public static final int KIND_SNAPSHOT = 2;

    /** The length of the header. */
    public static final int HEADER_BYTES = 32;
    /** The length of the footer. */
    public static final int FOOTER_BYTES = 32;
    /** Bytes in front of the content of a block: checksum, length, kind. */
    public static final int BLOCK_HEADER_BYTES = 9;

    /** Entries of a log: an {@link io.millrace.storage.index.IndexBlock}. */
    public static final byte BLOCK_ENTRIES = 1;
    /** The blocks of a run: a {@link io.millrace.storage.index.DirectoryBlock}. */
    public static final byte BLOCK_DIRECTORY = 2;
    /** What is in the segment. */
    public static final byte BLOCK_CONTENTS = 3;
    /** The state of a log. */
    public static final byte BLOCK_LOG = 4;
    /** Logs that are gone. */
    public static final byte BLOCK_GONE = 5;
    /** The state of the shard. */
    public static final byte BLOCK_SHARD = 6;

    static final long HEADER_MAGIC = 0x4d494c4c_5345474dL; // "MILLSEGM"
    static final long FOOTER_MAGIC = 0x4d494c4c_53454e44L; // "MILLSEND"
    static final int VERSION = 1;
    static final int MAGIC_AT = 0;
    static final int CRC_AT = 8;
    static final int VERSION_AT = 12;
    static final int KIND_AT = 16;
    static final int SHARD_AT = 20;
    static final int SEGMENT_AT = 24;
    static final int CONTENTS_AT = 16;
    static final int CONTENTS_BYTES_AT = 24;

    private SegmentFormat() {}

    static ByteBuffer header(int kind, int shard, long segment) {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putLong(MAGIC_AT, HEADER_MAGIC).putInt(VERSION_AT, VERSION).putInt(KIND_AT, kind);
        header.putInt(SHARD_AT, shard).putLong(SEGMENT_AT, segment);
        header.putInt(CRC_AT, new Crc32c().of(header, VERSION_AT, HEADER_BYTES - VERSION_AT));
        return header;
    }

    /** Checks the header of segment {@code segment} of {@code shard}; {@code place} names it in the failure. */
    static void checkHeader(ByteBuffer header, int kind, int shard, long segment, String place)
            throws CorruptEntryException {
        check(header, HEADER_MAGIC, HEADER_BYTES, place);
        if (header.getInt(KIND_AT) != kind
                || header.getInt(SHARD_AT) != shard
                || header.getLong(SEGMENT_AT) != segment) {
            throw new CorruptEntryException(place, "it is another segment than was asked for");
        }
    }

    static ByteBuffer footer(long contentsAddress, int contentsBytes) {
        ByteBuffer footer = ByteBuffer.allocate(FOOTER_BYTES);
        footer.putLong(MAGIC_AT, FOOTER_MAGIC).putInt(VERSION_AT, VERSION);
        footer.putLong(CONTENTS_AT, contentsAddress).putInt(CONTENTS_BYTES_AT, contentsBytes);
        footer.putInt(CRC_AT, new Crc32c().of(footer, VERSION_AT, FOOTER_BYTES - VERSION_AT));
        return footer;
    }

    static void checkFooter(ByteBuffer footer, String place) throws CorruptEntryException {
        check(footer, FOOTER_MAGIC, FOOTER_BYTES, place);
    }

    private static void check(ByteBuffer piece, long magic, int bytes, String place) throws CorruptEntryException {
        if (piece.getLong(MAGIC_AT) != magic
                || piece.getInt(CRC_AT) != new Crc32c().of(piece, VERSION_AT, bytes - VERSION_AT)) {
            throw new CorruptEntryException(place, "the header or the footer fails its checksum");
        }
        if (piece.getInt(VERSION_AT) != VERSION) {
            throw new CorruptEntryException(
                    place,
                    "the segment has format " + piece.getInt(VERSION_AT) + ", this Millrace reads format " + VERSION);
        }
    }

    /** The header of a block of {@code kind} with this content. */
    static ByteBuffer blockHeader(byte kind, ByteBuffer content) {
        ByteBuffer header = ByteBuffer.allocate(BLOCK_HEADER_BYTES);
        header.putInt(4, content.remaining()).put(8, kind);
        header.putInt(0, blockCrc(header, content));
        return header;
    }

    private static int blockCrc(ByteBuffer header, ByteBuffer content) {
        return new Crc32c()
                .add(header, 4, BLOCK_HEADER_BYTES - 4)
                .add(content, content.position(), content.remaining())
                .value();
    }

    /** The kind that {@code block} says it is of; not verified. */
    public static byte kind(ByteBuffer block, String place) throws CorruptEntryException {
        if (block.remaining() < BLOCK_HEADER_BYTES) {
            throw new CorruptEntryException(place, "a block has at least " + BLOCK_HEADER_BYTES + " bytes");
        }
        return block.get(block.position() + 8);
    }

    /**
     * Checks the block of {@code kind} that {@code block} is, header first, and returns its content; {@code place}
     * names it in the failure.
     */
    public static ByteBuffer content(ByteBuffer block, byte kind, String place) throws CorruptEntryException {
        kind(block, place);
        ByteBuffer header = block.slice(block.position(), BLOCK_HEADER_BYTES);
        ByteBuffer content = block.slice(block.position() + BLOCK_HEADER_BYTES, block.remaining() - BLOCK_HEADER_BYTES);
        if (header.getInt(4) != content.remaining()
                || header.get(8) != kind
                || header.getInt(0) != blockCrc(header, content)) {
            throw new CorruptEntryException(place, "the block fails its checksum");
        }
        return content;
    }
}
