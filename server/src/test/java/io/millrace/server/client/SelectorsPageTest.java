package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide/selectors.md print what the page says, with a real broker. */
class SelectorsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "guide", "selectors.md");
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile("millrace (.*?)(?:\\s+# (.*))?");
    /** A word of a shell as the page has them: bare, or in single or double quotes. */
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    @TempDir
    Path directory;

    @Test
    void theExamplesPrintWhatThePageSays() throws Exception {
        int compared = 0;
        try (LiveBroker broker = LiveBroker.on(directory.resolve("data"))) {
            for (String line : examples()) {
                Matcher parts = LINE.matcher(line);
                assertThat(parts.matches()).as(line).isTrue();
                if (parts.group(1).startsWith("serve ")) {
                    continue;
                }
                CommandRun run = CommandRun.at(broker.url());
                assertThat(run.run(words(parts.group(1))))
                        .as("%s: %s", line, run.errors())
                        .isZero();
                if (parts.group(2) != null) {
                    assertThat(String.join(", ", run.lines())).as(line).isEqualTo(parts.group(2));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThanOrEqualTo(11);
    }

    private static List<String> examples() throws IOException {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .flatMap(block -> block.group(1).lines())
                .toList();
    }

    private static String[] words(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            String quoted = word.group(1) == null ? word.group(2) : word.group(1);
            words.add(quoted == null ? word.group(3) : quoted);
        }
        return words.toArray(String[]::new);
    }
}
