package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;

import io.millrace.base.Crc32c;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Forms one group: gathers ranges of the shards' chunks, without copying them, behind headers of its own. Reused from
 * group to group; the writer's.
 */
final class GroupBuilder {
    /** Frames with records in one group. */
    private static final int RECORD_FRAMES_MAX = 500;

    private static final int FRAMES_MAX = RECORD_FRAMES_MAX + LocalStoreOptions.SHARDS_MAX;
    /** A record is not split for less: the first frame holds its length, and crumbs cost more than they fill. */
    private static final int PART_BYTES_MIN = 1024;

    private static final ByteBuffer PADDING = ByteBuffer.allocateDirect(BLOCK_BYTES);

    private final Crc32c crc = new Crc32c();
    private final ByteBuffer headers =
            ByteBuffer.allocateDirect(BLOCK_BYTES + GROUP_HEADER_BYTES + FRAMES_MAX * FRAME_HEADER_BYTES);
    /** File header (if any), group header and empty frames, then a header and a body per frame, then padding. */
    private final ByteBuffer[] buffers = new ByteBuffer[2 + 2 * RECORD_FRAMES_MAX];

    private final int[] frameShards = new int[FRAMES_MAX];
    private final long[] framePositions = new long[FRAMES_MAX];
    private final int[] frameLengths = new int[FRAMES_MAX];
    private final boolean[] frameContinues = new boolean[FRAMES_MAX];
    private final long bodyBytesMax;
    private int frames;
    /** How many of the frames are empty; they come first. */
    private int emptyFrames;

    private int bodyBytes;
    private int groupAt;
    private long fileNumber;
    private long seal;
    private long sequence;

    GroupBuilder(long groupBytesMax) {
        this.bodyBytesMax = groupBytesMax - GROUP_HEADER_BYTES;
    }

    /** Begins a group, behind a file header where it is the first of its file. */
    void begin(@Nullable JournalFileHeader header, JournalFile file, long sequence) {
        this.fileNumber = file.number;
        this.seal = file.seal;
        this.sequence = sequence;
        frames = 0;
        emptyFrames = 0;
        bodyBytes = 0;
        groupAt = 0;
        if (header != null) {
            headers.clear();
            for (int at = 0; at < BLOCK_BYTES; at += Long.BYTES) {
                headers.putLong(at, 0);
            }
            JournalFormat.putFileHeader(headers, header, crc);
            groupAt = BLOCK_BYTES;
        }
    }

    /** Begins with an empty frame per shard, which states where its stream stands: {@code positions} has one each. */
    void addPositions(long[] positions) {
        for (int shard = 0; shard < positions.length; shard++) {
            putFrame(shard, positions[shard], 0, PADDING, 0, 0);
        }
        emptyFrames = frames;
    }

    /** How many bytes of {@code length} the next frame can take of a range that may be split; 0 where none. */
    int roomFor(long length, int frameBytesMax, boolean splittable, long fileBytesLeft) {
        if (frames - emptyFrames == RECORD_FRAMES_MAX) {
            return 0;
        }
        long left =
                Math.min(bodyBytesMax, fileBytesLeft - groupAt - GROUP_HEADER_BYTES) - bodyBytes - FRAME_HEADER_BYTES;
        long take = Math.min(Math.min(length, frameBytesMax), left);
        if (take <= 0 || (take < length && (!splittable || take < PART_BYTES_MIN))) {
            return 0;
        }
        return (int) take;
    }

    /** Adds a frame: {@code length} bytes of {@code memory} from {@code index} on. */
    void add(int shard, long position, boolean continues, ByteBuffer memory, int index, int length) {
        int buffer = 1 + 2 * (frames - emptyFrames);
        int at = putFrame(shard, position, continues ? JournalFormat.FRAME_CONTINUES : 0, memory, index, length);
        buffers[buffer] = headers.slice(at, FRAME_HEADER_BYTES);
        buffers[buffer + 1] = memory.slice(index, length);
    }

    /** Notes a frame and writes its header; returns where that is in {@link #headers}. */
    private int putFrame(int shard, long position, int flags, ByteBuffer memory, int index, int length) {
        int at = groupAt + GROUP_HEADER_BYTES + frames * FRAME_HEADER_BYTES;
        JournalFormat.putFrameHeader(headers, at, shard, flags, position, sequence, seal, memory, index, length, crc);
        frameShards[frames] = shard;
        framePositions[frames] = position;
        frameLengths[frames] = length;
        frameContinues[frames] = flags == JournalFormat.FRAME_CONTINUES;
        frames++;
        bodyBytes += FRAME_HEADER_BYTES + length;
        return at;
    }

    /** Ends the group; returns the number of {@link #buffers} to write. */
    int finish(long syncedThrough) {
        JournalFormat.putGroupHeader(
                headers, groupAt, fileNumber, seal, sequence, syncedThrough, bodyBytes, frames, crc);
        buffers[0] = headers.slice(0, groupAt + GROUP_HEADER_BYTES + emptyFrames * FRAME_HEADER_BYTES);
        long end = GROUP_HEADER_BYTES + (long) bodyBytes;
        int last = 1 + 2 * (frames - emptyFrames);
        buffers[last] = PADDING.slice(0, (int) (JournalFormat.align(end) - end));
        return last + 1;
    }

    ByteBuffer[] buffers() {
        return buffers;
    }

    /** Bytes from the start of the write to the end of the padding. */
    long totalBytes() {
        return groupAt + JournalFormat.align(GROUP_HEADER_BYTES + (long) bodyBytes);
    }

    /** Notes the frames in the file that the group was written to, at {@code offset}, and forgets their memory. */
    void noteFrames(JournalFile file, long offset) {
        long at = offset + groupAt + GROUP_HEADER_BYTES;
        for (int i = 0; i < frames; i++) {
            at += FRAME_HEADER_BYTES;
            file.addFrame(frameShards[i], framePositions[i], frameContinues[i], (int) at, frameLengths[i]);
            at += frameLengths[i];
        }
        Arrays.fill(buffers, 0, 2 + 2 * (frames - emptyFrames), null);
    }
}
