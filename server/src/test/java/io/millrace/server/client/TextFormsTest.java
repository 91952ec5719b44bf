package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** How numbers, tables, permissions and terminals are written and read. */
class TextFormsTest {
    @Test
    void numbersAreReadable() {
        assertThat(Numbers.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Numbers.messages(1)).isEqualTo("1 message");
        assertThat(Numbers.messages(0)).isEqualTo("0 messages");
        assertThat(Numbers.bytes(1023)).isEqualTo("1023 B");
        assertThat(Numbers.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Numbers.bytes(Long.MAX_VALUE)).endsWith(" TiB");
        assertThat(Numbers.time(Duration.ofMillis(1_250))).isIn("1.3 s", "1.2 s");
        assertThat(Numbers.time(Duration.ofSeconds(125))).isEqualTo("2 min 05 s");
        assertThat(Numbers.rate(10, Duration.ofSeconds(2))).isEqualTo("5/s");
        assertThat(Numbers.rate(0, Duration.ZERO)).isEqualTo("0/s");
    }

    @Test
    void aTableHasItsNumbersToTheRight() {
        var text = new StringWriter();
        new Table(List.of("QUEUE", "READY"))
                .row(List.of("a", "1,000,000"))
                .row(List.of("longer-name", "1"))
                .print(new PrintWriter(text, true));

        assertThat(text.toString().lines())
                .containsExactly("QUEUE            READY", "a            1,000,000", "longer-name          1");
        assertThatThrownBy(() -> new Table(List.of("A")).row(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ratesStartAgainWithTheBroker() {
        StatsRow before = row(100);

        assertThat(row(150).rates(before, Duration.ofSeconds(5)).get(4)).isEqualTo("10/s");
        assertThat(row(10).rates(before, Duration.ofSeconds(5)).get(4)).isEqualTo("2/s");
    }

    private static StatsRow row(long published) {
        return new StatsRow("q", 0, 0, 0, 0, published, 0, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({"40 120,120", "24 80,80", "0 0,80", "'',80", "x,80", "24 39,80", "24 100000,80"})
    void aTerminalIsAsWideAsItSaysIfThatIsSensible(String size, int columns) {
        assertThat(Terminal.parseColumns(size)).isEqualTo(columns);
    }

    @Test
    void aPermissionIsActionsAndAPattern() {
        assertThat(QueuePermission.parse("publish,consume=orders-*")
                        .statement("allow", "root")
                        .toString())
                .isEqualTo("{\"effect\":\"allow\",\"actions\":[\"publish\",\"consume\"],\"kind\":\"queue\","
                        + "\"space\":\"root\",\"pattern\":{\"glob\":\"orders-*\"}}");
        assertThat(QueuePermission.parse("*=a=b").statement("deny", "shop").toString())
                .contains("\"actions\":[\"create\",\"configure\"", "\"literal\":\"a=b\"", "\"space\":\"shop\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "publish", "=x", "publish=", "fly=x", "publish,=x", "connect=x"})
    void anythingElseIsNoPermission(String text) {
        assertThatThrownBy(() -> QueuePermission.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aVariableNeverHoldsWhatNoVariableCan() throws Exception {
        var message = new ReceivedMessage(new ObjectMapper()
                .readTree("{\"id\":\"1-2\",\"key\":\"a\\u0000b\",\"headers\":{\"x-\u00e4=1\":\"v\",\"n\":7}}"));

        assertThat(MessageEnvironment.of("q", message))
                .containsEntry("MILLRACE_QUEUE", "q")
                .containsEntry("MILLRACE_MESSAGE_ID", "1-2")
                .containsEntry("MILLRACE_KEY", "a?b")
                .containsEntry("MILLRACE_HEADER_X___1", "v")
                .containsEntry("MILLRACE_HEADER_N", "7")
                .containsEntry("MILLRACE_REPLY_TO", "");
    }

    @Test
    void theEnvironmentHasWhatDecidedAboutTheDelivery() throws Exception {
        var message = new ReceivedMessage(new ObjectMapper()
                .readTree("{\"id\":\"1-2\",\"priority\":4294967295,\"dueMillis\":5,\"expiryMillis\":6,\"group\":\"g\","
                        + "\"deduplicationId\":\"d\"}"));

        assertThat(MessageEnvironment.of("q", message))
                .containsEntry("MILLRACE_PRIORITY", "4294967295")
                .containsEntry("MILLRACE_DUE_MILLIS", "5")
                .containsEntry("MILLRACE_EXPIRY_MILLIS", "6")
                .containsEntry("MILLRACE_GROUP", "g")
                .containsEntry("MILLRACE_DEDUPLICATION_ID", "d");
        assertThat(MessageEnvironment.of("q", new ReceivedMessage(new ObjectMapper().readTree("{}"))))
                .containsEntry("MILLRACE_PRIORITY", "")
                .containsEntry("MILLRACE_GROUP", "");
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "1800000000000,1800000000000",
        "2027-01-15T08:00:00Z,1800000000000",
        "2027-01-15T09:00:00+01:00,1800000000000",
        "2027-01-15T09:00+01:00,1800000000000",
        "2027-01-15T09:00:00.250+01:00[Europe/Paris],1800000000250",
        "9999-12-31T23:59:59.999Z,253402300799999"
    })
    void aDateIsAMomentWithItsZoneOrMilliseconds(String text, long millis) {
        assertThat(new DateOption().convert(text)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "1.5",
                "tomorrow",
                "2027-01-15",
                "2027-01-15T09:00:00",
                "2027-02-30T09:00:00Z",
                "+999999999-01-01T00:00:00Z",
                "9999999999999999999"
            })
    void anythingElseIsNoDate(String text) {
        assertThatThrownBy(() -> new DateOption().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void noTextShowsAPassword() {
        assertThat(new Credentials("ada", "secret")).hasToString("Credentials[ada]");
        assertThatThrownBy(() -> new Credentials("a:b", "secret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }
}
