package io.millrace.storage.local;

import static io.millrace.storage.local.JournalFormat.BLOCK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeedSource;
import io.millrace.testkit.SimulatedFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What {@link GroupBuilder} writes, {@link GroupScanner} finds: all of it, and nothing else. */
class GroupFormatTest {
    private static final long NUMBER = 7;
    private static final long SEAL = 0x1234_5678_9abc_def0L;

    private final GroupBuilder builder = new GroupBuilder(1 << 20);
    private final List<ExpectedFrame> expected = new ArrayList<>();
    private SimulatedFileSystem disk;
    private JournalFile file;

    private record ExpectedFrame(int shard, long position, boolean continues, byte[] body) {}

    @BeforeEach
    void makeFile() throws IOException {
        disk = new SimulatedFileSystem(new SplittableRandom(1));
        Path path = Path.of("journal").toAbsolutePath();
        disk.createDirectories(path.getParent());
        file = new JournalFile(NUMBER, SEAL, disk.create(path), 1 << 20, new long[16]);
    }

    @ParameterizedTest
    @SeedSource(runs = 100)
    void aGroupIsReadBackAsItWasBuilt(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        long end = write(random, BLOCK_BYTES, 5, 1 + random.nextInt(30), 3000);

        GroupScanner scanner = new GroupScanner();
        ScannedGroup group = scanner.groupAt(file, BLOCK_BYTES);

        assertThat(group).isNotNull();
        assertThat(group.sequence()).isEqualTo(5);
        assertThat(group.syncedThrough()).isEqualTo(4);
        assertThat(group.end()).isEqualTo(end).isEqualTo(file.file.size());
        assertThat(scanner.damagedFrames(group, scanner.load(group)).isEmpty()).isTrue();
        assertThat(frames(scanner, group)).usingRecursiveComparison().isEqualTo(expected);
    }

    @Test
    void aGroupMayBeginByStatingWhereTheShardsStand() throws IOException {
        long[] positions = new SplittableRandom(1).longs(1024, 0, 1L << 50).toArray();
        builder.begin(null, file, 5);
        builder.addPositions(positions);
        expected.clear();
        for (int shard = 0; shard < positions.length; shard++) {
            expected.add(new ExpectedFrame(shard, positions[shard], false, new byte[0]));
        }
        addFrames(new SplittableRandom(2), 500, 100);
        assertThat(builder.roomFor(1, 1, true, 1 << 20)).as("room for one more").isZero();
        int buffers = builder.finish(4);
        file.file.write(builder.buffers(), buffers, BLOCK_BYTES);

        GroupScanner scanner = new GroupScanner();
        ScannedGroup group = scanner.groupAt(file, BLOCK_BYTES);

        assertThat(frames(scanner, group)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(scanner.damagedFrames(group, scanner.load(group)).isEmpty()).isTrue();
        assertThat(file.file.size()).isEqualTo(group.end());
    }

    @ParameterizedTest
    @SeedSource(runs = 10)
    void aFlippedBitIsSeenWhereverItIs(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        write(random, BLOCK_BYTES, 5, 3, 60);
        int bytes = new GroupScanner().groupAt(file, BLOCK_BYTES).bytes();

        for (int i = 0; i < bytes * Byte.SIZE; i++) {
            flip(BLOCK_BYTES, i);
            assertThat(isWhole(BLOCK_BYTES)).as("bit %d", i).isFalse();
            flip(BLOCK_BYTES, i);
        }
        assertThat(isWhole(BLOCK_BYTES)).isTrue();
    }

    @Test
    void aFlipInABodyDamagesThatFrameAlone() throws IOException {
        write(new SplittableRandom(2), BLOCK_BYTES, 5, 4, 100);
        ScannedGroup group = new GroupScanner().groupAt(file, BLOCK_BYTES);
        int lastByte = group.bytes() - 1;

        flip(BLOCK_BYTES, lastByte * Byte.SIZE);

        GroupScanner fresh = new GroupScanner();
        assertThat(fresh.damagedFrames(group, fresh.load(group))).isEqualTo(BitSet.valueOf(new long[] {0b1000}));
    }

    @Test
    void aFrameLengthThatLeavesTheGroupDamagesAllFramesFromThereOn() throws IOException {
        write(new SplittableRandom(3), BLOCK_BYTES, 5, 3, 100);
        ScannedGroup group = new GroupScanner().groupAt(file, BLOCK_BYTES);
        int second = JournalFormat.GROUP_HEADER_BYTES + JournalFormat.FRAME_HEADER_BYTES + expected.get(0).body.length;

        flip(BLOCK_BYTES, (second + JournalFormat.FRAME_LENGTH_AT) * Byte.SIZE + 7);

        GroupScanner fresh = new GroupScanner();
        assertThat(fresh.damagedFrames(group, fresh.load(group))).isEqualTo(BitSet.valueOf(new long[] {0b110}));
    }

    @Test
    void whatARecycledFileHeldBeforeIsNeverAccepted() throws IOException {
        long end = write(new SplittableRandom(4), BLOCK_BYTES, 5, 3, 5000);
        JournalFile recycled =
                new JournalFile(NUMBER + 1, SEAL ^ NUMBER ^ NUMBER + 1, file.file, 1 << 20, new long[16]);

        for (long at = 0; at < end; at += BLOCK_BYTES) {
            assertThat(new GroupScanner().groupAt(recycled, at)).isNull();
        }
    }

    @Test
    void oldFramesBehindANewGroupHeaderAreDamaged() throws IOException {
        write(new SplittableRandom(5), BLOCK_BYTES, 5, 3, 100);
        byte[] header = bytes(BLOCK_BYTES, JournalFormat.GROUP_HEADER_BYTES);
        expected.clear();
        write(new SplittableRandom(5), BLOCK_BYTES, 6, 3, 100);

        file.file.write(ByteBuffer.wrap(header), BLOCK_BYTES);

        GroupScanner scanner = new GroupScanner();
        ScannedGroup group = scanner.groupAt(file, BLOCK_BYTES);
        assertThat(group.sequence()).isEqualTo(5);
        assertThat(scanner.damagedFrames(group, scanner.load(group)).cardinality())
                .isEqualTo(3);
    }

    @Test
    void aGroupInTheBodyOfAMessageIsNoGroupOfTheFile() throws IOException {
        JournalFile forged =
                new JournalFile(NUMBER, 0, disk.create(Path.of("forged").toAbsolutePath()), 1 << 20, new long[16]);
        JournalFile sealed = file;
        file = forged;
        long end = write(new SplittableRandom(6), 0, 1000, 3, 100);
        byte[] message = bytes(0, (int) end);
        file = sealed;

        file.file.write(ByteBuffer.wrap(message), BLOCK_BYTES);

        assertThat(new GroupScanner().groupAt(file, BLOCK_BYTES)).isNull();
        assertThat(new GroupScanner().findGroup(file, 0, 0)).isNull();
        assertThat(new GroupScanner().provesSynced(file, 0, 1)).isFalse();
    }

    @Test
    void aGroupThatTheFileIsTooShortForIsNone() throws IOException {
        write(new SplittableRandom(7), BLOCK_BYTES, 5, 3, 5000);
        long bytes = new GroupScanner().groupAt(file, BLOCK_BYTES).bytes();

        file.file.truncate(BLOCK_BYTES + bytes);
        assertThat(new GroupScanner().groupAt(file, BLOCK_BYTES)).isNotNull();
        file.file.truncate(BLOCK_BYTES + bytes - 1);
        assertThat(new GroupScanner().groupAt(file, BLOCK_BYTES)).isNull();
        file.file.truncate(BLOCK_BYTES + JournalFormat.GROUP_HEADER_BYTES - 1);
        assertThat(new GroupScanner().groupAt(file, BLOCK_BYTES)).isNull();
    }

    @Test
    void theFirstGroupOfASequenceOrLaterIsFoundBehindDamage() throws IOException {
        long second = write(new SplittableRandom(8), BLOCK_BYTES, 5, 3, 9000);
        long third = write(new SplittableRandom(9), second, 6, 3, 9000);
        write(new SplittableRandom(10), third, 7, 3, 9000);
        flip(second, 0);

        assertThat(new GroupScanner().findGroup(file, 0, 0).offset()).isEqualTo(BLOCK_BYTES);
        assertThat(new GroupScanner().findGroup(file, second, 6).offset()).isEqualTo(third);
        assertThat(new GroupScanner().findGroup(file, 0, 8)).isNull();
        assertThat(new GroupScanner().provesSynced(file, second, 5)).isTrue();
        assertThat(new GroupScanner().provesSynced(file, second, 6)).isTrue();
        assertThat(new GroupScanner().provesSynced(file, second, 7)).isFalse();
    }

    /** Writes a group of random frames at {@code offset}; returns where the next one begins. */
    private long write(SplittableRandom random, long offset, long sequence, int frames, int bytesMax)
            throws IOException {
        builder.begin(null, file, sequence);
        addFrames(random, frames, bytesMax);
        int buffers = builder.finish(sequence - 1);
        file.file.write(builder.buffers(), buffers, offset);
        builder.noteFrames(file, offset);
        return offset + builder.totalBytes();
    }

    private void addFrames(SplittableRandom random, int frames, int bytesMax) {
        for (int i = 0; i < frames; i++) {
            byte[] body = new byte[random.nextInt(1, bytesMax)];
            random.nextBytes(body);
            ByteBuffer memory = ByteBuffer.allocateDirect(body.length + 20).put(10, body);
            var frame = new ExpectedFrame(random.nextInt(16), random.nextLong(1L << 50), random.nextBoolean(), body);
            builder.add(frame.shard, frame.position, frame.continues, memory, 10, body.length);
            expected.add(frame);
        }
    }

    private static List<ExpectedFrame> frames(GroupScanner scanner, ScannedGroup group) throws IOException {
        List<ExpectedFrame> frames = new ArrayList<>();
        int at = scanner.load(group) + JournalFormat.GROUP_HEADER_BYTES;
        ByteBuffer buffer = scanner.buffer();
        for (int i = 0; i < group.frames(); i++) {
            byte[] body = new byte[buffer.getInt(at + JournalFormat.FRAME_LENGTH_AT)];
            buffer.get(at + JournalFormat.FRAME_HEADER_BYTES, body);
            frames.add(new ExpectedFrame(
                    buffer.getInt(at + JournalFormat.FRAME_SHARD_AT),
                    buffer.getLong(at + JournalFormat.FRAME_POSITION_AT),
                    buffer.getInt(at + JournalFormat.FRAME_FLAGS_AT) == JournalFormat.FRAME_CONTINUES,
                    body));
            at += JournalFormat.FRAME_HEADER_BYTES + body.length;
        }
        return frames;
    }

    private boolean isWhole(long offset) throws IOException {
        GroupScanner scanner = new GroupScanner();
        ScannedGroup group = scanner.groupAt(file, offset);
        return group != null
                && scanner.damagedFrames(group, scanner.load(group)).isEmpty();
    }

    private void flip(long offset, int bit) throws IOException {
        disk.flipBit(file.file.path(), offset + bit / Byte.SIZE, bit % Byte.SIZE);
    }

    private byte[] bytes(long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        file.file.read(ByteBuffer.wrap(bytes), offset);
        return bytes;
    }
}
