package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_LENGTH_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_POSITION_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SHARD_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds the frames of an adopted file again after a restart, when the first of its records is read. What is found is a
 * way to records, not proof of them: those are verified when they are read.
 */
final class FrameScan {
    private final JournalFile file;
    private final FrameList[] frames;
    private final GroupScanner scanner = new GroupScanner();
    private final FileWindow window = new FileWindow();

    private FrameScan(JournalFile file, int shards) {
        this.file = file;
        this.frames = new FrameList[shards];
        for (int shard = 0; shard < shards; shard++) {
            frames[shard] = new FrameList();
        }
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
            addFrames(group);
            // Behind damage the next group that is whole goes on.
            group = scanner.findGroup(file, group.end(), group.sequence() + 1);
        }
    }

    private void addFrames(ScannedGroup group) throws IOException {
        long at = group.offset() + GROUP_HEADER_BYTES;
        long end = group.offset() + group.bytes();
        for (int frame = 0; frame < group.frames() && at + FRAME_HEADER_BYTES <= end; frame++) {
            int index = window.find(file.file, at, FRAME_HEADER_BYTES);
            if (index < 0) {
                return;
            }
            ByteBuffer buffer = window.buffer();
            int length = buffer.getInt(index + FRAME_LENGTH_AT);
            int shard = buffer.getInt(index + FRAME_SHARD_AT);
            long position = buffer.getLong(index + FRAME_POSITION_AT);
            if (length < 0 || length > end - at - FRAME_HEADER_BYTES) {
                return;
            }
            at += FRAME_HEADER_BYTES;
            if (length > 0 && shard >= 0 && shard < frames.length && belongs(shard, position)) {
                frames[shard].add(position, (int) at);
            }
            at += length;
        }
    }

    /** Whether the frame follows the one before; groups that a recovery has made void lie behind the extent. */
    private boolean belongs(int shard, long position) {
        int count = frames[shard].count();
        return position < file.endPosition(shard)
                && position >= file.startPosition(shard)
                && (count == 0 || position > frames[shard].position(count - 1));
    }
}
