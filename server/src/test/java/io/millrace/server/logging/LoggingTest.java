package io.millrace.server.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What is logged through SLF4J arrives as lines, at the levels that are set, which may change meanwhile. */
class LoggingTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Logger own = LoggerFactory.getLogger("io.millrace.test.Own");
    private final Logger library = LoggerFactory.getLogger("org.example.Library");

    @Test
    void nothingIsLoggedBeforeTheStartAndAfterTheEnd() {
        own.error("before");
        try (var logging = start(LogFormat.TEXT, Level.INFO)) {
            assertThat(logging.levels().get("io.millrace")).isEqualTo(Level.INFO);
            own.error("between");
        }
        own.error("after");

        assertThat(messages()).containsExactly("between");
    }

    @Test
    void librariesAreHeldToWarnings() {
        try (var logging = start(LogFormat.TEXT, Level.DEBUG)) {
            assertThat(logging.levels().own()).containsOnlyKeys("ROOT", "io.millrace");
            own.debug("own debug");
            own.trace("own trace");
            library.info("library info");
            library.warn("library warning");
        }

        assertThat(messages()).containsExactly("own debug", "library warning");
    }

    @Test
    void errorsOnlyMeansErrorsOnlyAlsoForLibraries() {
        try (var logging = start(LogFormat.TEXT, Level.ERROR)) {
            assertThat(logging.levels().get("ROOT")).isEqualTo(Level.ERROR);
            library.warn("library warning");
        }

        assertThat(messages()).isEmpty();
    }

    @Test
    void levelsChangeWhileRunning() {
        try (var logging = start(LogFormat.TEXT, Level.INFO)) {
            LogLevels levels = logging.levels();
            levels.set("io.millrace.test", Level.TRACE);
            own.trace("traced");
            assertThat(levels.get("io.millrace.test.Own")).isEqualTo(Level.TRACE);
            assertThat(levels.own())
                    .isEqualTo(Map.of("ROOT", Level.WARN, "io.millrace", Level.INFO, "io.millrace.test", Level.TRACE));

            levels.unset("io.millrace.test");
            own.trace("not traced");
            assertThat(levels.get("io.millrace.test.Own")).isEqualTo(Level.INFO);
            levels.unset("ROOT");
            assertThat(levels.get("ROOT")).isEqualTo(Level.WARN);
        }

        assertThat(messages()).containsExactly("traced");
    }

    /** The library of the HTTP door traces every byte that it reads. */
    @Test
    void onlyOurOwnCodeTraces() {
        try (var logging = start(LogFormat.TEXT, Level.TRACE)) {
            LogLevels levels = logging.levels();
            for (String name : List.of("ROOT", "com.linecorp.armeria", "io", "io.millraces")) {
                assertThatThrownBy(() -> levels.set(name, Level.TRACE))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("passwords");
                levels.set(name, Level.DEBUG);
            }
            library.trace("bytes");
            own.trace("own");
        }

        assertThat(messages()).containsExactly("own");
    }

    @Test
    void askingAboutUnknownLoggersChangesNothing() {
        try (var logging = start(LogFormat.TEXT, Level.INFO)) {
            LogLevels levels = logging.levels();

            assertThat(levels.get("io.millrace.no.such")).isEqualTo(Level.INFO);
            levels.unset("io.millrace.no.such");

            assertThat(levels.own()).isEqualTo(Map.of("ROOT", Level.WARN, "io.millrace", Level.INFO));
        }
    }

    @Test
    void loggersWithLevelsOfTheirOwnAreBoundedAndNamed() {
        try (var logging = start(LogFormat.TEXT, Level.INFO)) {
            LogLevels levels = logging.levels();
            assertThatThrownBy(() -> levels.set("a\nb", Level.INFO)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> levels.set("", Level.INFO)).isInstanceOf(IllegalArgumentException.class);
            for (int i = levels.own().size(); i < 256; i++) {
                levels.set("logger" + i, Level.INFO);
            }

            assertThatThrownBy(() -> levels.set("logger256", Level.INFO)).isInstanceOf(IllegalArgumentException.class);
            levels.set("logger255", Level.WARN);
        }
    }

    @Test
    void argumentsAreReadWhenTheEventHappens() {
        List<String> changing = new ArrayList<>(List.of("now"));
        try (var logging = start(LogFormat.JSON, Level.INFO)) {
            assertThat(logging.levels().get("ROOT")).isEqualTo(Level.WARN);
            own.info("list {}", changing);
            changing.set(0, "later");
        }

        assertThat(output.toString(StandardCharsets.UTF_8)).contains("\"message\":\"list [now]\"");
    }

    private Logging start(LogFormat format, Level level) {
        return Logging.start(format, level, output);
    }

    private List<String> messages() {
        return output.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.substring(line.indexOf(": ") + 2))
                .toList();
    }
}
