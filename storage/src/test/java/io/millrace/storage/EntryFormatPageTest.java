package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.FormatTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** docs/formats/entry.md and the code say the same. */
class EntryFormatPageTest {
    @Test
    void theEnvelopeIsAsThePageSays() throws IOException {
        FormatTable table = FormatTable.of("entry.md", "field");

        assertThat(table.assertContiguous()).isEqualTo(EntryEnvelope.BYTES_MIN);
        assertThat(table.numbers(1))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("crc", EntryEnvelope.CRC_AT),
                        Map.entry("body bytes", EntryEnvelope.BODY_BYTES_AT),
                        Map.entry("body crc", EntryEnvelope.BODY_CRC_AT),
                        Map.entry("format", EntryEnvelope.FORMAT_AT),
                        Map.entry("flags", EntryEnvelope.FLAGS_AT),
                        Map.entry("fields", EntryEnvelope.FIELDS_AT),
                        Map.entry("log", EntryEnvelope.LOG_AT),
                        Map.entry("first offset", EntryEnvelope.FIRST_OFFSET_AT),
                        Map.entry("timestamp", EntryEnvelope.TIMESTAMP_AT)));
    }

    @Test
    void theFieldsThatMayFollowAreAsThePageSays() throws IOException {
        Map<String, Consumer<EntryEnvelope>> setters = Map.of(
                "COUNT", each -> each.count = 0,
                "PRIORITY", each -> each.priority = 1,
                "DUE", each -> each.dueMillis = 1,
                "EXPIRY", each -> each.expiryMillis = 1,
                "PRODUCER", each -> each.producerId = 1,
                "GROUP", each -> each.groupLow = 1,
                "DEDUPLICATION", each -> each.deduplicationHigh = 1);
        FormatTable table = FormatTable.of("entry.md", "optional");
        Map<String, Integer> lengths = table.numbers(2);

        assertThat(table.numbers(1).keySet()).isEqualTo(setters.keySet());
        table.numbers(1).forEach((name, bit) -> {
            EntryEnvelope envelope = new EntryEnvelope();
            envelope.reset(1, 1, 1, 1);
            setters.get(name).accept(envelope);
            ByteBuf buffer = Unpooled.buffer().writeZero(envelope.bytes());
            envelope.write(buffer, 0, 0);
            assertThat((int) buffer.getShort(EntryEnvelope.FIELDS_AT)).as(name).isEqualTo(bit);
            assertThat(envelope.bytes()).as(name).isEqualTo(EntryEnvelope.BYTES_MIN + lengths.get(name));
        });
    }

    @Test
    void flagsAndFormatsAreAsThePageSays() throws IOException {
        assertThat(FormatTable.of("entry.md", "flag").numbers(1))
                .isEqualTo(Map.of(
                        "TRANSACTIONAL", EntryEnvelope.TRANSACTIONAL,
                        "CONTROL", EntryEnvelope.CONTROL,
                        "DELAYED", EntryEnvelope.DELAYED,
                        "MOVED", EntryEnvelope.MOVED));
        assertThat(FormatTable.of("entry.md", "body format").numbers(1))
                .isEqualTo(Map.of("NATIVE", BodyFormat.NATIVE, "DEFINITION", BodyFormat.DEFINITION));
    }
}
