package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.policy.DeathReason;
import io.millrace.engine.record.Deaths;
import io.millrace.engine.record.Destinations;
import io.millrace.engine.record.LeaseGroups;
import io.millrace.engine.record.LogChanges;
import io.millrace.engine.record.OffsetTimes;
import io.millrace.engine.record.PriorityRuns;
import io.millrace.engine.record.RecordFormat;
import io.millrace.engine.record.RecordWriter;
import io.millrace.engine.record.RunWriter;
import io.millrace.engine.time.ShardTime;
import io.millrace.storage.EntryEnvelope;
import io.millrace.testkit.FormatTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/formats/shard-log.md and the code say the same: records are read here by what the page says. */
class RecordFormatPageTest extends ShardFixture {
    private static final String PAGE = "shard-log.md";

    private final ShardTime time = new ShardTime(clock);
    private RecordWriter writer;

    @BeforeEach
    void writeRecords() {
        time.begin();
        clock.advance(7 * SECOND);
        writer = new RecordWriter(log, time);
    }

    @Test
    void theKindsAreAsThePageSays() throws IOException {
        assertThat(FormatTable.of(PAGE, "kind").numbers(1))
                .isEqualTo(Map.ofEntries(
                        Map.entry("START", (int) RecordFormat.START),
                        Map.entry("ENTRY", (int) RecordFormat.ENTRY),
                        Map.entry("SETTLEMENT", (int) RecordFormat.SETTLEMENT),
                        Map.entry("LEASE", (int) RecordFormat.LEASE),
                        Map.entry("LOG_STATE", (int) RecordFormat.LOG_STATE),
                        Map.entry("DROP", (int) RecordFormat.DROP),
                        Map.entry("COMMIT", (int) RecordFormat.COMMIT),
                        Map.entry("PREPARE", (int) RecordFormat.PREPARE),
                        Map.entry("OUTCOME", (int) RecordFormat.OUTCOME),
                        Map.entry("FORGET", (int) RecordFormat.FORGET),
                        Map.entry("DEATH", (int) RecordFormat.DEATH),
                        Map.entry("SUBSCRIPTION", (int) RecordFormat.SUBSCRIPTION),
                        Map.entry("SHARED", (int) RecordFormat.SHARED)));
    }

    @Test
    void aStart() throws IOException {
        assertThat(readByThePage("START", writer.start(5, 1_700_000_000_123L)))
                .isEqualTo(Map.of("epoch", "5", "time", "1700000000123", "shard time", String.valueOf(time.millis())));
    }

    @Test
    void anEntry() throws IOException {
        PublishProbe publish = new PublishProbe(1, 2, MESSAGE_BYTES);
        EntryEnvelope envelope = new EntryEnvelope();
        envelope.reset(QUEUE, 3, publish.count(), 1000);
        publish.fill(envelope);

        Map<String, String> fields = readByThePage("ENTRY", writer.entry(envelope, publish));

        ByteBuf body = Unpooled.buffer();
        publish.writeBody(body);
        assertThat(fields.get("entry"))
                .hasSize(2 * (envelope.bytes() + body.readableBytes()))
                .endsWith(ByteBufUtil.hexDump(body));
    }

    @Test
    void anEntryOfSeveralLogs() throws IOException {
        PublishProbe publish = new PublishProbe(1, 2, MESSAGE_BYTES);
        EntryEnvelope envelope = new EntryEnvelope();
        envelope.reset(QUEUE, 3, publish.count(), 1000);
        publish.fill(envelope);
        Destinations destinations = new Destinations();
        destinations.add(QUEUE, 3);
        destinations.add(OTHER, 77);

        Map<String, String> fields = readByThePage("SHARED", writer.shared(envelope, publish, destinations));

        ByteBuf body = Unpooled.buffer();
        publish.writeBody(body);
        assertThat(fields.get("entry"))
                .hasSize(2 * (envelope.bytes() + body.readableBytes()))
                .endsWith(ByteBufUtil.hexDump(body));
        assertThat(fields.get("logs")).isEqualTo("7:3 8:77");
    }

    @Test
    void aSettlement() throws IOException {
        RunWriter acknowledged = new RunWriter();
        acknowledged.addRun(10, 3);
        acknowledged.add(4);
        OffsetTimes released = new OffsetTimes();
        released.add(20, 1500);
        released.add(18, 0);

        Map<String, String> fields =
                readByThePage("SETTLEMENT", writer.settlement(QUEUE, 1000, acknowledged, released, new OffsetTimes()));

        assertThat(fields)
                .isEqualTo(Map.of(
                        "log", "7", "acknowledged", "10+3 4+1", "released", "from 1000: 20=1500 18=0", "extended", ""));
    }

    @Test
    void aLease() throws IOException {
        RunWriter runs = new RunWriter();
        runs.addRun(100, 2);
        PriorityRuns priorities = new PriorityRuns();
        priorities.add(3);
        priorities.add(3);
        LeaseGroups groups = new LeaseGroups();
        groups.addNone();
        groups.add(15, 16);

        Map<String, String> fields =
                readByThePage("LEASE", writer.lease(QUEUE, true, 1000, 30_000, 77, runs, priorities, groups));

        assertThat(fields)
                .isEqualTo(Map.of(
                        "flags",
                        String.valueOf(RecordFormat.LEASE_DURABLE),
                        "log",
                        "7",
                        "time",
                        "1000",
                        "length",
                        "30000",
                        "first token",
                        "77",
                        "priorities",
                        "3*2",
                        "groups",
                        "1=15/16",
                        "messages",
                        "100+2"));
    }

    @Test
    void aDrop() throws IOException {
        assertThat(readByThePage("DROP", writer.drop(QUEUE))).isEqualTo(Map.of("log", "7"));
    }

    @Test
    void whatTransactionsWrite() throws IOException {
        LogChanges changes = new LogChanges();
        changes.addPublished(OTHER, 9, 9);
        changes.clear();
        changes.addPublished(QUEUE, 100, 2);
        changes.addAcknowledged(OTHER, 6, 3);
        changes.addPublished(QUEUE, 102, 1);
        changes.addAcknowledged(OTHER, 5, EntryEnvelope.PRIORITY_NORMAL);
        String asText = "7: 100+3; ; , 8: ; 6+1 5+1; 3*1 " + EntryEnvelope.PRIORITY_NORMAL + "*1";

        assertThat(readByThePage("COMMIT", writer.commit(77, new int[] {1, 300}, changes)))
                .isEqualTo(Map.of("token", "77", "participants", "1 300", "changes", asText));
        assertThat(readByThePage("PREPARE", writer.prepare(300, 77, changes)))
                .isEqualTo(Map.of("coordinator", "300", "token", "77", "changes", asText));
        assertThat(readByThePage("OUTCOME", writer.outcome(300, 77, true)))
                .isEqualTo(Map.of("coordinator", "300", "token", "77", "committed", "1"));
        long next = log.appendedPosition();
        writer.forget(77);
        assertThat(readByThePage("FORGET", next)).isEqualTo(Map.of("token", "77"));
    }

    @Test
    void deaths() throws IOException {
        Deaths deaths = new Deaths();
        deaths.add(9, DeathReason.EXPIRED, null);
        deaths.clear();
        deaths.add(7, DeathReason.REJECTED, new byte[] {'n', 'o'});
        deaths.add(300, DeathReason.EXPIRED, null);
        deaths.add(8, DeathReason.REJECTED, null);
        deaths.add(5, DeathReason.OVERFLOW, null);
        deaths.add(400, DeathReason.DELIVERIES, new byte[] {'a'});

        assertThat(readByThePage("DEATH", writer.deaths(QUEUE, deaths)))
                .isEqualTo(Map.of(
                        "log", "7",
                        "texts", "7=no 400=a",
                        "expired", "300+1",
                        "rejected", "7+2",
                        "deliveries", "400+1",
                        "overflow", "5+1"));
    }

    @Test
    void aSubscription() throws IOException {
        assertThat(readByThePage("SUBSCRIPTION", writer.subscription(12, QUEUE, 300, true)))
                .isEqualTo(Map.of("log", "12", "source", "7", "offset", "300", "flags", "1"));
    }

    /** Reads the record at {@code position} field by field as the page describes its kind, to its end. */
    private Map<String, String> readByThePage(String kind, long position) throws IOException {
        ByteBuf record = Unpooled.wrappedBuffer(log.record(position));
        int number = FormatTable.of(PAGE, "kind").numbers(1).get(kind);
        assertThat(record.readByte()).isEqualTo((byte) number);
        Map<String, String> fields = new LinkedHashMap<>();
        for (List<String> row : FormatTable.of(PAGE, "kind | field").rows()) {
            if (row.get(0).equals(kind)) {
                fields.put(row.get(1), read(record, row.get(2)));
            }
        }
        assertThat(record.isReadable()).as("bytes that the page does not know").isFalse();
        return fields;
    }

    private static String read(ByteBuf record, String bytes) {
        return switch (bytes) {
            case "1" -> String.valueOf(record.readByte());
            case "8" -> String.valueOf(record.readLong());
            case "varint" -> String.valueOf(varint(record));
            case "runs" -> runs(record);
            case "priorities" -> priorities(record);
            case "groups" -> groups(record);
            case "shards" -> shards(record);
            case "texts" -> texts(record);
            case "changes" -> changes(record);
            case "offsets with times" -> offsetsWithTimes(record);
            case "as long as it says" -> ByteBufUtil.hexDump(record.readSlice(entryBytes(record)));
            case "logs, to the end" -> logs(record);
            case "the rest" -> ByteBufUtil.hexDump(record.readSlice(record.readableBytes()));
            default -> ByteBufUtil.hexDump(record.readSlice(Integer.parseInt(bytes)));
        };
    }

    /** By the page of the entry: the length of the envelope, with COUNT and PRIORITY or not, and of the body. */
    private static int entryBytes(ByteBuf record) {
        int fields = record.getUnsignedShort(record.readerIndex() + 14);
        return 40 + (fields & 1) * 8 + (fields >> 1 & 1) * 4 + record.getInt(record.readerIndex() + 4);
    }

    private static String logs(ByteBuf record) {
        StringBuilder text = new StringBuilder();
        while (record.isReadable()) {
            text.append(record.readLong()).append(':').append(record.readLong()).append(' ');
        }
        return text.toString().strip();
    }

    private static String shards(ByteBuf record) {
        StringBuilder text = new StringBuilder();
        for (long left = varint(record); left > 0; left--) {
            text.append(varint(record)).append(' ');
        }
        return text.toString().strip();
    }

    private static String texts(ByteBuf record) {
        StringBuilder text = new StringBuilder();
        for (long left = varint(record); left > 0; left--) {
            text.append(varint(record)).append('=');
            text.append(record.readCharSequence((int) varint(record), StandardCharsets.UTF_8))
                    .append(' ');
        }
        return text.toString().strip();
    }

    private static String changes(ByteBuf record) {
        List<String> texts = new ArrayList<>();
        for (long left = varint(record); left > 0; left--) {
            texts.add(record.readLong() + ": " + runs(record) + "; " + runs(record) + "; " + priorities(record));
        }
        return String.join(", ", texts);
    }

    private static String runs(ByteBuf record) {
        StringBuilder text = new StringBuilder();
        long end = 0;
        for (long left = varint(record); left > 0; left--) {
            long start = end + signedVarint(record);
            long length = varint(record);
            text.append(start).append('+').append(length).append(' ');
            end = start + length;
        }
        return text.toString().strip();
    }

    private static String priorities(ByteBuf record) {
        StringBuilder text = new StringBuilder();
        for (long left = varint(record); left > 0; left--) {
            text.append(record.readInt()).append('*').append(varint(record)).append(' ');
        }
        return text.toString().strip();
    }

    private static String groups(ByteBuf record) {
        StringBuilder text = new StringBuilder();
        long at = -1;
        for (long left = varint(record); left > 0; left--) {
            at += 1 + varint(record);
            text.append(at).append('=').append(record.readLong()).append('/').append(record.readLong());
        }
        return text.toString();
    }

    private static String offsetsWithTimes(ByteBuf record) {
        long left = varint(record);
        if (left == 0) {
            return "";
        }
        StringBuilder text = new StringBuilder("from " + record.readLong() + ":");
        for (long offset = 0; left > 0; left--) {
            offset += signedVarint(record);
            text.append(' ').append(offset).append('=').append(varint(record));
        }
        return text.toString();
    }

    private static long varint(ByteBuf record) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = record.readByte();
            value |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    private static long signedVarint(ByteBuf record) {
        long coded = varint(record);
        return (coded & 1) == 0 ? coded >>> 1 : -(coded >>> 1) - 1;
    }
}
