package io.millrace.broker.routing;

import static io.millrace.broker.routing.RoutingRig.binding;
import static io.millrace.broker.routing.RoutingRig.message;
import static io.millrace.broker.routing.RoutingRig.queue;
import static io.millrace.broker.routing.RoutingRig.taken;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTableTest {
    private static final Map<String, Object> HEADERS = Map.of(
            "text",
            "a",
            "whole",
            7L,
            "number",
            7.5,
            "yes",
            true,
            "bytes",
            new byte[] {0, -1},
            "zero",
            -0.0,
            "x-a",
            "b");

    private static boolean fits(String arguments) {
        BindingTable table = HeadersTable.EMPTY.plus(binding(1, 9, queue(2), "", arguments, ""));
        boolean fits = !taken(table, message("", HEADERS)).isEmpty();
        assertThat(table.minus(binding(5, 9, queue(2), "", arguments, ""))).isEqualTo(HeadersTable.EMPTY);
        return fits;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | true",
                "{\"x-match\":\"all\"} | true",
                "{\"x-match\":\"any\"} | false",
                "{\"text\":\"a\"} | true",
                "{\"text\":\"b\"} | false",
                "{\"text\":null} | true",
                "{\"none\":null} | false",
                "{\"whole\":7} | true",
                "{\"whole\":7.0} | false",
                "{\"whole\":\"7\"} | false",
                "{\"number\":7.5} | true",
                "{\"zero\":0.0} | true",
                "{\"zero\":0} | false",
                "{\"yes\":true} | true",
                "{\"yes\":false} | false",
                "{\"yes\":\"true\"} | false",
                "{\"bytes\":{\"base64\":\"AP8=\"}} | true",
                "{\"bytes\":{\"base64\":\"AP4=\"}} | false",
                "{\"text\":\"a\",\"whole\":7} | true",
                "{\"text\":\"a\",\"whole\":8} | false",
                "{\"x-match\":\"any\",\"text\":\"a\",\"whole\":8} | true",
                "{\"x-match\":\"any\",\"text\":\"b\",\"whole\":8} | false",
                "{\"x-match\":\"any\",\"none\":1,\"yes\":null} | true",
                "{\"text\":\"a\",\"x-a\":\"c\"} | true",
                "{\"x-match\":\"any\",\"x-a\":\"b\"} | false",
                "{\"x-match\":\"all-with-x\",\"text\":\"a\",\"x-a\":\"c\"} | false",
                "{\"x-match\":\"all-with-x\",\"text\":\"a\",\"x-a\":\"b\"} | true",
                "{\"x-match\":\"any-with-x\",\"text\":\"b\",\"x-a\":\"b\"} | true"
            })
    void headersAreComparedWithTheirTypes(String arguments, boolean expected) {
        assertThat(fits(arguments)).isEqualTo(expected);
    }

    @Test
    void whatOneValueLooksLikeIsNotAnother() {
        Map<String, Object> headers = new HashMap<>(Map.of("a1:b", "c"));
        BindingTable table = HeadersTable.EMPTY
                .plus(binding(1, 9, queue(1), "", "{\"a\":\"1:bsc\"}", ""))
                .plus(binding(2, 9, queue(2), "", "{\"a1:b\":\"c\"}", ""));

        assertThat(taken(table, message("", headers))).containsExactly(2L);
    }

    @Test
    void anyNumberOfBindingsShareWhatTheyAskFor() {
        BindingTable table = HeadersTable.EMPTY;
        for (int i = 0; i < 500; i++) {
            table = table.plus(binding(i, 9, queue(i), "", "{\"kind\":\"order\",\"customer\":" + i + "}", ""));
            table = table.plus(binding(
                    1000 + i, 9, queue(i), "", "{\"x-match\":\"any\",\"kind\":\"x\",\"customer\":" + i + "}", ""));
        }
        assertThat(taken(table, message("", Map.of("kind", "order", "customer", 7L))))
                .containsExactly(7L, 1007L);

        table = table.minus(binding(7, 9, queue(7), "", "{\"customer\":7,\"kind\":\"order\"}", ""));
        assertThat(taken(table, message("", Map.of("kind", "order", "customer", 7L))))
                .containsExactly(1007L);
        assertThat(taken(table, message("", Map.of("kind", "x")))).hasSize(500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"x-match\":\"some\"}",
                "{\"x-match\":1}",
                "{\"a\":[]}",
                "{\"a\":{}}",
                "{\"a\":{\"base64\":1}}",
                "{\"a\":{\"base64\":\"?\"}}",
                "{\"a\":99999999999999999999}",
                "{\"a\":1e999}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":"
            })
    void whatCannotBeComparedIsRefused(String arguments) {
        assertThatThrownBy(() -> MatchArguments.ofText(arguments)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void argumentsAreBounded() {
        StringBuilder many = new StringBuilder("{\"a\":1");
        for (int i = 0; i < MatchArguments.COUNT_MAX; i++) {
            many.append(",\"").append(i).append("\":1");
        }
        assertThatThrownBy(() -> MatchArguments.ofText(many + "}")).hasMessageContaining("at most 64");
        String large = "{\"a\":\"" + "x".repeat(MatchArguments.BYTES_MAX) + "\"}";
        assertThatThrownBy(() -> MatchArguments.ofText(large)).hasMessageContaining("at most 16384");
    }

    @Test
    void theSameArgumentsHaveTheSameText() {
        assertThat(MatchArguments.ofText("{\"b\":1, \"a\":\"x\"}"))
                .isEqualTo(MatchArguments.ofText("{\"a\":\"x\",\"b\":1}"));
        assertThat(MatchArguments.ofText("{\"a\":1}")).isNotEqualTo(MatchArguments.ofText("{\"a\":1.0}"));
        assertThat(MatchArguments.ofText("{ }")).isEqualTo(MatchArguments.NONE);
    }
}
