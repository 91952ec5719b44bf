package io.millrace.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace publish} against a real broker. */
class PublishCommandTest {
    @TempDir
    static Path directory;

    private static LiveBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = LiveBroker.on(directory.resolve("data"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void everyLineIsAMessageAndKeepsItsPlace() throws Exception {
        List<String> lines =
                IntStream.range(0, 2_500).mapToObj(i -> "line " + i).toList();
        CommandRun run = publish("lines", String.join("\n", lines), "--batch", "20");

        assertThat(run.output()).startsWith("published 2,500 messages (").contains(") to lines in ");
        assertThat(bodies("lines", 3_000)).isEqualTo(lines);
    }

    @Test
    void severalRequestsLoseNothing() throws Exception {
        publish("many", "x\n".repeat(5_000), "--batch", "7", "--requests", "8");

        assertThat(bodies("many", 6_000)).hasSize(5_000);
    }

    @Test
    void emptyLinesAreMessagesAndNoInputIsNone() throws Exception {
        publish("empty", "\n\nx\n");
        assertThat(bodies("empty", 10)).containsExactly("", "", "x");

        assertThat(publish("none", "").output()).startsWith("published 0 messages");
    }

    @Test
    void aNulEndsMessagesThatHaveLines() throws Exception {
        publish("nul", "a\nb\0c\0", "--null");

        assertThat(bodies("nul", 10)).containsExactly("a\nb", "c");
    }

    @Test
    void whatIsNoTextArrivesByteByByte() throws Exception {
        byte[] bytes = {(byte) 0xff, 1, 2, (byte) 0x80};
        create("bytes");
        CommandRun run = CommandRun.at(broker.url()).input(new ByteArrayInputStream(bytes));
        assertThat(run.run("publish", "bytes")).as(run.errors()).isZero();

        JsonNode message = messages("bytes", 1).get(0);
        assertThat(Base64.getDecoder().decode(message.get("bodyBase64").asText()))
                .isEqualTo(bytes);
    }

    /** In JSON each of its bytes would be six, and four times the largest request. */
    @Test
    void aLargeMessageOfControlCharactersIsNotTooLarge() throws Exception {
        create("controls");
        CommandRun run = CommandRun.at(broker.url()).input(new ByteArrayInputStream(new byte[15 << 20]));
        assertThat(run.run("publish", "controls")).as(run.errors()).isZero();
    }

    @Test
    void propertiesGoWithEveryMessage() throws Exception {
        create("properties");
        CommandRun run = CommandRun.at(broker.url());
        run.run(
                "publish",
                "properties",
                "-m",
                "one",
                "-m",
                "two",
                "--key",
                "k\u00fc",
                "--content-type",
                "text/plain",
                "--header",
                "a=1",
                "--header",
                "b=c=d");

        for (JsonNode each : messages("properties", 2)) {
            assertThat(each.get("key").asText()).isEqualTo("k\u00fc");
            assertThat(each.get("contentType").asText()).isEqualTo("text/plain");
            assertThat(each.get("headers").toString()).isEqualTo("{\"a\":\"1\",\"b\":\"c=d\"}");
        }
    }

    @Test
    void whatIsSaidOfTheDeliveryGoesWithEveryMessage() throws Exception {
        publish(
                "delivered",
                "one\ntwo\n",
                "--priority",
                "7",
                "--due",
                "2126-01-31T18:00:00+01:00",
                "--expires",
                "4925552400001",
                "--group",
                "customer 7");

        for (JsonNode each : messages("delivered", 2)) {
            assertThat(each.get("priority").asLong()).isEqualTo(7);
            assertThat(each.get("dueMillis").asLong()).isEqualTo(4_925_552_400_000L);
            assertThat(each.get("expiryMillis").asLong()).isEqualTo(4_925_552_400_001L);
            assertThat(each.get("group").asText()).isEqualTo("customer 7");
            assertThat(each.get("state").asText()).isEqualTo("delayed");
        }

        publish("timed", "one\n", "--delay", "1h", "--ttl", "2h");
        JsonNode timed = messages("timed", 1).get(0);
        assertThat(timed.get("state").asText()).isEqualTo("delayed");
        assertThat(timed.get("expiryMillis").asLong())
                .isEqualTo(timed.get("publishedMillis").asLong() + 7_200_000);
    }

    @Test
    void whatIsPublishedAgainWithItsIdIsStoredOnceAndSaidToBe() throws Exception {
        assertThat(publish("once", "a\nb\nc\n", "--deduplication-id", "import", "--batch", "2")
                        .output())
                .doesNotContain("before");

        CommandRun again = publish("once", "a\nb\nc\nd\n", "--deduplication-id", "import");

        assertThat(again.output()).startsWith("published 4 messages (").endsWith(", 3 stored before\n");
        assertThat(bodies("once", 10)).containsExactly("a", "b", "c", "d");
        assertThat(messages("once", 10))
                .extracting(each -> each.get("deduplicationId").asText())
                .containsExactly("import", "import-2", "import-3", "import-4");
    }

    @Test
    void filesAreMessagesAndOneThatIsMissingEndsIt() throws Exception {
        Path one = Files.writeString(directory.resolve("one"), "first\nfile");
        Path two = Files.writeString(directory.resolve("two"), "second");
        publish("files", one + "\n" + two + "\n", "--files");
        assertThat(bodies("files", 10)).containsExactly("first\nfile", "second");

        create("missing");
        CommandRun run = CommandRun.at(broker.url()).input(one + "\n" + directory.resolve("no") + "\n" + two);
        assertThat(run.run("publish", "missing", "--files")).isEqualTo(1);
        assertThat(run.errors())
                .isEqualTo("millrace publish: record 2 (" + directory.resolve("no") + "): " + directory.resolve("no")
                        + ": there is no such file. What came before it is published.\n");
        assertThat(bodies("missing", 10)).containsExactly("first\nfile");
    }

    @Test
    void aLineIsSentWhenItComesAndNotOnlyAtTheEnd() throws Exception {
        create("trickle");
        try (var pipe = new PipedOutputStream();
                var input = new PipedInputStream(pipe)) {
            CommandRun run = CommandRun.at(broker.url()).input(input);
            var status = run.start("publish", "trickle");
            pipe.write("one\n".getBytes(UTF_8));
            pipe.flush();
            await().until(() -> bodies("trickle", 10).equals(List.of("one")));
            pipe.write("two\n".getBytes(UTF_8));
            pipe.close();

            assertThat(status.get()).as(run.errors()).isZero();
            assertThat(bodies("trickle", 10)).containsExactly("one", "two");
        }
    }

    @Test
    void aSignalEndsItWithWhatIsConfirmed() throws Exception {
        create("signalled");
        try (var pipe = new PipedOutputStream();
                var input = new PipedInputStream(pipe)) {
            CommandRun run = CommandRun.at(broker.url()).input(input);
            var status = run.start("publish", "signalled");
            pipe.write("one\n".getBytes(UTF_8));
            pipe.flush();
            await().until(() -> bodies("signalled", 10).equals(List.of("one")));
            run.signal("SIGINT");

            assertThat(status.get()).isEqualTo(1);
            assertThat(run.output()).startsWith("published 1 message (3 B)");
            assertThat(run.errors()).contains("ended by SIGINT");
        }
    }

    @Test
    void aQueueThatIsMissingFailsItAndTellsWhatIsNotStored() {
        CommandRun run = CommandRun.at(broker.url()).input("a\nb\n");

        assertThat(run.run("publish", "nowhere")).isEqualTo(1);
        assertThat(run.errors())
                .isEqualTo("millrace publish: There is no such queue: there is no queue nowhere (2 messages not stored;"
                        + " what comes behind them in the input was not sent)\n");
    }

    @Test
    void aMessageThatIsTooLargeFailsIt() throws Exception {
        run(0, "queue", "create", "small", "--message-bytes", "10B");
        CommandRun run = CommandRun.at(broker.url()).input("0123456789a\n");

        assertThat(run.run("publish", "small")).isEqualTo(1);
        assertThat(run.errors()).contains("larger than queue small allows, 10");
    }

    @Test
    void largeMessagesAreNotCutAndOnesThatAreTooLargeAreNamed() throws Exception {
        create("large");
        byte[] large = new byte[6 << 20];
        Arrays.fill(large, (byte) 'x');
        var lines = new ByteArrayOutputStream();
        lines.write(large);
        lines.write('\n');
        lines.write(large);
        CommandRun run = CommandRun.at(broker.url()).input(new ByteArrayInputStream(lines.toByteArray()));
        assertThat(run.run("publish", "large")).as(run.errors()).isZero();
        assertThat(messages("large", 1).get(0).get("body").asText()).hasSize(large.length);

        CommandRun tooLarge = CommandRun.at(broker.url())
                .input(new ByteArrayInputStream(new byte[PublishCommand.MESSAGE_BYTES_MAX + 1]));
        assertThat(tooLarge.run("publish", "large")).isEqualTo(1);
        assertThat(tooLarge.errors()).contains("record 1: is longer than 16.0 MiB");
    }

    @Test
    void theProgressIsForTerminalsOnly() throws Exception {
        assertThat(publish("quiet", "x\n").errors()).isEmpty();

        create("watched");
        try (var pipe = new PipedOutputStream();
                var input = new PipedInputStream(pipe)) {
            CommandRun run = CommandRun.at(broker.url())
                    .terminal(new Terminal(false, true, true, 80))
                    .input(input);
            var status = run.start("publish", "watched");
            pipe.write("x\n".getBytes(UTF_8));
            pipe.flush();
            await().until(() -> run.errors().contains("\r1 message, 1 B, "));
            pipe.close();

            assertThat(status.get()).isZero();
            assertThat(run.errors()).endsWith("\r\u001b[K\r");
        }
    }

    @Test
    void optionsThatContradictEachOtherAreMisuse() {
        assertThat(CommandRun.at(broker.url()).run("publish", "x", "-m", "a", "--files"))
                .isEqualTo(2);
        assertThat(CommandRun.at(broker.url()).run("publish", "x", "--batch", "0"))
                .isEqualTo(2);
        assertThat(CommandRun.at(broker.url()).run("publish", "x", "--requests", "0"))
                .isEqualTo(2);
        assertMisuse("--delay and --due exclude", "--delay", "1s", "--due", "1");
        assertMisuse("--ttl and --expires exclude", "--ttl", "1s", "--expires", "1");
        assertMisuse("2027-01-31T18:00:00' is neither a date with time and zone", "--due", "2027-01-31T18:00:00");
        assertMisuse("--priority", "--priority", "high");
    }

    private static void assertMisuse(String words, String... options) {
        CommandRun run = CommandRun.at(broker.url());
        List<String> arguments = new ArrayList<>(List.of("publish", "x", "-m", "a"));
        arguments.addAll(List.of(options));
        assertThat(run.run(arguments.toArray(String[]::new))).isEqualTo(2);
        assertThat(run.errors()).contains(words);
    }

    private static CommandRun publish(String queue, String input, String... options) {
        create(queue);
        CommandRun run = CommandRun.at(broker.url()).input(input);
        List<String> arguments = new ArrayList<>(List.of("publish", queue));
        arguments.addAll(List.of(options));
        assertThat(run.run(arguments.toArray(String[]::new))).as(run.errors()).isZero();
        return run;
    }

    private static void create(String queue) {
        run(0, "queue", "create", queue);
    }

    private static List<String> bodies(String queue, int most) throws Exception {
        return messages(queue, most).stream()
                .map(each -> each.get("body").asText())
                .toList();
    }

    private static List<JsonNode> messages(String queue, int most) throws Exception {
        List<JsonNode> messages = new ArrayList<>();
        for (String line : run(0, "queue", "peek", queue, "--max", Integer.toString(most), "--json")
                .lines()) {
            messages.add(new ObjectMapper().readTree(line));
        }
        return messages;
    }

    private static CommandRun run(int status, String... arguments) {
        CommandRun run = CommandRun.at(broker.url());
        assertThat(run.run(arguments)).as(run.errors()).isEqualTo(status);
        return run;
    }
}
