package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A YAML file gives settings with the lines that they stand in, and whatever else it holds is refused in one line. */
class YamlFileTest {
    @TempDir
    Path directory;

    Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("m.yaml");
    }

    @Test
    void nestedAndDottedNamesAreTheSameKeys() throws Exception {
        assertThat(read("a:\n  b:\n    c: 1\n  d: x y\ne.f: '2'\n\"g\": {h: 3}\n"))
                .containsExactly(
                        new RawSetting("a.b.c", "1", file + ":3"),
                        new RawSetting("a.d", "x y", file + ":4"),
                        new RawSetting("e.f", "2", file + ":5"),
                        new RawSetting("g.h", "3", file + ":6"));
    }

    @Test
    void anEmptyFileHoldsNothing() throws Exception {
        assertThat(read("")).isEmpty();
        assertThat(read("# only a remark\n---\n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:", "a: ~", "a: null", "a: # later"})
    void aKeyWithoutValueIsEmpty(String text) throws Exception {
        assertThat(read(text)).containsExactly(new RawSetting("a", "", file + ":1"));
    }

    @Test
    void aQuotedNullIsText() throws Exception {
        assertThat(read("a: 'null'")).containsExactly(new RawSetting("a", "null", file + ":1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "a: 1\\na: 2 | :2: 'a' was already set in line 1",
                "a:\\n  b: 1\\na.b: 2 | :3: 'a.b' was already set in line 2",
                "a: [1, 2] | :1: a list stands where a value belongs",
                "- a | :1: a list stands where a value belongs",
                "? {a: 1}\\n: 2 | :1: a map stands where a value belongs",
                "a: &x 1\\nb: *x | :2: an alias (*) stands here; write the value itself",
                "a: !!str 1 | :1: a tag (!) stands here; write the value alone",
                "a: !!javax.script.ScriptEngineManager {b: 1} | :1: a tag (!) stands here; write the value alone",
                "text | :1: a single value stands where keys belong",
                "a: 1\\n---\\nb: 1 | :2: a second document begins here; a configuration is one",
                "a: 'open | :1: this is not YAML: found unexpected end of stream",
            })
    void whatIsNoMapOfValuesIsRefusedWithItsLine(String text, String problem) {
        assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + problem.strip());
    }

    @Test
    void aDeepNestIsRefusedWithoutFillingTheStack() {
        String nest = "{a: ".repeat(200_000);

        assertThatThrownBy(() -> read(nest))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ":1: maps are nested too deep here");
    }

    @Test
    void aHugeFileIsNotRead() {
        assertThatThrownBy(() -> read("# " + "x".repeat(1 << 20)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + ": the file is larger than 1MiB");
    }

    @Test
    void whatCannotBeReadIsRefusedWithTheReason() throws Exception {
        assertThatThrownBy(() -> YamlFile.read(file)).hasMessage(file + ": there is no such file");
        assertThatThrownBy(() -> YamlFile.read(directory)).hasMessageContaining("the file cannot be read");
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThatThrownBy(() -> YamlFile.read(file)).hasMessage(file + ": the file is not UTF-8");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void garbageIsReadOrRefusedButNeverBreaksTheReader(long seed) {
        var random = new SplittableRandom(seed);
        String alphabet = "ab:-{}[],&*!|>'\"%@`#?~ \n\t\u0007\u00e4";
        for (int i = 0; i < 2000; i++) {
            var text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertThat(YamlFile.parse("m.yaml", text.toString())).isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage())
                        .as("seed %d, round %d: %s", seed, i, text)
                        .startsWith("m.yaml:")
                        .doesNotContain("\n");
            }
        }
    }

    private List<RawSetting> read(String text) throws IOException {
        Files.writeString(file, text);
        return YamlFile.read(file);
    }
}
