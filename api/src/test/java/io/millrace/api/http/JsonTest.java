package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stranger can make grow is bounded, in the JSON that is read whole and in the one that is read as a stream. */
class JsonTest {
    private static void readWhole(String json) throws IOException {
        assertThat(Json.TREE.readTree(json)).isNotNull();
    }

    /** Reads numbers too, not only over them. */
    private static void readAsStream(String json) throws IOException {
        try (JsonParser parser = Json.STREAM.createParser(json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken().isNumeric()) {
                    assertThat(parser.getNumberValue()).isNotNull();
                }
            }
        }
    }

    private static void expectTaken(String json) {
        assertThatCode(() -> readWhole(json)).doesNotThrowAnyException();
        assertThatCode(() -> readAsStream(json)).doesNotThrowAnyException();
    }

    private static void expectRefused(String json) {
        assertThatThrownBy(() -> readWhole(json)).isInstanceOf(JsonProcessingException.class);
        assertThatThrownBy(() -> readAsStream(json)).isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void nestingIsBounded(String open) {
        String close = open.equals("[") ? "]" : "}";
        String inner = open.equals("[") ? "" : "1";
        expectTaken(open.repeat(Json.NESTING_MAX) + inner + close.repeat(Json.NESTING_MAX));
        expectRefused(open.repeat(Json.NESTING_MAX + 1) + inner + close.repeat(Json.NESTING_MAX + 1));
        expectRefused(open.repeat(1_000_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1.", "1e"})
    void numbersAreBounded(String start) {
        expectTaken("[" + start + "1".repeat(start.equals("1e") ? 2 : Json.NUMBER_CHARS_MAX - start.length()) + "]");
        expectRefused("[" + start + "1".repeat(Json.NUMBER_CHARS_MAX + 1) + "]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"%s\":1}"})
    void namesAreBounded(String shape) {
        expectTaken(shape.formatted("n".repeat(Json.NAME_CHARS_MAX)));
        expectRefused(shape.formatted("n".repeat(Json.NAME_CHARS_MAX + 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"%s\"]", "{\"a\":\"%s\"}"})
    void onlyTextThatIsReadWholeIsBounded(String shape) throws IOException {
        readWhole(shape.formatted("x".repeat(Json.TREE_STRING_CHARS_MAX)));
        assertThatThrownBy(() -> readWhole(shape.formatted("x".repeat(Json.TREE_STRING_CHARS_MAX + 1))))
                .isInstanceOf(JsonProcessingException.class);
        readAsStream(shape.formatted("x".repeat(25_000_000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":1,\"a\":1}", "{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", "{\"a\":1} {}", "1 2", "[1]]"})
    void whatIsReadWholeHasNoFieldTwiceAndNothingBehindIt(String json) {
        assertThatThrownBy(() -> readWhole(json)).isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000})
    void theValuesOfWhatIsReadWholeAreBounded(int tokens) throws IOException {
        readWhole("[" + "1,".repeat(tokens - 3) + "1]");
        assertThatThrownBy(() -> readWhole("[" + "1,".repeat(tokens) + "1]"))
                .isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"NaN", "[Infinity]", "{a:1}", "{'a':1}", "[1,]", "[01]", "// x\n1", "[+1]", "[.5]", "\"\t\""})
    void onlyJsonIsJson(String json) {
        expectRefused(json);
    }
}
