package io.millrace.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace topic}, publishing to topics and {@code millrace read}, against a real broker. */
class TopicCommandsTest {
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

    private static CommandRun succeed(String... arguments) {
        return fail(0, arguments);
    }

    private static CommandRun fail(int status, String... arguments) {
        CommandRun run = CommandRun.at(broker.url());
        assertThat(run.run(arguments))
                .as("%s: %s", List.of(arguments), run.errors())
                .isEqualTo(status);
        return run;
    }

    @Test
    void aTopicIsMadeListedShownChangedAndRemoved() {
        assertThat(succeed("topic", "create", "made-clicks", "--partitions", "3", "--retention", "1d")
                        .output())
                .isEqualTo("topic made-clicks is there\n");
        succeed("topic", "create", "made-clicks", "--partitions", "3", "--retention", "1d");
        succeed("topic", "create", "made-prices", "--compacted", "--retention-bytes", "1MiB");
        succeed("topic", "create", "made-z", "--retention", "0s");
        assertThat(fail(1, "topic", "create", "made-clicks", "--partitions", "4")
                        .errors())
                .contains("exists with other settings");

        assertThat(succeed("topic", "list", "--prefix", "made").lines())
                .containsExactly(
                        "TOPIC        PARTITIONS                                 KEEPS",
                        "made-clicks           3                                    1d",
                        "made-prices           1  latest of each key, 1MiB a partition",
                        "made-z                1                            everything");
        assertThat(succeed("topic", "list", "--prefix", "made", "--names").lines())
                .containsExactly("made-clicks", "made-prices", "made-z");
        succeed("publish", "--topic", "made-clicks", "--partition", "2", "-m", "m");
        List<String> shown = succeed("topic", "set", "made-clicks", "--partitions", "4", "--retention", "2d")
                .lines();
        assertThat(shown).anyMatch(line -> line.startsWith("keeps") && line.endsWith(" 2d"));
        assertThat(shown.subList(shown.size() - 5, shown.size()).stream()
                        .map(line -> line.strip().split(" +", -1)))
                .extracting(cells -> cells[0] + " " + cells[1] + " " + cells[2])
                .containsExactly("PARTITION EARLIEST END", "0 0 0", "1 0 0", "2 0 1", "3 0 0");
        assertThat(succeed("topic", "show", "made-clicks", "--json").output())
                .contains("\"retentionMillis\":172800000");
        assertThat(fail(2, "topic", "set", "made-clicks").errors()).contains("--partitions");
        assertThat(fail(1, "topic", "set", "made-clicks", "--partitions", "1").errors())
                .contains("never taken away");

        List<String> kept = succeed(
                        "topic",
                        "set",
                        "made-clicks",
                        "--keep-unsettled",
                        "--unsettled",
                        "9d",
                        "--unsettled-bytes",
                        "1GiB")
                .lines();
        assertThat(kept)
                .anyMatch(line -> line.endsWith(" 2d, longer until settled, at most 9d, at most 1GiB a partition"));
        assertThat(succeed("topic", "set", "made-clicks", "--no-keep-unsettled").lines())
                .anyMatch(line -> line.startsWith("keeps") && line.endsWith(" 2d"));

        assertThat(fail(1, "topic", "delete", "made-clicks").errors()).contains("--force");
        succeed("topic", "delete", "made-clicks", "--force");
        succeed("topic", "delete", "made-z");
        assertThat(fail(1, "topic", "show", "made-clicks").errors()).contains("there is no topic made-clicks");
    }

    @Test
    void messagesArePublishedByKeyAndReadFromWhereItIsSaid() {
        succeed("topic", "create", "read-clicks", "--partitions", "4");
        assertThat(succeed("publish", "--topic", "read-clicks", "--key", "k", "-m", "a", "-m", "b", "-m", "c")
                        .output())
                .startsWith("published 3 messages")
                .contains(" to read-clicks in ");
        succeed("publish", "--topic", "read-clicks", "--partition", "3", "-m", "other");

        assertThat(succeed("read", "read-clicks").lines()).containsExactlyInAnyOrder("a", "b", "c", "other");
        assertThat(succeed("read", "read-clicks", "--from", "1", "--partition", "0")
                        .lines())
                .containsExactly("b", "c");
        assertThat(succeed("read", "read-clicks", "--from", "2001-01-01T00:00:00Z", "--partition", "3")
                        .lines())
                .containsExactly("other");
        assertThat(succeed("read", "read-clicks", "--from", "latest").lines()).isEmpty();
        assertThat(succeed("read", "read-clicks", "--max", "2").lines()).hasSize(2);
        assertThat(succeed("read", "read-clicks", "--json", "--max", "1").output())
                .contains("\"offset\":0");
        assertThat(fail(1, "read", "read-clicks", "--partition", "4").errors()).contains("partitions 0 to 3");
        assertThat(fail(1, "read", "read-clicks", "--from", "77", "--partition", "3")
                        .errors())
                .contains("offsets from 0");
        assertThat(fail(1, "read", "read-nothing").errors()).contains("there is no queue read-nothing");
        assertThat(fail(1, "publish", "--topic", "read-clicks", "--delay", "5s", "-m", "late")
                        .errors())
                .contains("has no priority, no delay");
        for (String[] wrong : new String[][] {
            {"publish", "q", "--topic", "read-clicks", "-m", "m"},
            {"publish", "q", "--partition", "1", "-m", "m"},
            {"publish", "--topic", "read-clicks", "--routing-key", "k", "-m", "m"},
            {"read", "read-clicks", "--max", "0"}
        }) {
            fail(2, wrong);
        }
    }

    @Test
    void whatAProducerNumbersIsStoredOnceHoweverOftenItIsPublished() throws Exception {
        succeed("topic", "create", "numbered", "--partitions", "2");
        String[] published = {
            "publish", "--topic", "numbered", "--partition", "1", "--producer", "import", "--batch", "2"
        };
        // Lines that come one by one are cut into the same requests as those that are there at once.
        try (var pipe = new PipedOutputStream();
                var input = new PipedInputStream(pipe)) {
            CommandRun trickle = CommandRun.at(broker.url()).input(input);
            var status = trickle.start(published);
            for (int i = 0; i < 13; i++) {
                pipe.write((i + "\n").getBytes(UTF_8));
                pipe.flush();
            }
            pipe.close();
            assertThat(status.get()).as(trickle.errors()).isZero();
            assertThat(trickle.output()).startsWith("published 13 messages").doesNotContain("before");
        }

        CommandRun again = CommandRun.at(broker.url()).input("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n");
        assertThat(again.run(published)).as(again.errors()).isZero();
        assertThat(again.output()).startsWith("published 13 messages").endsWith(", 13 stored before\n");
        succeed(
                "publish",
                "--topic",
                "numbered",
                "--partition",
                "1",
                "--producer",
                "import",
                "--sequence",
                "13",
                "-m",
                "13");

        assertThat(succeed("read", "numbered", "--partition", "1").lines())
                .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13");
    }

    private static String[] numbered(String topic, String... more) {
        return Stream.concat(
                        Stream.of("publish", "--topic", topic, "--partition", "0", "--producer", "p"), Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void whatIsMissingAndWhoWasReplacedIsNoticed() {
        succeed("topic", "create", "numbered-gap");
        succeed(numbered("numbered-gap", "-m", "a"));
        assertThat(fail(1, numbered("numbered-gap", "--sequence", "2", "-m", "c"))
                        .errors())
                .contains("publish that first");
        succeed(numbered("numbered-gap", "--epoch", "1", "-m", "b"));
        assertThat(fail(1, numbered("numbered-gap", "--sequence", "1", "-m", "c"))
                        .errors())
                .contains("greater epoch");
        for (String[] wrong : new String[][] {
            {"publish", "--topic", "t", "--producer", "p", "-m", "m"},
            {"publish", "--topic", "t", "--partition", "0", "--sequence", "3", "-m", "m"},
            {"publish", "--topic", "t", "--partition", "0", "--epoch", "3", "-m", "m"},
            {"publish", "q", "--producer", "p", "-m", "m"},
            numbered("t", "--requests", "2", "-m", "m")
        }) {
            fail(2, wrong);
        }

        assertThat(succeed("read", "numbered-gap").lines()).containsExactly("a", "b");
    }

    @Test
    void aQueueIsReadWithoutTakingAnything() {
        succeed("queue", "create", "read-orders");
        succeed("publish", "read-orders", "-m", "1", "-m", "2", "-m", "3");

        assertThat(succeed("read", "read-orders").lines()).containsExactly("1", "2", "3");
        succeed("consume", "read-orders", "--max", "1", "--wait", "0s");
        assertThat(succeed("read", "read-orders").lines()).containsExactly("2", "3");
    }

    @Test
    void whoFollowsSeesWhatComesInEveryPartition() throws Exception {
        succeed("topic", "create", "follow-clicks", "--partitions", "3");
        succeed("publish", "--topic", "follow-clicks", "--partition", "0", "-m", "before");
        CommandRun following = CommandRun.at(broker.url());
        CompletableFuture<Integer> status =
                CompletableFuture.supplyAsync(() -> following.run("read", "follow-clicks", "--follow", "--max", "4"));
        await().until(() ->
                succeed("topic", "show", "follow-clicks", "--json").output().split("\"waitingReads\":1", -1).length
                        > 3);
        for (int partition = 0; partition < 3; partition++) {
            succeed("publish", "--topic", "follow-clicks", "--partition", "" + partition, "-m", "after " + partition);
        }

        assertThat(status.get()).isZero();
        assertThat(following.lines()).containsExactlyInAnyOrder("before", "after 0", "after 1", "after 2");
    }

    @Test
    void exchangesAndSchedulesLeadToTopics() {
        succeed("topic", "create", "led-to");
        succeed("exchange", "create", "led-from", "--type", "fanout");
        assertThat(succeed("exchange", "bind", "led-from", "--topic", "led-to").output())
                .isEqualTo("exchange led-from leads to topic led-to\n");
        assertThat(succeed("exchange", "bindings", "led-from").output()).contains("topic led-to");
        succeed("publish", "--exchange", "led-from", "-m", "routed");
        succeed("schedule", "create", "led-schedule", "--every", "10d", "--topic", "led-to", "-m", "fired");
        assertThat(succeed("schedule", "show", "led-schedule").output()).containsPattern("topic +led-to");
        succeed("schedule", "fire", "led-schedule");

        assertThat(succeed("read", "led-to").lines()).containsExactly("routed", "fired");
    }
}
