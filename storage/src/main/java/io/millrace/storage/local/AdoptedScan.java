package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_LENGTH_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_POSITION_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SHARD_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;

import io.millrace.storage.Damage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Consumer;

/**
 * Checks the groups and frames of an adopted file, a group at a time, as far as the adopted extents reach: what is
 * behind them was never adopted, or made void by a recovery. For one thread.
 */
final class AdoptedScan {
    private static final long UNKNOWN = -1;

    private final JournalFile file;
    private final String name;
    private final Consumer<Damage> listener;
    private final GroupScanner scanner = new GroupScanner();
    /** Per shard up to where its extent was found. */
    private final long[] found;

    private long expected = UNKNOWN;
    private long offset;

    /** Will check what {@code file}, whose name is {@code name}, holds of the extents of {@code shards} shards. */
    AdoptedScan(JournalFile file, String name, int shards, Consumer<Damage> listener) {
        this.file = file;
        this.name = name;
        this.listener = listener;
        this.found = new long[shards];
        Arrays.setAll(found, file::startPosition);
    }

    /** Checks the next group; returns whether it was the last. */
    boolean step() throws IOException {
        if (offset == 0) {
            checkHeader();
            offset = BLOCK_BYTES;
        }
        if (isComplete()) {
            return true;
        }
        ScannedGroup group = scanner.groupAt(file, offset);
        if (group == null || (expected != UNKNOWN && group.sequence() != expected)) {
            group = scanner.findGroup(file, offset, expected == UNKNOWN ? 0 : expected);
            long end = group == null ? file.file.size() : group.offset();
            damaged(offset, end - offset, "a group of the journal is damaged or missing" + lost());
            if (group == null) {
                return true;
            }
        }
        check(group);
        expected = group.sequence() + 1;
        offset = group.end();
        return false;
    }

    /** Bytes of the file that were checked. */
    long offset() {
        return offset;
    }

    private void checkHeader() throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        file.file.read(block, 0);
        JournalFileHeader header = JournalFileHeader.read(block.flip(), file.number, name);
        if (header == null || header.seal() != file.seal) {
            damaged(0, JournalFormat.FILE_HEADER_BYTES, "the header of the file fails its checksum");
        }
    }

    private boolean isComplete() {
        for (int shard = 0; shard < found.length; shard++) {
            if (found[shard] < file.endPosition(shard)) {
                return false;
            }
        }
        return true;
    }

    /** What is not found yet of the extents. */
    private String lost() {
        StringBuilder text = new StringBuilder();
        for (int shard = 0; shard < found.length; shard++) {
            if (found[shard] < file.endPosition(shard)) {
                text.append(text.isEmpty() ? "; some of " : ", ")
                        .append("shard ")
                        .append(shard)
                        .append(" from position ")
                        .append(found[shard])
                        .append(" on");
            }
        }
        return text.toString();
    }

    private void check(ScannedGroup group) throws IOException {
        int groupAt = scanner.load(group);
        BitSet damaged = scanner.damagedFrames(group, groupAt);
        ByteBuffer buffer = scanner.buffer();
        int at = groupAt + GROUP_HEADER_BYTES;
        int end = groupAt + group.bytes();
        for (int frame = 0; frame < group.frames(); frame++) {
            long frameOffset = group.offset() + (at - groupAt);
            int length = end - at < FRAME_HEADER_BYTES ? -1 : buffer.getInt(at + FRAME_LENGTH_AT);
            if (length < 0 || length > end - at - FRAME_HEADER_BYTES) {
                damaged(
                        frameOffset,
                        group.end() - frameOffset,
                        "frame " + frame + " of group " + group.sequence() + " makes no sense" + lost());
                return;
            }
            int shard = buffer.getInt(at + FRAME_SHARD_AT);
            long position = buffer.getLong(at + FRAME_POSITION_AT);
            boolean known = shard >= 0 && shard < found.length;
            if (damaged.get(frame)) {
                damaged(
                        frameOffset,
                        FRAME_HEADER_BYTES + (long) length,
                        "frame " + frame + " of group "
                                + group.sequence() + " fails its checksum: shard " + shard + ", positions " + position
                                + " to "
                                + (position + length));
            }
            if (known && (!damaged.get(frame) || position == found[shard])) {
                found[shard] = Math.max(found[shard], position + length);
            }
            at += FRAME_HEADER_BYTES + length;
        }
    }

    private void damaged(long from, long bytes, String what) {
        listener.accept(new Damage(name, from, bytes, what));
    }
}
