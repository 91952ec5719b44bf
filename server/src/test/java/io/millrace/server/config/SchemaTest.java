package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The schema is complete and unambiguous, and the documentation is drawn from it. */
class SchemaTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void everyKeyHasANameOfItsOwnAlsoAsVariable() {
        assertThat(Schema.keys()).extracting(Key::variable).doesNotHaveDuplicates();
        assertThat(Schema.keys()).extracting(Key::name).allMatch(name -> name.matches("[a-z]+(\\.[a-z-]+)+"));
    }

    @Test
    void everyKeyIsExplainedInOneSentence() {
        assertThat(Schema.keys())
                .extracting(Key::description)
                .allMatch(text -> text.matches("[A-Z].*\\."))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyDefaultIsAValueOfItsKey() {
        assertThat(Schema.keys()).allSatisfy(key -> assertThat(key.type().parse(key.defaultText()))
                .isNotNull());
    }

    /** Run with {@code -Dmillrace.rewrite} to write the page anew. */
    @Test
    void theConfigurationPageShowsTheSchema() throws IOException {
        String page = ConfigurationPage.text();
        if (System.getProperty("millrace.rewrite") != null) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("docs/configuration.md is out of date; write it anew with: "
                        + "mvn -pl server -am test -Dtest=SchemaTest -Dsurefire.failIfNoSpecifiedTests=false"
                        + " -Dmillrace.rewrite=true")
                .exists()
                .content()
                .isEqualTo(page);
    }
}
