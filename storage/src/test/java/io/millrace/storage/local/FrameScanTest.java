package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.base.file.StorageFile;
import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Frames of an adopted file are found again, without reading what is in them. */
class FrameScanTest {
    private static final long NUMBER = 7;
    private static final long SEAL = 0x1234_5678_9abc_def0L;
    private static final int SHARDS = 3;
    private static final int GROUPS = 10;
    private static final Path PATH = Path.of("journal").toAbsolutePath();

    private final WatchedFileSystem disk = new WatchedFileSystem(new SimulatedFileSystem(new SplittableRandom(1)));
    private final List<Frame> written = new ArrayList<>();
    private final long[] groupsAt = new long[GROUPS];
    private final long[] ends = new long[SHARDS];
    private StorageFile file;

    private record Frame(int group, int shard, long position, int offset, int length) {}

    /** Groups with a large frame of the first shard, a small one of the second, and now and then one of the third. */
    @BeforeEach
    void write() throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        disk.createDirectories(PATH.getParent());
        file = disk.create(PATH);
        JournalFile journal = new JournalFile(NUMBER, SEAL, file, 16 << 20, new long[SHARDS]);
        GroupBuilder builder = new GroupBuilder(1 << 20);
        long at = BLOCK_BYTES;
        for (int group = 0; group < GROUPS; group++) {
            groupsAt[group] = at;
            builder.begin(null, journal, group + 5);
            int frameAt = (int) at + JournalFormat.GROUP_HEADER_BYTES;
            for (int shard = 0; shard < (group % 3 == 0 ? 3 : 2); shard++) {
                int length = shard == 0 ? 200_000 + random.nextInt(1000) : 1 + random.nextInt(500);
                byte[] body = new byte[length];
                random.nextBytes(body);
                builder.add(
                        shard,
                        ends[shard],
                        false,
                        ByteBuffer.allocateDirect(length).put(0, body),
                        0,
                        length);
                frameAt += JournalFormat.FRAME_HEADER_BYTES;
                written.add(new Frame(group, shard, ends[shard], frameAt, length));
                ends[shard] += length;
                frameAt += length;
            }
            int buffers = builder.finish(group + 4);
            file.write(builder.buffers(), buffers, at);
            at += builder.totalBytes();
        }
    }

    private JournalFile adopted() throws IOException {
        return JournalFile.adopted(NUMBER, SEAL, file, new long[SHARDS], ends);
    }

    private static int offsetOf(JournalFile adopted, Frame frame) throws IOException {
        FrameList frames = adopted.frames(frame.shard, frame.position);
        int found = frames.find(frame.position);
        return found < 0 || frames.position(found) != frame.position ? -1 : frames.offset(found);
    }

    @ParameterizedTest
    @SeedSource(runs = 20)
    void eachIsFoundInWhateverOrderTheyAreAskedFor(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        JournalFile adopted = adopted();
        for (int i = 0; i < 50; i++) {
            Frame frame = written.get(random.nextInt(written.size()));
            FrameList frames = adopted.frames(frame.shard, frame.position + random.nextInt(frame.length));
            int found = frames.find(frame.position);
            assertThat(frames.offset(found)).isEqualTo(frame.offset);
            long end = found + 1 < frames.count() ? frames.position(found + 1) : adopted.endPosition(frame.shard);
            assertThat(end).as("where it ends is known too").isEqualTo(frame.position + frame.length);
        }
    }

    @Test
    void theFileIsReadAsFarAsItIsAskedForAndNotTheBodies() throws IOException {
        JournalFile adopted = adopted();
        disk.bytesAskedFor.set(0);
        adopted.frames(0, 0);
        long first = disk.bytesAskedFor.get();
        // Where the first frame ends says the first header of the second group.

        assertThat(first).isLessThan(100_000);

        adopted.frames(0, ends[0] - 1);

        assertThat(disk.bytesAskedFor.get() - first).isLessThan(GROUPS * 40_000L);
        assertThat(adopted.framesKnown()).isEqualTo(written.size());

        long all = disk.bytesAskedFor.get();
        adopted.frames(1, ends[1] - 1);
        adopted.frames(0, 0);
        assertThat(disk.bytesAskedFor.get())
                .as("what is known is not looked for again")
                .isEqualTo(all);
    }

    /** What a recovery made void, or what is not adopted, lies before. */
    @Test
    void whereThePartOfAShardBeginsLaterItsFramesAreFoundFromThere() throws IOException {
        long[] starts = new long[SHARDS];
        starts[0] = written.stream()
                .filter(each -> each.group == 2 && each.shard == 0)
                .findFirst()
                .orElseThrow()
                .position;
        starts[1] = 10;
        JournalFile adopted = JournalFile.adopted(NUMBER, SEAL, file, starts, ends);

        for (Frame each : written) {
            boolean isWanted = each.position + each.length > starts[each.shard];
            assertThat(offsetOf(adopted, each)).isEqualTo(isWanted ? each.offset : -1);
        }
    }

    @Test
    void shardsWithoutAPartInTheFileArePassedOver() throws IOException {
        long[] starts = new long[SHARDS];
        long[] some = ends.clone();
        some[1] = 0;
        some[2] = written.get(2).length;
        JournalFile adopted = JournalFile.adopted(NUMBER, SEAL, file, starts, some);
        disk.bytesAskedFor.set(0);

        adopted.frames(0, ends[0] - 1);

        assertThat(disk.bytesAskedFor.get()).isLessThan(GROUPS * 40_000L);
        assertThat(adopted.framesKnown()).isEqualTo(GROUPS + 1);
    }

    /** The scanner keeps what it has read last, also when a read behind it fails. */
    @Test
    void aReadThatHasFailedLeavesNothingBehind() throws IOException {
        GroupScanner scanner = new GroupScanner(4 * BLOCK_BYTES);
        JournalFile adopted = adopted();
        assertThat(scanner.groupAt(adopted, groupsAt[1])).isNotNull();

        disk.failReadsHalfway = true;
        assertThatThrownBy(() -> scanner.groupAt(adopted, groupsAt[2])).isInstanceOf(IOException.class);
        disk.failReadsHalfway = false;

        ScannedGroup again = scanner.groupAt(adopted, groupsAt[1]);
        assertThat(again).isNotNull();
        assertThat(again.sequence()).isEqualTo(6);
    }

    @ParameterizedTest
    @SeedSource(runs = 200)
    void aDamagedByteCostsNoMoreThanItsFrameOrItsGroup(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        Frame hit = written.get(random.nextInt(written.size()));
        boolean inGroupHeader = random.nextInt(4) == 0;
        long at = inGroupHeader
                ? groupsAt[hit.group] + random.nextInt(JournalFormat.GROUP_HEADER_BYTES)
                : hit.offset - JournalFormat.FRAME_HEADER_BYTES + random.nextInt(JournalFormat.FRAME_HEADER_BYTES + 1);
        ByteBuffer one = ByteBuffer.allocate(1);
        file.read(one, at);
        file.write(one.put(0, (byte) (one.get(0) ^ (1 << random.nextInt(8)))).rewind(), at);

        JournalFile adopted = adopted();
        for (Frame each : written) {
            int offset = offsetOf(adopted, each);
            if (each.group != hit.group || (!inGroupHeader && each.offset < hit.offset)) {
                assertThat(offset).as("%s, the damage is at %d", each, at).isEqualTo(each.offset);
            } else {
                assertThat(offset).isIn(each.offset, FrameList.HOLE, -1);
            }
        }
    }
}
