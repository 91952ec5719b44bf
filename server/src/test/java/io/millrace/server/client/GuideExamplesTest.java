package io.millrace.server.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of a guide do what it says: each line succeeds, and what a comment behind it says comes out. */
class GuideExamplesTest {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    /** A line, with the text below it that it reads. */
    private static final Pattern LINE = Pattern.compile(".*<<'END'\n(?:.*\n)*?END\n|.*\n");

    private static final Pattern COMMAND =
            Pattern.compile("millrace ((?:'[^']*'|\"[^\"]*\"|[^'\"#;]|(?<! )#)*)(?:#(.*))?");
    private static final Pattern OTHER = Pattern.compile("(.*?)(?:\\s+# (.*))?", Pattern.DOTALL);
    private static final Pattern LOOP = Pattern.compile("for i in ([0-9 ]+); do (.*); done");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "routing.md, 5",
        "selectors.md, 13",
        "retries.md, 1",
        "idempotency.md, 5",
        "consumers.md, 5",
        "schedules.md, 2",
        "limits.md, 4",
        "durability.md, 2",
        "topics.md, 13"
    })
    void thePageDoesWhatItSays(String page, int told) throws Exception {
        int checked = 0;
        try (LiveBroker broker = LiveBroker.on(directory.resolve("data"))) {
            for (String line : lines(page)) {
                if (line.startsWith("millrace serve")) {
                    continue;
                }
                checked += (line.startsWith("millrace ") ? run(broker, line) : shell(line)) ? 1 : 0;
            }
        }
        assertThat(checked).as("lines whose output is told").isGreaterThanOrEqualTo(told);
    }

    @Test
    void theGuideToDeadLettersDoesWhatItSays() throws Exception {
        int checked = 0;
        try (LiveBroker broker = LiveBroker.on(directory.resolve("data"))) {
            for (String line : lines("dead-letters.md")) {
                if (!line.startsWith("millrace serve")) {
                    checked += run(broker, line) ? 1 : 0;
                    await().until(() -> noneIsOnItsWay(broker));
                }
            }
        }
        assertThat(checked).as("commands whose output is told").isGreaterThan(4);
    }

    /** Whether all dead letters are where they go: a person is slower than that, a test is not. */
    private static boolean noneIsOnItsWay(LiveBroker broker) {
        CommandRun run = CommandRun.at(broker.url());
        return run.run("queue", "list", "--json") == 0
                && run.lines().stream().allMatch(line -> line.contains("\"dead\":0,"));
    }

    private List<String> lines(String page) throws IOException {
        List<String> lines = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(Path.of("..", "docs", "guide", page)));
        while (block.find()) {
            Matcher found = LINE.matcher(block.group(1));
            while (found.find()) {
                String line = found.group().stripTrailing().replace("/tmp/", directory + "/");
                Matcher loop = LOOP.matcher(line);
                if (loop.matches()) {
                    for (String each : loop.group(1).split(" ", -1)) {
                        lines.add(loop.group(2).replace("$i", each));
                    }
                } else {
                    lines.add(line);
                }
            }
        }
        return lines;
    }

    /** Runs a line; whether its output was told. */
    private static boolean run(LiveBroker broker, String line) {
        Matcher command = COMMAND.matcher(line);
        assertThat(command.matches()).as(line).isTrue();
        List<String> arguments = new ArrayList<>();
        Matcher word = WORD.matcher(command.group(1));
        while (word.find()) {
            arguments.add(
                    word.group(1) != null ? word.group(1) : word.group(2) != null ? word.group(2) : word.group(3));
        }
        CommandRun run = CommandRun.at(broker.url());
        assertThat(run.run(arguments.toArray(new String[0])))
                .as("%s: %s", line, run.errors())
                .isZero();
        return isAsTold(line, run.lines(), command.group(2));
    }

    /** Runs a line that is none of ours; whether its output was told. */
    private static boolean shell(String line) throws Exception {
        Matcher parts = OTHER.matcher(line);
        assertThat(parts.matches()).as(line).isTrue();
        Process process = new ProcessBuilder("sh", "-c", parts.group(1))
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("%s: %s", line, output).isZero();
        return isAsTold(line, output.lines().toList(), parts.group(2));
    }

    private static boolean isAsTold(String line, List<String> output, String told) {
        if (told == null) {
            return false;
        }
        assertThat(output).as(line).containsExactly(told.strip().split(", ", -1));
        return true;
    }
}
