package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FormatTable;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/formats/entry.md and the code say the same. */
class EntryFormatPageTest {
    @Test
    void theEnvelopeIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of("entry.md", "field");

        assertThat(table.assertContiguous()).isEqualTo(EntryEnvelope.BYTES);
        assertThat(table.numbers(1))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("crc", EntryEnvelope.CRC_AT),
                        Map.entry("body bytes", EntryEnvelope.BODY_BYTES_AT),
                        Map.entry("body crc", EntryEnvelope.BODY_CRC_AT),
                        Map.entry("format", EntryEnvelope.FORMAT_AT),
                        Map.entry("flags", EntryEnvelope.FLAGS_AT),
                        Map.entry("producer epoch", EntryEnvelope.PRODUCER_EPOCH_AT),
                        Map.entry("log", EntryEnvelope.LOG_AT),
                        Map.entry("first offset", EntryEnvelope.FIRST_OFFSET_AT),
                        Map.entry("count", EntryEnvelope.COUNT_AT),
                        Map.entry("span", EntryEnvelope.SPAN_AT),
                        Map.entry("priority", EntryEnvelope.PRIORITY_AT),
                        Map.entry("producer sequence", EntryEnvelope.PRODUCER_SEQUENCE_AT),
                        Map.entry("due", EntryEnvelope.DUE_AT),
                        Map.entry("expiry", EntryEnvelope.EXPIRY_AT),
                        Map.entry("timestamp", EntryEnvelope.TIMESTAMP_AT),
                        Map.entry("producer", EntryEnvelope.PRODUCER_AT)));
    }

    @Test
    void flagsAndFormatsAreAsThePageSays() throws IOException {
        assertThat(FormatTable.of("entry.md", "flag").numbers(1))
                .isEqualTo(Map.of(
                        "TRANSACTIONAL", EntryEnvelope.TRANSACTIONAL,
                        "CONTROL", EntryEnvelope.CONTROL,
                        "DELAYED", EntryEnvelope.DELAYED));
        assertThat(FormatTable.of("entry.md", "body format").numbers(1))
                .isEqualTo(Map.of("NATIVE", BodyFormat.NATIVE, "DEFINITION", BodyFormat.DEFINITION));
    }
}
