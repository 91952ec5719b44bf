package io.millrace.storage.local;

import io.millrace.base.Crc32c;
import io.millrace.storage.ShardLog;
import java.nio.ByteBuffer;

/**
 * Layout of a journal file, big-endian (docs/formats/journal.md).
 *
 * <p>A file starts with a block that holds the file header; behind it come groups, each at a multiple of
 * {@value #BLOCK_BYTES} bytes, so that writing one never rewrites a sector of another. A group is a header and frames;
 * a frame is a range of the record stream of one shard. The checksums of groups and frames begin with the seal of the
 * file, which is made of its number and the id of the store, and those of frames cover the sequence of the group: so
 * neither what a recycled file held before nor the content of a message is ever taken for a group.
 *
 * <p>Stateless but for the checksum calculator that callers pass; any thread.
 */
final class JournalFormat {
    static final int BLOCK_BYTES = 4096;

    static final long FILE_MAGIC = 0x4d494c4c_4a524e4cL; // "MILLJRNL"
    static final int FILE_VERSION = 1;
    static final int FILE_HEADER_BYTES = 64;
    static final int FILE_MAGIC_AT = 0;
    static final int FILE_CRC_AT = 8;
    static final int FILE_VERSION_AT = 12;
    static final int FILE_STORE_HIGH_AT = 16;
    static final int FILE_STORE_LOW_AT = 24;
    static final int FILE_NUMBER_AT = 32;
    static final int FILE_FIRST_SEQUENCE_AT = 40;
    static final int FILE_OLDEST_AT = 48;
    static final int FILE_CREATED_AT = 56;

    static final int GROUP_MAGIC = 0x4d524750; // "MRGP"
    static final int GROUP_HEADER_BYTES = 40;
    static final int GROUP_MAGIC_AT = 0;
    static final int GROUP_CRC_AT = 4;
    static final int GROUP_FILE_AT = 8;
    static final int GROUP_SEQUENCE_AT = 16;
    static final int GROUP_SYNCED_THROUGH_AT = 24;
    static final int GROUP_BODY_BYTES_AT = 32;
    static final int GROUP_FRAMES_AT = 36;

    static final int FRAME_HEADER_BYTES = 32;
    static final int FRAME_CRC_AT = 0;
    static final int FRAME_LENGTH_AT = 4;
    static final int FRAME_SHARD_AT = 8;
    static final int FRAME_FLAGS_AT = 12;
    static final int FRAME_POSITION_AT = 16;
    static final int FRAME_SEQUENCE_AT = 24;
    /** Flag: the frame begins inside a record whose start is in an earlier frame of the shard. */
    static final int FRAME_CONTINUES = 1;

    /** Bytes in front of each record in a shard's stream: its length. */
    static final int RECORD_PREFIX_BYTES = ShardLog.LENGTH_BYTES;

    private JournalFormat() {}

    /** The first multiple of the block size at or after {@code offset}. */
    static long align(long offset) {
        return (offset + BLOCK_BYTES - 1) & -BLOCK_BYTES;
    }

    /** Writes a file header at the start of {@code target} (a cleared block). */
    static void putFileHeader(ByteBuffer target, JournalFileHeader header, Crc32c crc) {
        target.putLong(FILE_MAGIC_AT, FILE_MAGIC);
        target.putInt(FILE_VERSION_AT, FILE_VERSION);
        target.putLong(FILE_STORE_HIGH_AT, header.storeIdHigh());
        target.putLong(FILE_STORE_LOW_AT, header.storeIdLow());
        target.putLong(FILE_NUMBER_AT, header.number());
        target.putLong(FILE_FIRST_SEQUENCE_AT, header.firstSequence());
        target.putLong(FILE_OLDEST_AT, header.oldestNumber());
        target.putLong(FILE_CREATED_AT, header.createdMillis());
        target.putInt(FILE_CRC_AT, crc.of(target, FILE_VERSION_AT, FILE_HEADER_BYTES - FILE_VERSION_AT));
    }

    /** Writes a group header at {@code at}. */
    static void putGroupHeader(
            ByteBuffer target,
            int at,
            long fileNumber,
            long seal,
            long sequence,
            long syncedThrough,
            int bodyBytes,
            int frames,
            Crc32c crc) {
        target.putInt(at + GROUP_MAGIC_AT, GROUP_MAGIC);
        target.putLong(at + GROUP_FILE_AT, fileNumber);
        target.putLong(at + GROUP_SEQUENCE_AT, sequence);
        target.putLong(at + GROUP_SYNCED_THROUGH_AT, syncedThrough);
        target.putInt(at + GROUP_BODY_BYTES_AT, bodyBytes);
        target.putInt(at + GROUP_FRAMES_AT, frames);
        target.putInt(at + GROUP_CRC_AT, groupHeaderCrc(target, at, seal, crc));
    }

    /** Whether a group of {@code file} has its header at {@code at}. */
    static boolean isGroupHeader(ByteBuffer source, int at, JournalFile file, Crc32c crc) {
        return source.getInt(at + GROUP_MAGIC_AT) == GROUP_MAGIC
                && source.getLong(at + GROUP_FILE_AT) == file.number
                && source.getInt(at + GROUP_CRC_AT) == groupHeaderCrc(source, at, file.seal, crc)
                && source.getInt(at + GROUP_BODY_BYTES_AT) >= 0;
    }

    private static int groupHeaderCrc(ByteBuffer header, int at, long seal, Crc32c crc) {
        return crc.reset()
                .addLong(seal)
                .add(header, at + GROUP_FILE_AT, GROUP_HEADER_BYTES - GROUP_FILE_AT)
                .value();
    }

    /** Writes a frame header at {@code at} for the {@code length} bytes of {@code body} from {@code bodyAt} on. */
    static void putFrameHeader(
            ByteBuffer target,
            int at,
            int shard,
            int flags,
            long position,
            long sequence,
            long seal,
            ByteBuffer body,
            int bodyAt,
            int length,
            Crc32c crc) {
        target.putInt(at + FRAME_LENGTH_AT, length);
        target.putInt(at + FRAME_SHARD_AT, shard);
        target.putInt(at + FRAME_FLAGS_AT, flags);
        target.putLong(at + FRAME_POSITION_AT, position);
        target.putLong(at + FRAME_SEQUENCE_AT, sequence);
        target.putInt(at + FRAME_CRC_AT, frameCrc(target, at, seal, body, bodyAt, length, crc));
    }

    /** The checksum of a frame: the seal of its file, its header behind the checksum, its body. */
    static int frameCrc(ByteBuffer header, int at, long seal, ByteBuffer body, int bodyAt, int length, Crc32c crc) {
        return crc.reset()
                .addLong(seal)
                .add(header, at + FRAME_LENGTH_AT, FRAME_HEADER_BYTES - FRAME_LENGTH_AT)
                .add(body, bodyAt, length)
                .value();
    }
}
