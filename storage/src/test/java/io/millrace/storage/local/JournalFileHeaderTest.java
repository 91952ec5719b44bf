package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.millrace.base.Crc32c;
import io.millrace.testkit.SeedSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The first block of a journal file. */
class JournalFileHeaderTest {
    @ParameterizedTest
    @SeedSource(runs = 50)
    void aHeaderIsReadBackAsItWasWritten(long seed) throws IOException {
        JournalFileHeader header = random(seed);

        assertThat(JournalFileHeader.read(block(header), header.number(), "place"))
                .isEqualTo(header);
    }

    @Test
    void aFlippedBitIsRejectedWhereverItIs() throws IOException {
        JournalFileHeader header = random(1);
        ByteBuffer block = block(header);
        for (int bit = 0; bit < JournalFormat.FILE_HEADER_BYTES * Byte.SIZE; bit++) {
            flip(block, bit);
            assertThat(JournalFileHeader.read(block, header.number(), "place"))
                    .as("bit %d", bit)
                    .isNull();
            flip(block, bit);
        }
    }

    @Test
    void theHeaderOfAnotherFileIsNotAccepted() throws IOException {
        JournalFileHeader header = random(2);

        assertThat(JournalFileHeader.read(block(header), header.number() + 1, "place"))
                .isNull();
    }

    @Test
    void aFileThatIsTooShortForAHeaderHasNone() throws IOException {
        JournalFileHeader header = random(3);
        ByteBuffer block = block(header).limit(JournalFormat.FILE_HEADER_BYTES - 1);

        assertThat(JournalFileHeader.read(block, header.number(), "place")).isNull();
    }

    @Test
    void aVersionThatIsNotKnownIsRefusedByName() {
        JournalFileHeader header = random(4);
        ByteBuffer block = block(header);
        block.putInt(JournalFormat.FILE_VERSION_AT, 2);
        int covered = JournalFormat.FILE_HEADER_BYTES - JournalFormat.FILE_VERSION_AT;
        block.putInt(JournalFormat.FILE_CRC_AT, new Crc32c().of(block, JournalFormat.FILE_VERSION_AT, covered));

        assertThatIOException()
                .isThrownBy(() -> JournalFileHeader.read(block, header.number(), "journal-7.log"))
                .withMessageContainingAll("journal-7.log", "format 2", "reads format 1");
    }

    @Test
    void everyFileOfAStoreAndEveryStoreHasASealOfItsOwn() {
        assertThat(new JournalFileHeader(5, 9, 1, 1, 1, 1).seal())
                .isNotEqualTo(new JournalFileHeader(5, 9, 2, 1, 1, 1).seal());
        assertThat(new JournalFileHeader(5, 9, 1, 1, 1, 1).seal())
                .isNotEqualTo(new JournalFileHeader(4, 9, 1, 1, 1, 1).seal());
    }

    private static JournalFileHeader random(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new JournalFileHeader(
                random.nextLong(),
                random.nextLong(),
                random.nextLong(1, 1L << 50),
                random.nextLong(1, 1L << 60),
                random.nextLong(1, 1L << 50),
                random.nextLong(1L << 45));
    }

    private static ByteBuffer block(JournalFileHeader header) {
        ByteBuffer block = ByteBuffer.allocateDirect(JournalFormat.BLOCK_BYTES);
        JournalFormat.putFileHeader(block, header, new Crc32c());
        return block;
    }

    static void flip(ByteBuffer block, int bit) {
        int index = bit / Byte.SIZE;
        block.put(index, (byte) (block.get(index) ^ 1 << bit % Byte.SIZE));
    }
}
