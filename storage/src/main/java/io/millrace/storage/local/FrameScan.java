package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_HEADER_BYTES;
import static io.millrace.storage.local.JournalFormat.FRAME_LENGTH_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_POSITION_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SEQUENCE_AT;
import static io.millrace.storage.local.JournalFormat.FRAME_SHARD_AT;
import static io.millrace.storage.local.JournalFormat.GROUP_HEADER_BYTES;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frames of an adopted file again after a restart, as far as its records are read. What is found is a way to
 * records, not proof of them: those are verified when they are read. So of a frame that goes on where the one before it
 * has ended, or begins where the part of its shard does, only the header is read, and one that fails its checksum still
 * counts then, for most records in it are whole. Where something does not go on the group is read whole, and frames
 * count that are whole themselves; what lies in none is a hole.
 *
 * <p>Any thread.
 */
final class FrameScan {
    private static final long UNKNOWN = -1;
    /** Read of a group beside its frames: its header, those of its frames where they are near. */
    private static final int WINDOW_BYTES = 4 * BLOCK_BYTES;

    private static final List<Header> NO_SENSE = List.of(new Header(-1, 0, 0, 0));

    private final JournalFile file;
    private final FrameList[] frames;
    /** Per shard where its stream stands. */
    private final long[] expected;
    /** Per shard whether its last frame is damaged, so that its length may be wrong. */
    private final boolean[] inDoubt;

    /** Null when all is found. */
    private @Nullable GroupScanner headers = new GroupScanner(WINDOW_BYTES);
    /** Where the next group is looked for, and its least sequence. */
    private long offset = BLOCK_BYTES;

    private long sequence;

    private record Header(int shard, long position, int offset, int length) {}

    /** Will look for the frames of each of {@code shards} shards that lie within its part of {@code file}. */
    FrameScan(JournalFile file, int shards) {
        this.file = file;
        this.frames = new FrameList[shards];
        this.expected = new long[shards];
        this.inDoubt = new boolean[shards];
        Arrays.setAll(frames, shard -> new FrameList());
        Arrays.fill(expected, UNKNOWN);
    }

    /** The frames of {@code shard}, at least up to the first that begins behind {@code position}. */
    synchronized FrameList upTo(int shard, long position) throws IOException {
        FrameList found = frames[shard];
        while (headers != null && (found.count() == 0 || found.position(found.count() - 1) <= position)) {
            step(headers);
        }
        return found;
    }

    /** The number of frames that were found. */
    synchronized long found() {
        long count = 0;
        for (FrameList each : frames) {
            count += each.count();
        }
        return count;
    }

    /** Looks at the next group. */
    private void step(GroupScanner scanner) throws IOException {
        // Behind damage the next group that is whole goes on.
        ScannedGroup group = scanner.findGroup(file, offset, sequence);
        if (group == null) {
            for (int shard = 0; shard < frames.length; shard++) {
                if (expected[shard] != UNKNOWN) {
                    addHole(shard, file.endPosition(shard));
                }
            }
            headers = null;
            return;
        }
        if (!addThoseThatGoOn(group, scanner)) {
            // What was added already is passed over: it is before what is expected now.
            GroupScanner whole = new GroupScanner(WINDOW_BYTES);
            int at = whole.load(group);
            addFrames(group, whole.buffer(), at, whole.damagedFrames(group, at));
        }
        offset = group.end();
        sequence = group.sequence() + 1;
    }

    /** Adds frames by their headers; false where one does not go on where its stream stands, or they make no sense. */
    private boolean addThoseThatGoOn(ScannedGroup group, GroupScanner scanner) throws IOException {
        for (Header each : headersOf(group, scanner)) {
            if (each.shard < 0 || each.shard >= frames.length || !goesOn(each)) {
                return false;
            }
            add(each.shard, each.position, each.length, each.offset, false);
        }
        return true;
    }

    private boolean goesOn(Header frame) {
        if (frame.position >= file.endPosition(frame.shard)) {
            return true; // of no interest, as all of a shard that has no part in the file
        }
        long stands = expected[frame.shard] == UNKNOWN ? file.startPosition(frame.shard) : expected[frame.shard];
        return frame.position == stands;
    }

    /** The headers of all frames of a group; one of no shard where together they make no sense. */
    private List<Header> headersOf(ScannedGroup group, GroupScanner scanner) throws IOException {
        List<Header> found = new ArrayList<>();
        long at = group.offset() + GROUP_HEADER_BYTES;
        long end = group.offset() + group.bytes();
        for (int frame = 0; frame < group.frames(); frame++) {
            int header = end - at < FRAME_HEADER_BYTES ? -1 : scanner.loadFrameHeader(file, at);
            if (header < 0 || scanner.buffer().getLong(header + FRAME_SEQUENCE_AT) != group.sequence()) {
                return NO_SENSE;
            }
            ByteBuffer buffer = scanner.buffer();
            int length = buffer.getInt(header + FRAME_LENGTH_AT);
            at += FRAME_HEADER_BYTES;
            if (length < 0 || length > end - at) {
                return NO_SENSE;
            }
            found.add(new Header(
                    buffer.getInt(header + FRAME_SHARD_AT),
                    buffer.getLong(header + FRAME_POSITION_AT),
                    (int) at,
                    length));
            at += length;
        }
        return at == end ? found : NO_SENSE;
    }

    private void addFrames(ScannedGroup group, ByteBuffer buffer, int groupAt, BitSet damaged) {
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
                add(shard, position, length, (int) group.offset() + (at - groupAt), damaged.get(frame));
            }
            at += length;
        }
    }

    private void add(int shard, long position, int length, int offset, boolean damaged) {
        FrameList found = frames[shard];
        long least = inDoubt[shard] ? found.position(found.count() - 1) + 1 : expected[shard];
        if (position >= file.endPosition(shard) || position < least) {
            return; // behind the extent: not adopted, or made void by a recovery; or added before
        }
        addHole(shard, position);
        if (length > 0 && position + length > file.startPosition(shard)) {
            found.add(position, offset);
            inDoubt[shard] = damaged;
        }
        expected[shard] = position + length;
    }

    /** Notes that what is missing before {@code end} is missing. Behind a frame in doubt that is not known. */
    private void addHole(int shard, long end) {
        if (!inDoubt[shard] && expected[shard] != UNKNOWN && expected[shard] < end && end > file.startPosition(shard)) {
            frames[shard].add(expected[shard], FrameList.HOLE);
        }
    }
}
