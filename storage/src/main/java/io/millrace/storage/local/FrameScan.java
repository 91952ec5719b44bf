package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_LENGTH_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_POSITION_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SHARD_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds the frames of an adopted file again after a restart, when the first of its records is read. What is found is a
 * way to records, not proof of them: those are verified when they are read. So a frame that fails its checksum still
 * counts where its header makes sense, for most records in it are whole; what lies in none is a hole.
 */
final class FrameScan {
    private static final long UNKNOWN = -1;

    private final JournalFile file;
    private final FrameList[] frames;
    /** Per shard where its stream stands. */
    private final long[] expected;

    private final GroupScanner scanner = new GroupScanner();

    private FrameScan(JournalFile file, int shards) {
        this.file = file;
        this.frames = new FrameList[shards];
        this.expected = new long[shards];
        Arrays.setAll(frames, shard -> new FrameList());
        Arrays.fill(expected, UNKNOWN);
    }

    /** The frames of each of {@code shards} shards that lie within its part of {@code file}. */
    static FrameList[] of(JournalFile file, int shards) throws IOException {
        FrameScan scan = new FrameScan(file, shards);
        scan.run();
        return scan.frames;
    }

    private void run() throws IOException {
        ScannedGroup group = scanner.findGroup(file, BLOCK_BYTES, 0);
        while (group != null) {
            int at = scanner.load(group);
            addFrames(group, at, scanner.damagedFrames(group, at));
            // Behind damage the next group that is whole goes on.
            group = scanner.findGroup(file, group.end(), group.sequence() + 1);
        }
        for (int shard = 0; shard < frames.length; shard++) {
            if (expected[shard] != UNKNOWN) {
                addHole(shard, file.endPosition(shard));
            }
        }
    }

    private void addFrames(ScannedGroup group, int groupAt, BitSet damaged) {
        ByteBuffer buffer = scanner.buffer();
        int at = groupAt + GROUP_HEADER_BYTES;
        int end = groupAt + group.bytes();
        for (int frame = 0; frame < group.frames() && end - at >= FRAME_HEADER_BYTES; frame++) {
            int length = buffer.getInt(at + FRAME_LENGTH_AT);
            int shard = buffer.getInt(at + FRAME_SHARD_AT);
            long position = buffer.getLong(at + FRAME_POSITION_AT);
            at += FRAME_HEADER_BYTES;
            if (length < 0 || length > end - at) {
                return;
            }
            boolean known = shard >= 0 && shard < frames.length;
            if (known && (!damaged.get(frame) || position == expected[shard])) {
                add(shard, position, length, (int) group.offset() + (at - groupAt));
            }
            at += length;
        }
    }

    private void add(int shard, long position, int length, int offset) {
        if (position >= file.endPosition(shard) || position < expected[shard]) {
            return; // behind the extent: not adopted, or made void by a recovery
        }
        addHole(shard, position);
        if (length > 0 && position + length > file.startPosition(shard)) {
            frames[shard].add(position, offset);
        }
        expected[shard] = position + length;
    }

    /** Notes that what is missing before {@code end} is missing. */
    private void addHole(int shard, long end) {
        if (expected[shard] != UNKNOWN && expected[shard] < end && end > file.startPosition(shard)) {
            frames[shard].add(expected[shard], FrameList.HOLE);
        }
    }
}
