package io.millrace.storage.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FormatTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/formats/ordered-run.md and the code say the same. */
class RunFormatPageTest {
    private static final String PAGE = "ordered-run.md";

    @Test
    void aBlockIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of(PAGE, "field of a block");

        assertThat(table.assertContiguous()).isEqualTo(RunFormat.BODY_AT);
        assertThat(table.numbers(1))
                .isEqualTo(Map.of(
                        "crc", RunFormat.CRC_AT,
                        "type", RunFormat.TYPE_AT,
                        "level", RunFormat.LEVEL_AT,
                        "entries", RunFormat.ENTRIES_AT,
                        "body bytes", RunFormat.BODY_BYTES_AT));
        assertThat(FormatTable.of(PAGE, "block type").numbers(1))
                .isEqualTo(Map.of(
                        "HEADER", RunFormat.HEADER,
                        "RECORDS", RunFormat.RECORDS,
                        "NODE", RunFormat.NODE,
                        "FILTER", RunFormat.FILTER,
                        "FOOTER", RunFormat.FOOTER));
        assertThat(RunFormat.BLOCK_BYTES).isEqualTo(4096);
    }

    @Test
    void theHeaderIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of(PAGE, "field of the header");

        assertThat(end(table)).isEqualTo(RunFormat.HEADER_END);
        assertThat(table.numbers(1))
                .isEqualTo(Map.of(
                        "magic", RunFormat.MAGIC_AT,
                        "version", RunFormat.VERSION_AT,
                        "kind", RunFormat.HEADER_KIND_AT));
        ByteBuffer magic = ByteBuffer.allocate(Long.BYTES).putLong(RunFormat.MAGIC);
        assertThat(StandardCharsets.US_ASCII.decode(magic.flip()).toString()).isEqualTo("MILLRUNS");
        assertThat(RunFormat.VERSION).isEqualTo(1);
    }

    @Test
    void theFooterIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of(PAGE, "field of the footer");

        assertThat(end(table)).isEqualTo(RunFormat.FOOTER_END);
        assertThat(table.numbers(1))
                .isEqualTo(Map.ofEntries(
                        Map.entry("kind", RunFormat.KIND_AT),
                        Map.entry("records", RunFormat.RECORDS_AT),
                        Map.entry("first key", RunFormat.FIRST_KEY_AT),
                        Map.entry("first sub", RunFormat.FIRST_SUB_AT),
                        Map.entry("first value", RunFormat.FIRST_VALUE_AT),
                        Map.entry("last key", RunFormat.LAST_KEY_AT),
                        Map.entry("last sub", RunFormat.LAST_SUB_AT),
                        Map.entry("last value", RunFormat.LAST_VALUE_AT),
                        Map.entry("record blocks", RunFormat.RECORD_BLOCKS_AT),
                        Map.entry("filter blocks", RunFormat.FILTER_BLOCKS_AT),
                        Map.entry("levels", RunFormat.LEVELS_AT),
                        Map.entry("node blocks", RunFormat.NODE_BLOCKS_AT)));
        assertThat(RunFormat.LEVELS_MAX).isEqualTo(6);
    }

    @Test
    void theDescriptionIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of(PAGE, "field of a description");
        FormatTable run = FormatTable.of(PAGE, "field of a run in a description");

        assertThat(table.assertContiguous()).isEqualTo(IndexDescription.HEADER_BYTES);
        assertThat(table.numbers(1))
                .isEqualTo(Map.of(
                        "crc", IndexDescription.CRC_AT,
                        "bytes", IndexDescription.BYTES_AT,
                        "version", IndexDescription.VERSION_AT,
                        "kind", IndexDescription.KIND_AT,
                        "runs", IndexDescription.RUNS_AT,
                        "head records", IndexDescription.HEAD_RECORDS_AT));
        assertThat(run.assertContiguous()).isEqualTo(IndexDescription.RUN_BYTES);
        assertThat(run.numbers(1))
                .isEqualTo(Map.of(
                        "segment", IndexDescription.SEGMENT_AT,
                        "key", IndexDescription.KEY_AT,
                        "sub", IndexDescription.SUB_AT,
                        "value", IndexDescription.VALUE_AT,
                        "layout", IndexDescription.LAYOUT_AT));
        assertThat(IndexDescription.VERSION).isEqualTo(1);
    }

    /** What the text says about the filter and the coding is on disk as well: bytes that never change. */
    @Test
    void bytesOfVersionOneStayAsTheyAre() {
        ByteBuffer coded = ByteBuffer.allocate(64);
        RecordEncoder encoder = new RecordEncoder();
        encoder.encode(coded, -1, 200, 0);
        encoder.encode(coded, 1, 199, 1);
        encoder.encode(coded, 1, 499, 0);
        encoder.encode(coded, 1, 499, 128);

        assertThat(coded.flip())
                .isEqualTo(ByteBuffer.wrap(bytes(1, 0x90, 3, 0, 2, 1, 2, 0, 0xAC, 2, 1, 0, 0, 0x80, 1)));
        assertThat(RunFilter.hash(1)).isEqualTo(0x910A_2DEC_8902_5CC1L);
        assertThat(RunFilter.LINES_PER_BLOCK).isEqualTo(63);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Where the last field ends, and that there are no gaps behind the header of the block. */
    private static int end(FormatTable table) {
        int end = RunFormat.BODY_AT;
        for (List<String> row : table.rows()) {
            assertThat(Integer.parseInt(row.get(1))).as(row.get(0)).isEqualTo(end);
            end += Integer.parseInt(row.get(2));
        }
        return end;
    }
}
