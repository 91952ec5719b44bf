package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_CRC_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_LENGTH_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SEQUENCE_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_BODY_BYTES_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_FRAMES_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.GROUP_SEQUENCE_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_SYNCED_THROUGH_AT;

import io.millrace.base.Crc32c;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Reads and checks groups of journal files. For one thread; the buffer of the last read is shared with the caller. */
final class GroupScanner {
    private static final int WINDOW_BYTES = 1 << 20;

    private final FileWindow window;
    private final Crc32c crc = new Crc32c();

    /** For who reads the groups whole. */
    GroupScanner() {
        this(WINDOW_BYTES);
    }

    /** For who reads {@code windowBytes} bytes at a time of what is not read whole. */
    GroupScanner(int windowBytes) {
        window = new FileWindow(windowBytes);
    }

    /** The group whose header is at {@code offset} and whose frames end within the file; null where there is none. */
    @Nullable
    ScannedGroup groupAt(JournalFile file, long offset) throws IOException {
        int at = window.find(file.file, offset, GROUP_HEADER_BYTES);
        if (at < 0) {
            return null;
        }
        ByteBuffer buffer = window.buffer();
        if (!JournalFormat.isGroupHeader(buffer, at, file, crc)) {
            return null;
        }
        ScannedGroup group = new ScannedGroup(
                file,
                offset,
                buffer.getLong(at + GROUP_SEQUENCE_AT),
                buffer.getLong(at + GROUP_SYNCED_THROUGH_AT),
                buffer.getInt(at + GROUP_BODY_BYTES_AT),
                buffer.getInt(at + GROUP_FRAMES_AT));
        return offset + GROUP_HEADER_BYTES + (long) group.bodyBytes() <= file.file.size() ? group : null;
    }

    /** The first group of {@code file} at or after {@code offset} with a sequence of at least {@code sequence}. */
    @Nullable
    ScannedGroup findGroup(JournalFile file, long offset, long sequence) throws IOException {
        long size = file.file.size();
        for (long at = offset; at < size; at += BLOCK_BYTES) {
            ScannedGroup group = groupAt(file, at);
            if (group != null && group.sequence() >= sequence) {
                return group;
            }
        }
        return null;
    }

    /** Whether a group of {@code file} at or after {@code offset} vouches that group {@code sequence} was synced. */
    boolean provesSynced(JournalFile file, long offset, long sequence) throws IOException {
        long size = file.file.size();
        for (long at = offset; at < size; at += BLOCK_BYTES) {
            ScannedGroup group = groupAt(file, at);
            if (group != null && group.syncedThrough() >= sequence) {
                return true;
            }
        }
        return false;
    }

    /** Reads the header of a frame; returns its index in {@link #buffer}, or -1 where the file ends before. */
    int loadFrameHeader(JournalFile file, long offset) throws IOException {
        return window.find(file.file, offset, FRAME_HEADER_BYTES);
    }

    /** Reads {@code group} whole; returns the index in {@link #buffer} of its header. */
    int load(ScannedGroup group) throws IOException {
        int at = window.find(group.file().file, group.offset(), group.bytes());
        if (at < 0) {
            throw new IOException(group.file() + " became shorter while it was read");
        }
        return at;
    }

    ByteBuffer buffer() {
        return window.buffer();
    }

    /**
     * Checks the frames of a loaded group. Returns the indexes of those that are damaged; all from the first whose
     * length makes no sense.
     */
    BitSet damagedFrames(ScannedGroup group, int groupAt) {
        BitSet damaged = new BitSet();
        ByteBuffer buffer = window.buffer();
        int at = groupAt + GROUP_HEADER_BYTES;
        int end = groupAt + group.bytes();
        for (int frame = 0; frame < group.frames(); frame++) {
            int length = end - at < FRAME_HEADER_BYTES ? -1 : buffer.getInt(at + FRAME_LENGTH_AT);
            if (length < 0 || length > end - at - FRAME_HEADER_BYTES) {
                damaged.set(frame, group.frames());
                return damaged;
            }
            int expected =
                    JournalFormat.frameCrc(buffer, at, group.file().seal, buffer, at + FRAME_HEADER_BYTES, length, crc);
            if (buffer.getInt(at + FRAME_CRC_AT) != expected
                    || buffer.getLong(at + FRAME_SEQUENCE_AT) != group.sequence()) {
                damaged.set(frame);
            }
            at += FRAME_HEADER_BYTES + length;
        }
        return damaged;
    }
}
