package io.millrace.server.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.server.client.CommandRun;
import io.millrace.server.client.LiveBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace data verify}, {@code dump} and {@code stats} on a directory that a real broker has written. */
class DirectoryCommandsTest {
    private static final String PASSWORD = "the password of ada";

    @TempDir
    private Path directory;

    private Path data;

    @BeforeEach
    void fill() throws Exception {
        data = directory.resolve("data");
        try (LiveBroker broker = LiveBroker.on(data)) {
            at(broker, "", "queue", "create", "orders");
            at(broker, "", "publish", "orders", "-m", "the first");
            at(broker, "", "publish", "orders", "-m", "the second");
            at(broker, PASSWORD, "user", "set", "ada", "--administrator", "--password-stdin");
        }
    }

    private static void at(LiveBroker broker, String input, String... arguments) {
        CommandRun run = CommandRun.at(broker.url()).input(input);
        assertThat(run.run(arguments)).as(run.errors()).isZero();
    }

    @Test
    void aSoundDirectoryIsSaidToBeSoundAndLeftAsItIs() throws IOException {
        Map<String, byte[]> before = contents();

        CommandRun run = run(0, "verify", data.toString());

        assertThat(run.lines()).singleElement().asString().contains("no damage");
        assertUnchanged(before);
    }

    @Test
    void aChangedBitIsNamedWithItsPlaceAndWhatItCosts() throws IOException {
        Path file = flip("the first");

        CommandRun run = run(1, "verify", data.toString());

        assertThat(run.lines())
                .anyMatch(line -> line.startsWith("damaged  " + file.getFileName() + ", offset ")
                        && line.contains("fails its checksum"))
                .anyMatch(line -> line.matches("lost     shard \\d: log \\d+, perhaps offsets before 1"))
                .anyMatch(line -> line.endsWith(": 1 damage"));
    }

    @Test
    void aDamagedManifestOrFormatIsNamed() throws IOException {
        Path format = data.resolve("millrace.format");
        Files.writeString(format, Files.readString(format).replace("id ", "ix "));

        assertThat(run(1, "verify", data.toString()).output()).contains("damaged  ", "millrace.format");
    }

    @Test
    void aDirectoryInUseAndOneThatIsNoneAreRefused() throws Exception {
        try (LiveBroker broker = LiveBroker.on(data)) {
            assertThat(broker.url()).isNotEmpty();
            assertThat(run(1, "verify", data.toString()).errors()).contains("is in use by");
        }
        assertThat(run(2, "verify", directory.toString()).errors()).contains("is no data directory");
        assertThat(directory).isDirectoryNotContaining("glob:**/lock");
    }

    @Test
    void aDumpShowsRecordsAndNoSecret() throws IOException {
        Map<String, byte[]> before = contents();

        String text = run(0, "dump", data.toString(), "--bodies").output();

        assertThat(text).contains("journal name=journal-", "  group at=4096", "    frame at=", "      start epoch=");
        assertThat(text).contains("the first", "the second", "\"name\":\"orders\"", "\"name\":\"ada\"");
        assertThat(text).doesNotContain(PASSWORD, "pbkdf2", "salt", "storedKey", "scram");
        assertUnchanged(before);
    }

    /** Two queues of one shard have the message that an exchange leads to both; there are more queues than shards. */
    @Test
    void aDumpShowsTheQueuesThatShareAnEntry() throws Exception {
        Path other = directory.resolve("other");
        try (LiveBroker broker = LiveBroker.on(other)) {
            at(broker, "", "exchange", "create", "all", "--type", "fanout");
            for (int i = 0; i < 40; i++) {
                at(broker, "", "queue", "create", "q" + i);
                at(broker, "", "exchange", "bind", "all", "--queue", "q" + i);
            }
            at(broker, "", "publish", "--exchange", "all", "-m", "for many");
        }

        String text = run(0, "dump", other.toString(), "--bodies").output();
        assertThat(text).containsPattern("entry logs=\\d+:0,\\d+:0\\S* messages=1 .*for many\"");
        String log = text.replaceAll("(?s).* logs=\\d+:0,(\\d+):0.*", "$1");
        assertThat(run(0, "dump", other.toString(), "--log", log, "--offset", "0")
                        .output())
                .contains("," + log + ":0");
        assertThat(run(0, "verify", other.toString()).output()).contains("no damage");
        assertThat(run(0, "stats", other.toString()).output()).contains("q0", "q39");
    }

    /** More than an index has in memory. */
    @Test
    void aDumpShowsWhenDelayedMessagesAreDue() throws Exception {
        Path other = directory.resolve("other");
        try (LiveBroker broker = LiveBroker.on(other)) {
            at(broker, "", "queue", "create", "orders");
            at(broker, "later\n".repeat(17_000), "publish", "orders", "--delay", "1h");
            await().untilAsserted(() -> assertThat(other).isDirectoryContaining(DirectoryCommandsTest::isWholeRun));
        }

        List<String> lines = run(0, "dump", other.toString()).lines();

        assertThat(lines).anyMatch(line -> line.startsWith("  index of=delays kind=1 records="));
        assertThat(lines.stream().filter(line -> line.matches("    due log=\\d+ offset=\\d+ dueMillis=\\d+")))
                .hasSizeGreaterThan(16_000);
    }

    /** Its last block is a footer (docs/formats/ordered-run.md). */
    private static boolean isWholeRun(Path file) {
        try {
            byte[] content =
                    file.getFileName().toString().startsWith("segment-") ? Files.readAllBytes(file) : new byte[0];
            return content.length > 4096 && content[content.length - 4096 + 4] == 5;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aDumpIsNarrowedToAMessage() {
        String log = run(0, "dump", data.toString(), "--json").lines().stream()
                .filter(line -> line.contains("\"logId\""))
                .map(line -> line.replaceFirst(".*\"logId\":(\\d+).*", "$1"))
                .findFirst()
                .orElseThrow();

        List<String> lines = run(0, "dump", data.toString(), "--log", log, "--offset", "1", "--bodies", "--json")
                .lines();

        assertThat(lines).singleElement().asString().contains("\"what\":\"entry\"", "\"offset\":1", "the second");
        assertThat(run(2, "dump", data.toString(), "--offset", "1").errors()).contains("--log");
        assertThat(run(2, "dump", data.toString(), "--file", "nothing").errors())
                .contains("there is no file nothing");
    }

    @Test
    void statisticsCountMessagesByQueue() throws IOException {
        Map<String, byte[]> before = contents();

        List<String> lines = run(0, "stats", data.toString()).lines();

        assertThat(lines).anyMatch(line -> line.matches("root/orders +2 .*20\\d\\d-.*Z"));
        assertThat(lines).anyMatch(line -> line.matches("\\(catalog\\) +2 .*"));
        assertThat(lines).anyMatch(line -> line.matches("journal +\\d .*MiB"));
        assertUnchanged(before);
    }

    @Test
    void aBackupIsRestoredWithMessagesUsersAndKeys() throws Exception {
        Path backup = directory.resolve("backups/monday");
        Path restored = directory.resolve("restored");
        Map<String, byte[]> before = contents();

        run(0, "backup", backup.toString(), "--data", data.toString());
        assertUnchanged(before);
        run(0, "restore", backup.toString(), restored.toString());

        assertThat(run(0, "verify", restored.toString()).output()).contains("no damage");
        assertThat(Files.getPosixFilePermissions(backup)).hasSize(3);
        assertThat(Files.getPosixFilePermissions(backup.resolve("seal.key"))).hasSize(2);
        try (LiveBroker broker = LiveBroker.on(restored)) {
            CommandRun run =
                    CommandRun.at(broker.url()).with("MILLRACE_USER", "ada").with("MILLRACE_PASSWORD", PASSWORD);
            assertThat(run.run("queue", "peek", "orders")).as(run.errors()).isZero();
            assertThat(run.output()).contains("the first", "the second");
        }
    }

    @Test
    void aBrokerThatServesMakesABackupOfItself() throws Exception {
        Path backup = directory.resolve("backups/monday");
        Path restored = directory.resolve("restored");
        try (LiveBroker broker = LiveBroker.on(data)) {
            asAda(broker, 0, "publish", "orders", "-m", "the third");
            assertThat(asAda(broker, 0, "data", "backup", "monday", "--bytes-per-second", "0B")
                            .output())
                    .contains("copied ", "to monday");
            asAda(broker, 0, "publish", "orders", "-m", "the fourth");
            assertThat(asAda(broker, 1, "data", "backup", "monday").errors())
                    .contains("no backup was made: ", "is not empty");
            assertThat(asAda(broker, 1, "data", "backup", "../monday").errors())
                    .contains("name is the name of a folder");
            assertThat(run(1, "backup", "tuesday", "--server", broker.url()).errors())
                    .contains("no credentials");
        }
        assertThat(Files.getPosixFilePermissions(backup)).hasSize(3);
        assertThat(Files.getPosixFilePermissions(backup.resolve("seal.key"))).hasSize(2);

        run(0, "restore", backup.toString(), restored.toString());

        run(0, "verify", restored.toString());
        try (LiveBroker broker = LiveBroker.on(restored)) {
            assertThat(asAda(broker, 0, "queue", "peek", "orders").output())
                    .contains("the first", "the third")
                    .doesNotContain("the fourth");
        }
    }

    private static CommandRun asAda(LiveBroker broker, int status, String... arguments) {
        CommandRun run =
                CommandRun.at(broker.url()).with("MILLRACE_USER", "ada").with("MILLRACE_PASSWORD", PASSWORD);
        assertThat(run.run(arguments)).as(run.errors()).isEqualTo(status);
        return run;
    }

    @Test
    void aSegmentOfAShardWhoseManifestIsDamagedIsCheckedByItself() throws IOException {
        Path segment = data.resolve("segment-0003-000000000007.dat");
        Files.write(data.resolve("manifest-0003"), new byte[100]);
        Files.write(segment, new byte[1000]);

        CommandRun run = run(1, "verify", data.toString());

        assertThat(run.lines())
                .anyMatch(line -> line.startsWith("damaged  manifest-0003, "))
                .anyMatch(line -> line.startsWith("damaged  " + segment.getFileName())
                        && line.endsWith("whether the segment counts is not known"));
    }

    @Test
    void aBackupIsRefusedWhereItCannotBe() throws Exception {
        String target = directory.resolve("copy").toString();
        try (LiveBroker broker = LiveBroker.on(data)) {
            assertThat(broker.url()).isNotEmpty();
            assertThat(run(1, "backup", target, "--data", data.toString()).errors())
                    .contains("is in use by", "while it serves: 'millrace data backup copy'");
            assertThat(run(2, "backup", target, "--data", data.toString(), "--bytes-per-second", "1MiB")
                            .errors())
                    .contains("give one of them");
        }
        assertThat(run(2, "backup", data.resolve("copy").toString(), "--data", data.toString())
                        .errors())
                .contains("inside");
        run(0, "backup", target, "--data", data.toString());
        assertThat(run(1, "backup", target, "--data", data.toString()).errors()).contains("is not empty");
        assertThat(run(1, "restore", target, data.toString()).errors()).contains("is not empty");
    }

    @Test
    void aBackupThatWasNotFinishedOrHasChangedIsNotRestored() throws Exception {
        Path backup = directory.resolve("copy");
        run(0, "backup", backup.toString(), "--data", data.toString());
        Path journal = backup.resolve("journal-000000000001.log");
        try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1}), 5_000_000 % channel.size());
        }
        Path first = directory.resolve("first");
        assertThat(run(1, "restore", backup.toString(), first.toString()).errors())
                .contains("journal-000000000001.log is damaged");
        assertThat(first).isDirectoryNotContaining("glob:**/millrace.format");

        Files.delete(backup.resolve("backup.list"));
        assertThat(run(
                                1,
                                "restore",
                                backup.toString(),
                                directory.resolve("second").toString())
                        .errors())
                .contains("no complete backup");
    }

    private CommandRun run(int status, String... arguments) {
        CommandRun run = CommandRun.at("http://nowhere");
        List<String> all = new ArrayList<>(List.of("data"));
        all.addAll(List.of(arguments));
        assertThat(run.run(all.toArray(String[]::new)))
                .as("%s%n%s", run.output(), run.errors())
                .isEqualTo(status);
        return run;
    }

    /** Changes a bit of {@code text} on disk; returns the file. */
    private Path flip(String text) throws IOException {
        for (Map.Entry<String, byte[]> each : contents().entrySet()) {
            int at = new String(each.getValue(), ISO_8859_1).indexOf(text);
            if (at >= 0) {
                Path file = data.resolve(each.getKey());
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.write(ByteBuffer.wrap(new byte[] {(byte) (text.getBytes(UTF_8)[0] ^ 1)}), at);
                }
                return file;
            }
        }
        throw new AssertionError("no file has it");
    }

    private void assertUnchanged(Map<String, byte[]> before) throws IOException {
        Map<String, byte[]> after = contents();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        after.forEach((name, content) ->
                assertThat(Arrays.equals(content, before.get(name))).as(name).isTrue());
    }

    /** What is in the directory, but for the lock. */
    private Map<String, byte[]> contents() throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(data)) {
            for (Path each : files.toList()) {
                if (!each.endsWith("lock")) {
                    contents.put(each.getFileName().toString(), Files.readAllBytes(each));
                }
            }
        }
        return contents;
    }
}
