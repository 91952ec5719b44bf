package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace schedule} against a real broker. */
class ScheduleCommandsTest {
    @TempDir
    static Path directory;

    private static LiveBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = LiveBroker.on(directory.resolve("data"));
        succeed("queue", "create", "q");
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
    void aScheduleIsMadeListedShownChangedAndRemoved() {
        String[] create = ("schedule create made-report --zone Asia/Tokyo --queue q -m daily --header kind=long"
                        + " --priority 7 --delay 1s --ttl 1d --key k --group g --content-type text/plain"
                        + " --missed each --cron 0_9_1_1_*")
                .split(" ", -1);
        create[create.length - 1] = "0 9 1 1 *";
        assertThat(succeed(create).output()).isEqualTo("schedule made-report is there\n");
        succeed(create);
        succeed("schedule", "create", "made-poll", "--every", "90m", "--queue", "q", "-m", "poll", "--disabled");
        assertThat(fail(1, "schedule", "create", "made-poll", "--every", "2h").errors())
                .contains("exists with other settings");

        assertThat(succeed("schedule", "list", "--prefix", "made").lines())
                .satisfiesExactly(
                        heading -> assertThat(heading).startsWith("SCHEDULE"),
                        poll -> assertThat(poll)
                                .containsSubsequence("made-poll", "every 1h30m", "queue q", "disabled", "-"),
                        report -> assertThat(report)
                                .containsSubsequence(
                                        "made-report", "0 9 1 1 * Asia/Tokyo", "queue q", "active", "T09:00+09:00"));
        assertThat(succeed("schedule", "list", "--names", "--prefix", "made").lines())
                .containsExactly("made-poll", "made-report");
        assertThat(succeed("schedule", "list", "--json", "--prefix", "made-p").output())
                .contains("\"everyMillis\":5400000");
        assertThat(succeed("schedule", "show", "made-report").lines())
                .contains(
                        "missed              each",
                        "state               active",
                        "body                daily",
                        "priority            7",
                        "headers             {\"kind\":\"long\"}");
        assertThat(succeed("schedule", "show", "made-report", "--json").output())
                .contains("\"delayMillis\":1000", "\"timeToLiveMillis\":86400000", "\"group\":\"g\"");

        assertThat(succeed("schedule", "set", "made-report", "--no-enabled").lines())
                .contains("state               disabled", "body                daily");
        assertThat(succeed("schedule", "set", "made-report", "--enabled", "--every", "2h", "-m", "weekly")
                        .lines())
                .contains("timing              every 2h", "state               active", "body                weekly");
        assertThat(succeed("schedule", "delete", "made-report").output()).isEqualTo("schedule made-report is gone\n");
        assertThat(fail(1, "schedule", "delete", "made-report").errors()).contains("there is no schedule made-report");
    }

    @Test
    void aScheduleFiresNow() throws Exception {
        Path file = Files.writeString(directory.resolve("message"), "from a file");
        succeed("queue", "create", "now");
        succeed("exchange", "create", "now-x", "--type", "topic");
        succeed("schedule", "create", "now", "--every", "1d", "--queue", "now", "--message-file", file.toString());
        assertThat(succeed("schedule", "fire", "now").output())
                .isEqualTo("schedule now has published to 1 queue or topic\n");
        assertThat(succeed("queue", "peek", "now").lines()).containsExactly("from a file");

        succeed("schedule", "set", "now", "--exchange", "now-x", "--routing-key", "a.b");
        assertThat(fail(1, "schedule", "fire", "now").errors()).contains("no binding took the message");
        succeed("exchange", "bind", "now-x", "--queue", "now", "--key", "a.#");
        succeed("schedule", "fire", "now");
        assertThat(succeed("queue", "peek", "now").lines()).hasSize(2);
    }

    @Test
    void whatIsWrongIsSaid() throws Exception {
        Path large = Files.write(directory.resolve("large"), new byte[(64 << 10) + 1]);
        assertThat(fail(2, "schedule", "set", "x").errors()).contains("say what to change");
        assertThat(fail(2, "schedule", "create", "x", "--key", "k").errors()).contains("--message");
        assertThat(fail(2, "schedule", "set", "x", "-m", "a", "--message-file", "b")
                        .errors())
                .contains("exclude each other");
        assertThat(fail(1, "schedule", "create", "x", "--message-file", "/none/such")
                        .errors())
                .contains("/none/such");
        assertThat(fail(1, "schedule", "create", "x", "--message-file", large.toString())
                        .errors())
                .contains("is larger than");
        assertThat(fail(1, "schedule", "create", "x", "--cron", "* *", "--queue", "q", "-m", "a")
                        .errors())
                .contains("cron has 2 fields");
        assertThat(fail(1, "schedule", "create", "x", "--cron", "* * * * *", "-m", "a")
                        .errors())
                .contains("queue, or topic, or exchange, is missing");
    }
}
