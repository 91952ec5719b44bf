package io.millrace.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every event is exactly one line, whatever clients put into it. */
class LineFormatTest {
    private static final String HOSTILE = "a\nb\rc\u2028d\u2029e\u0085f\u001b[31mg\u0000h\ti\ud83dj\u009bk";
    private static final String STACK = "java.io.IOException: no\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)\n";

    @Test
    void aTextLineShowsTimeLevelThreadLoggerAndMessage() {
        assertThat(LineFormat.of(LogFormat.TEXT).format(line("hello", null)))
                .isEqualTo("2026-01-02T03:04:05.678Z WARN  [loop-1] a.Logger: hello\n");
    }

    @Test
    void aTextLineHoldsTheWholeStackTrace() {
        assertThat(LineFormat.of(LogFormat.TEXT).format(line("hello", STACK)))
                .endsWith("hello | java.io.IOException: no | at a.B.c(B.java:1) | at a.B.d(B.java:2)\n");
    }

    @Test
    void aTextLineShowsControlCharactersAsEscapes() {
        assertThat(LineFormat.of(LogFormat.TEXT).format(line(HOSTILE, null)))
                .contains("a\\nb\\rc\\u2028d\\u2029e\\u0085f\\u001b[31mg\\u0000h\\ti")
                .doesNotContainPattern("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029&&[^\\n]]");
    }

    @Test
    void aJsonLineKeepsEverythingAsItWas() throws Exception {
        String text = LineFormat.of(LogFormat.JSON).format(line(HOSTILE, STACK));

        JsonNode json = new ObjectMapper().readTree(text);
        assertThat(json.get("time").textValue()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(json.get("level").textValue()).isEqualTo("WARN");
        assertThat(json.get("thread").textValue()).isEqualTo("loop-1");
        assertThat(json.get("logger").textValue()).isEqualTo("a.Logger");
        assertThat(json.get("message").textValue()).isEqualTo(HOSTILE);
        assertThat(json.get("error").textValue()).isEqualTo(STACK.strip());
    }

    @Test
    void aJsonLineWithoutErrorHasNoSuchField() throws Exception {
        JsonNode json =
                new ObjectMapper().readTree(LineFormat.of(LogFormat.JSON).format(line("hello", null)));

        assertThat(json.has("error")).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aLineHasNoLineEndInside(LogFormat format) {
        String text = LineFormat.of(format).format(line(HOSTILE, STACK + HOSTILE));

        assertThat(text).endsWith("\n");
        assertThat(text.substring(0, text.length() - 1)).doesNotContainPattern("\\R");
    }

    @ParameterizedTest
    @EnumSource
    void aHugeMessageIsCut(LogFormat format) {
        String text = LineFormat.of(format).format(line("x".repeat(1 << 20), "y".repeat(1 << 20)));

        assertThat(text.length()).isBetween(80 << 10, 82 << 10);
    }

    private static LogLine line(String message, String error) {
        return new LogLine(1_767_323_045_678L, "WARN", "loop-1", "a.Logger", message, error);
    }
}
