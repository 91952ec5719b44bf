package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.storage.local.ShardOwner.Lost;
import io.millrace.storage.local.ShardOwner.Replayed;
import io.millrace.testkit.SeedSource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Frames to records. */
class StreamAssemblerTest {
    private static final int PREFIX = JournalFormat.RECORD_PREFIX_BYTES;

    private final ShardOwner owner = new ShardOwner();
    private final StreamAssembler stream = new StreamAssembler(owner, 0);

    @AfterEach
    void free() {
        stream.close();
    }

    /** Small records share frames, as in a chunk; a large one has a chunk of its own, and is split anywhere. */
    @ParameterizedTest
    @SeedSource(runs = 100)
    void recordsComeOutAsTheyWentInHoweverTheyWereFramed(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Replayed> expected = new ArrayList<>();
        long position = random.nextLong(1L << 40);
        for (int i = 0; i < 20; i++) {
            int records = random.nextBoolean() ? random.nextInt(1, 10) : 1;
            ByteBuffer chunk = ByteBuffer.allocateDirect(20_000);
            for (int r = 0; r < records; r++) {
                byte[] record = new byte[random.nextInt(0, 1500)];
                random.nextBytes(record);
                expected.add(new Replayed(position + chunk.position(), record));
                chunk.putInt(record.length).put(record);
            }
            position = addSplit(random, position, chunk.flip(), records == 1);
            if (random.nextInt(4) == 0) {
                add(position, false);
            }
        }
        stream.finish();

        assertThat(owner.replayed).usingRecursiveComparison().isEqualTo(expected);
        assertThat(owner.lost).isEmpty();
        assertThat(stream.end()).isEqualTo(position);
    }

    private long addSplit(SplittableRandom random, long position, ByteBuffer chunk, boolean splittable) {
        int at = 0;
        while (at < chunk.limit()) {
            int left = chunk.limit() - at;
            int take = splittable && left > PREFIX ? random.nextInt(PREFIX, left + 1) : left;
            stream.add(position + at, at > 0, chunk, at, take, "frame");
            at += take;
            if (random.nextInt(5) == 0) {
                add(position + at, false);
            }
        }
        return position + at;
    }

    /** What a checkpoint begins with is there as long as it is in force; without one the journal may begin anywhere. */
    @Test
    void aStreamThatBeginsBehindItsCheckpointHasLostWhatIsBetween() {
        ByteBuffer empty = ByteBuffer.allocate(0);
        StreamAssembler behind = new StreamAssembler(owner, 100);
        behind.add(150, false, empty, 0, 0, "the place");
        assertThat(owner.lost).extracting(Lost::from).containsExactly(100L);
        assertThat(owner.lost).extracting(Lost::to).containsExactly(150L);

        stream.add(150, false, empty, 0, 0, "the place");
        new StreamAssembler(owner, 100).add(100, false, empty, 0, 0, "the place");
        assertThat(owner.lost).hasSize(1);
    }

    /** Records that are there still and not needed any more are not given on, and their loss is nobody's. */
    @Test
    void nothingIsToldOfWhatLiesBeforeTheStart() {
        StreamAssembler from = new StreamAssembler(owner, 30);
        ByteBuffer records = ByteBuffer.allocate(20).putInt(0, 6).putInt(10, 6);
        from.add(0, false, records, 0, 20, "the place");
        assertThat(from.isBehindStart()).isTrue();
        from.add(24, false, records, 0, 20, "the place");
        assertThat(from.isBehindStart()).isFalse();

        assertThat(owner.replayed).extracting(ShardOwner.Replayed::position).containsExactly(34L);
        assertThat(owner.lost).isEmpty();
        assertThat(from.end()).isEqualTo(44);
    }

    @Test
    void aRecordWhoseEndWasNeverWrittenIsNotThereAndTheStreamGoesOnBehindIt() {
        add(0, false, 0, 0, 0, 9, 1, 2, 3);
        add(7, true, 4, 5);
        add(9, false, 0, 0, 0, 1, 7);
        stream.finish();

        assertThat(owner.records()).containsExactly(new byte[] {7});
        assertThat(owner.lost).isEmpty();
        assertThat(stream.end()).isEqualTo(14);
    }

    @Test
    void theRestOfARecordWhoseBeginWasTrimmedIsPassedOver() {
        add(100, true, 4, 5);
        add(102, false, 0, 0, 0, 1, 7);

        assertThat(owner.replayed).extracting(Replayed::position).containsExactly(102L);
        assertThat(owner.lost).isEmpty();
    }

    @Test
    void bytesThatAreMissingBetweenFramesAreReported() {
        add(0, false, 0, 0, 0, 1, 7);
        add(50, false, 0, 0, 0, 1, 8);

        assertThat(owner.records()).containsExactly(new byte[] {7}, new byte[] {8});
        assertThat(owner.lost).containsExactly(new Lost(5, 50, "bytes before frame are missing"));
    }

    @Test
    void anEmptyFrameShowsThatBytesAreMissing() {
        add(0, false, 0, 0, 0, 1, 7);
        add(50, false);

        assertThat(owner.lost).extracting(Lost::from, Lost::to).containsExactly(tuple(5L, 50L));
        assertThat(stream.end()).isEqualTo(50);
    }

    @Test
    void aRecordOfWhichAPartIsMissingIsNotGivenOn() {
        add(0, false, 0, 0, 0, 6, 1, 2);
        add(8, true, 5, 6);
        add(10, false, 0, 0, 0, 1, 9);

        assertThat(owner.records()).containsExactly(new byte[] {9});
        assertThat(owner.lost).extracting(Lost::from).containsExactly(6L);
    }

    @Test
    void aLengthThatNoRecordCanHaveIsReported() {
        add(0, false, 0, 0, 0, 1, 7, 0x7f, 0, 0, 0, 1);
        add(10, false, 0xff, 0, 0, 0, 1);
        add(15, false, 0, 0, 0, 1, 8);

        assertThat(owner.records()).containsExactly(new byte[] {7}, new byte[] {8});
        assertThat(owner.lost).extracting(Lost::from, Lost::to).containsExactly(tuple(5L, 10L), tuple(10L, 15L));
    }

    @Test
    void aDoubtThatNothingSettlesIsReportedAndItsPositionsAreSkipped() {
        add(0, false, 0, 0, 0, 1, 7);
        stream.doubt(100, "the damage");
        stream.doubt(10, "more damage");
        stream.finish();

        assertThat(owner.lost).singleElement().satisfies(lost -> {
            assertThat(lost.from()).isEqualTo(5);
            assertThat(lost.to()).isEqualTo(115);
            assertThat(lost.reason()).contains("the damage");
        });
        assertThat(stream.end()).isEqualTo(115);
    }

    @Test
    void aDoubtIsSettledByTheNextFrame() {
        add(0, false, 0, 0, 0, 1, 7);
        stream.doubt(100, "the damage");
        add(5, false);
        stream.finish();

        assertThat(owner.lost).isEmpty();
        assertThat(stream.end()).isEqualTo(5);
    }

    @Test
    void aStreamOfWhichNothingIsThereBeginsAtZero() {
        stream.finish();

        assertThat(stream.end()).isZero();
        assertThat(owner.replayed).isEmpty();
    }

    private void add(long position, boolean continues, int... bytes) {
        ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length);
        for (int each : bytes) {
            memory.put((byte) each);
        }
        stream.add(position, continues, memory, 0, bytes.length, "frame");
    }
}
