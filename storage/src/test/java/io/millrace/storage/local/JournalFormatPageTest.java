package io.millrace.storage.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FormatTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/formats/journal.md and the code say the same. */
class JournalFormatPageTest {
    private static final String PAGE = "journal.md";

    @Test
    void theFileHeaderIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of(PAGE, "field of the file header");

        assertThat(table.assertContiguous()).isEqualTo(JournalFormat.FILE_HEADER_BYTES);
        assertThat(table.numbers(1))
                .isEqualTo(Map.of(
                        "magic", JournalFormat.FILE_MAGIC_AT,
                        "crc", JournalFormat.FILE_CRC_AT,
                        "version", JournalFormat.FILE_VERSION_AT,
                        "store id", JournalFormat.FILE_STORE_HIGH_AT,
                        "number", JournalFormat.FILE_NUMBER_AT,
                        "first sequence", JournalFormat.FILE_FIRST_SEQUENCE_AT,
                        "oldest number", JournalFormat.FILE_OLDEST_AT,
                        "created", JournalFormat.FILE_CREATED_AT));
        assertThat(JournalFormat.FILE_STORE_LOW_AT).isEqualTo(JournalFormat.FILE_STORE_HIGH_AT + Long.BYTES);
        assertThat(bytes(JournalFormat.FILE_MAGIC)).isEqualTo("MILLJRNL");
        assertThat(JournalFormat.FILE_VERSION).isEqualTo(1);
        assertThat(JournalFormat.BLOCK_BYTES).isEqualTo(4096);
    }

    @Test
    void theGroupHeaderIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of(PAGE, "field of the group header");

        assertThat(table.assertContiguous()).isEqualTo(JournalFormat.GROUP_HEADER_BYTES);
        assertThat(table.numbers(1))
                .isEqualTo(Map.of(
                        "magic", JournalFormat.GROUP_MAGIC_AT,
                        "crc", JournalFormat.GROUP_CRC_AT,
                        "file", JournalFormat.GROUP_FILE_AT,
                        "sequence", JournalFormat.GROUP_SEQUENCE_AT,
                        "synced through", JournalFormat.GROUP_SYNCED_THROUGH_AT,
                        "body bytes", JournalFormat.GROUP_BODY_BYTES_AT,
                        "frames", JournalFormat.GROUP_FRAMES_AT));
        assertThat(bytes((long) JournalFormat.GROUP_MAGIC << Integer.SIZE)).startsWith("MRGP");
    }

    @Test
    void theFrameHeaderIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of(PAGE, "field of the frame header");

        assertThat(table.assertContiguous()).isEqualTo(JournalFormat.FRAME_HEADER_BYTES);
        assertThat(table.numbers(1))
                .isEqualTo(Map.of(
                        "crc", JournalFormat.FRAME_CRC_AT,
                        "length", JournalFormat.FRAME_LENGTH_AT,
                        "shard", JournalFormat.FRAME_SHARD_AT,
                        "flags", JournalFormat.FRAME_FLAGS_AT,
                        "position", JournalFormat.FRAME_POSITION_AT,
                        "sequence", JournalFormat.FRAME_SEQUENCE_AT));
        assertThat(FormatTable.of(PAGE, "frame flag").numbers(1))
                .isEqualTo(Map.of("FRAME_CONTINUES", JournalFormat.FRAME_CONTINUES));
    }

    private static String bytes(long magic) {
        return StandardCharsets.US_ASCII
                .decode(ByteBuffer.allocate(Long.BYTES).putLong(magic).flip())
                .toString();
    }
}
