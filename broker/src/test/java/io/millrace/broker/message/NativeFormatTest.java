package io.millrace.broker.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.message.MessageProperties.Header;
import io.millrace.storage.BodyFormat;
import io.millrace.storage.EntryEnvelope;
import io.millrace.testkit.SeedSource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** What goes in through a batch comes out through the view, whatever it is. */
class NativeFormatTest {
    private record Sent(MessageProperties properties, byte[] body) {}

    @ParameterizedTest
    @SeedSource(runs = 200)
    void messagesComeOutAsTheyWentIn(long seed) {
        Random random = new Random(seed);
        List<Sent> sent = new ArrayList<>();
        NativeBatch batch = new NativeBatch();
        String group = maybe(random);
        String deduplicationId = random.nextInt(5) == 0 ? text(random) : null;
        int messages = deduplicationId == null ? 1 + random.nextInt(20) : 1;
        for (int i = 0; i < messages; i++) {
            byte[] body = new byte[random.nextInt(300)];
            random.nextBytes(body);
            Sent each = new Sent(randomProperties(random, group, deduplicationId), body);
            batch.add(each.properties, Unpooled.wrappedBuffer(body));
            sent.add(each);
        }

        ByteBuf entry = entry(batch);

        MessageView view = new MessageView();
        for (int i = 0; i < sent.size(); i++) {
            view.show(entry, i);
            assertThat(ByteBufUtil.getBytes(view.body())).isEqualTo(sent.get(i).body);
            assertThat(view.bodyBytes()).isEqualTo(sent.get(i).body.length);
            assertThat(view.properties()).usingRecursiveComparison().isEqualTo(sent.get(i).properties);
            VisitedProperties visited = new VisitedProperties(true);
            view.visitProperties(visited);
            assertThat(visited.properties()).usingRecursiveComparison().isEqualTo(sent.get(i).properties);
            VisitedProperties names = new VisitedProperties(false);
            view.visitProperties(names);
            assertThat(names.properties()).as("values that nobody wants").isEqualTo(MessageProperties.NONE);
            assertThat(view.publishedMillis()).isEqualTo(77);
        }
        entry.release();
        batch.release();
    }

    private static ByteBuf entry(NativeBatch batch) {
        EntryEnvelope envelope = new EntryEnvelope();
        envelope.reset(1, 0, batch.count(), 77);
        envelope.format = BodyFormat.NATIVE;
        ByteBuf entry = Unpooled.directBuffer(envelope.bytes() + batch.bytes());
        entry.writerIndex(envelope.bytes());
        batch.writeTo(entry);
        assertThat(entry.readableBytes())
                .as("the batch said how long it is")
                .isEqualTo(envelope.bytes() + batch.bytes());
        envelope.write(entry, 0, batch.bytes());
        return entry;
    }

    private static MessageProperties randomProperties(Random random, String group, String deduplicationId) {
        List<Header> headers = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.add(new Header(
                    text(random),
                    switch (random.nextInt(5)) {
                        case 0 -> text(random);
                        case 1 -> random.nextLong();
                        case 2 -> random.nextDouble();
                        case 3 -> random.nextBoolean();
                        default -> text(random).getBytes(StandardCharsets.UTF_16);
                    }));
        }
        return new MessageProperties(
                maybe(random),
                maybe(random),
                maybe(random),
                maybe(random),
                maybe(random),
                group,
                deduplicationId,
                List.copyOf(headers));
    }

    private static String maybe(Random random) {
        return random.nextBoolean() ? text(random) : null;
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(12), 0x20, 0x2fff)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void aPropertyThatIsTooLongIsRefusedAndTheBodyStaysWithTheCaller() {
        MessageProperties properties =
                new MessageProperties("k".repeat(65_536), null, null, null, null, null, null, List.of());
        ByteBuf body = Unpooled.buffer(1);

        assertThatThrownBy(() -> new NativeBatch().add(properties, body))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65,535");

        assertThat(body.refCnt()).isEqualTo(1);
        body.release();
    }

    @Test
    void theDocumentHasTheNumbersOfTheCode() throws IOException {
        Map<String, Integer> documented = new TreeMap<>();
        Matcher rows = Pattern.compile("\\| ([A-Z_]+) \\| (\\d+) \\|")
                .matcher(Files.readString(Path.of("../docs/formats/native-body.md")));
        while (rows.find()) {
            documented.put(rows.group(1), Integer.valueOf(rows.group(2)));
        }

        assertThat(documented)
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("KEY", (int) NativeFormat.KEY),
                        Map.entry("CONTENT_TYPE", (int) NativeFormat.CONTENT_TYPE),
                        Map.entry("CORRELATION_ID", (int) NativeFormat.CORRELATION_ID),
                        Map.entry("REPLY_TO", (int) NativeFormat.REPLY_TO),
                        Map.entry("MESSAGE_ID", (int) NativeFormat.MESSAGE_ID),
                        Map.entry("HEADER", (int) NativeFormat.HEADER),
                        Map.entry("GROUP", (int) NativeFormat.GROUP),
                        Map.entry("DEDUPLICATION_ID", (int) NativeFormat.DEDUPLICATION_ID),
                        Map.entry("ORIGIN", (int) NativeFormat.ORIGIN),
                        Map.entry("DEATH", (int) NativeFormat.DEATH),
                        Map.entry("TYPE_STRING", (int) NativeFormat.TYPE_STRING),
                        Map.entry("TYPE_LONG", (int) NativeFormat.TYPE_LONG),
                        Map.entry("TYPE_DOUBLE", (int) NativeFormat.TYPE_DOUBLE),
                        Map.entry("TYPE_BOOLEAN", (int) NativeFormat.TYPE_BOOLEAN),
                        Map.entry("TYPE_BYTES", (int) NativeFormat.TYPE_BYTES)));
    }
}
