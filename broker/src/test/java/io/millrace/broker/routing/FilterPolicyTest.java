package io.millrace.broker.routing;

import static io.millrace.broker.routing.RoutingRig.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterPolicyTest {
    private static final Map<String, Object> HEADERS = Map.of(
            "event",
            "order_placed",
            "price",
            100L,
            "weight",
            2.5,
            "urgent",
            true,
            "amount",
            "12.50",
            "ip",
            "10.1.2.3",
            "ip6",
            "2001:db8::7",
            "empty",
            "",
            "bytes",
            new byte[] {1});

    private static boolean matches(String policy) {
        return FilterPolicy.ofText(policy).matches(message("any", HEADERS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"event\":[\"order_placed\"]} | true",
                "{\"event\":[\"order_cancelled\",\"order_placed\"]} | true",
                "{\"event\":[\"Order_placed\"]} | false",
                "{\"none\":[\"order_placed\"]} | false",
                "{\"event\":[\"order_placed\"],\"price\":[7]} | false",
                "{\"event\":[\"order_placed\"],\"price\":[100]} | true",
                "{\"price\":[\"100\"]} | false",
                "{\"price\":[100.0]} | true",
                "{\"urgent\":[true]} | true",
                "{\"urgent\":[false]} | false",
                "{\"event\":[{\"prefix\":\"order\"}]} | true",
                "{\"event\":[{\"prefix\":\"rder\"}]} | false",
                "{\"event\":[{\"suffix\":\"placed\"}]} | true",
                "{\"event\":[{\"suffix\":\"place\"}]} | false",
                "{\"price\":[{\"prefix\":\"1\"}]} | false",
                "{\"event\":[{\"equals-ignore-case\":\"ORDER_PLACED\"}]} | true",
                "{\"event\":[{\"equals-ignore-case\":\"ORDER\"}]} | false",
                "{\"event\":[{\"anything-but\":\"order_placed\"}]} | false",
                "{\"event\":[{\"anything-but\":[\"a\",\"b\"]}]} | true",
                "{\"event\":[{\"anything-but\":[\"a\",\"order_placed\"]}]} | false",
                "{\"event\":[{\"anything-but\":{\"prefix\":\"order\"}}]} | false",
                "{\"event\":[{\"anything-but\":{\"suffix\":\"order\"}}]} | true",
                "{\"event\":[{\"anything-but\":{\"equals-ignore-case\":\"Order_Placed\"}}]} | false",
                "{\"none\":[{\"anything-but\":\"a\"}]} | false",
                "{\"price\":[{\"anything-but\":[100,5]}]} | false",
                "{\"price\":[{\"anything-but\":5}]} | true",
                "{\"event\":[{\"exists\":true}]} | true",
                "{\"empty\":[{\"exists\":true}]} | true",
                "{\"event\":[{\"exists\":false}]} | false",
                "{\"none\":[{\"exists\":false}]} | true",
                "{\"none\":[\"a\",{\"exists\":false}]} | true",
                "{\"none\":[{\"exists\":true}]} | false"
            })
    void aPolicyLetsThroughWhatItSays(String policy, boolean expected) {
        assertThat(matches(policy)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"price\":[{\"numeric\":[\"=\",100]}]} | true",
                "{\"price\":[{\"numeric\":[\"=\",100.5]}]} | false",
                "{\"price\":[{\"numeric\":[\">\",99.9]}]} | true",
                "{\"price\":[{\"numeric\":[\">\",100]}]} | false",
                "{\"price\":[{\"numeric\":[\">=\",100]}]} | true",
                "{\"price\":[{\"numeric\":[\"<\",100]}]} | false",
                "{\"price\":[{\"numeric\":[\"<=\",100]}]} | true",
                "{\"price\":[{\"numeric\":[\">\",0,\"<=\",100]}]} | true",
                "{\"price\":[{\"numeric\":[\">\",0,\"<\",100]}]} | false",
                "{\"weight\":[{\"numeric\":[\">=\",2.5,\"<\",3]}]} | true",
                "{\"amount\":[{\"numeric\":[\">\",12,\"<\",13]}]} | true",
                "{\"event\":[{\"numeric\":[\">=\",0]}]} | false",
                "{\"empty\":[{\"numeric\":[\">=\",0]}]} | false",
                "{\"urgent\":[{\"numeric\":[\">=\",0]}]} | false",
                "{\"bytes\":[{\"anything-but\":\"a\"}]} | true",
                "{\"ip\":[{\"cidr\":\"10.0.0.0/8\"}]} | true",
                "{\"ip\":[{\"cidr\":\"10.1.2.2/31\"}]} | true",
                "{\"ip\":[{\"cidr\":\"10.1.2.2/32\"}]} | false",
                "{\"ip\":[{\"cidr\":\"11.0.0.0/8\"}]} | false",
                "{\"ip\":[{\"cidr\":\"0.0.0.0/0\"}]} | true",
                "{\"ip6\":[{\"cidr\":\"2001:db8::/32\"}]} | true",
                "{\"ip6\":[{\"cidr\":\"10.0.0.0/8\"}]} | false",
                "{\"event\":[{\"cidr\":\"0.0.0.0/0\"}]} | false",
                "{\"$or\":[{\"event\":[\"a\"]},{\"price\":[100]}]} | true",
                "{\"$or\":[{\"event\":[\"a\"]},{\"price\":[1]}]} | false",
                "{\"urgent\":[false],\"$or\":[{\"event\":[\"a\"]},{\"price\":[100]}]} | false",
                "{\"$or\":[{\"event\":[\"a\"]},"
                        + "{\"urgent\":[true],\"$or\":[{\"price\":[1]},{\"price\":[100]}]}]} | true",
                "{\"$or\":[{\"event\":[\"a\"]},{\"urgent\":[true],\"price\":[1]}]} | false"
            })
    void rangesNetworksAndAlternativesLetThroughWhatTheySay(String policy, boolean expected) {
        assertThat(matches(policy)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | filter is not well-formed JSON",
                "{\"a\":[1],\"a\":[2]} | filter is not well-formed JSON",
                "[] | filter is not an object",
                "{} | filter is not an object with the names of headers",
                "{\"a\":\"b\"} | filter.a is not an array of conditions",
                "{\"a\":{\"b\":[1]}} | filter.a is not an array of conditions",
                "{\"a\":[]} | filter.a is not an array of conditions",
                "{\"a\":[\"b\",null]} | filter.a[1] is not a text, a number, true, false or an object",
                "{\"a\":[[1]]} | filter.a[0] is not a text",
                "{\"a\":[{}]} | filter.a[0] is not an object with one field",
                "{\"a\":[{\"prefix\":\"a\",\"suffix\":\"b\"}]} | filter.a[0] is not an object with one field",
                "{\"a\":[{\"postfix\":\"a\"}]} | filter.a[0] has none of prefix",
                "{\"a\":[{\"prefix\":\"\"}]} | filter.a[0].prefix is not a text of one character or more",
                "{\"a\":[{\"prefix\":1}]} | filter.a[0].prefix is not a text",
                "{\"a\":[{\"exists\":1}]} | filter.a[0].exists is neither true nor false",
                "{\"a\":[{\"anything-but\":[]}]} | filter.a[0].anything-but is empty",
                "{\"a\":[{\"anything-but\":[true]}]} | filter.a[0].anything-but[0] is not a text or a number",
                "{\"a\":[{\"anything-but\":{\"exists\":true}}]} | filter.a[0].anything-but has not one of prefix",
                "{\"a\":[{\"numeric\":[]}]} | filter.a[0].numeric is not like",
                "{\"a\":[{\"numeric\":[\"=\",\"1\"]}]} | filter.a[0].numeric is not like",
                "{\"a\":[{\"numeric\":[\"!\",1]}]} | filter.a[0].numeric is not like",
                "{\"a\":[{\"numeric\":[\"<\",1,\">\",0]}]} | filter.a[0].numeric is not like",
                "{\"a\":[{\"numeric\":[\"=\",1,\"<\",2]}]} | filter.a[0].numeric is not like",
                "{\"a\":[{\"numeric\":[\">\",1,\"<\",1]}]} | has a lower bound that is not below the upper one",
                "{\"a\":[{\"numeric\":[\">=\",2,\"<=\",1]}]} | has a lower bound that is not below the upper one",
                "{\"a\":[{\"cidr\":\"10.0.0.0\"}]} | filter.a[0].cidr is not an IP address with the length",
                "{\"a\":[{\"cidr\":\"10.0.0.0/33\"}]} | filter.a[0].cidr is not an IP address",
                "{\"a\":[{\"cidr\":\"localhost/8\"}]} | filter.a[0].cidr is not an IP address",
                "{\"$or\":[{\"a\":[1]}]} | filter.$or is not an array of two objects or more",
                "{\"$or\":[{\"a\":[1]},{\"b\":1}]} | filter.$or[1].b is not an array of conditions"
            })
    void whatIsMalformedIsRefusedWithItsPlace(String policy, String message) {
        assertThatThrownBy(() -> FilterPolicy.ofText(policy))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatUtf8CannotCarryIsRefusedAndAStrangersNameIsShownShort() {
        assertThatThrownBy(() -> FilterPolicy.ofText("{\"a\":[\"\\ud800\"]}")).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> MatchArguments.ofText("{\"a\":\"\\udc00\"}")).hasMessageContaining("surrogate");
        assertThatThrownBy(() -> FilterPolicy.ofText("{\"a\\n" + "x".repeat(100) + "\":1}"))
                .hasMessage("filter.a?" + "x".repeat(38) + "... is not an array of conditions");
    }

    @Test
    void aPolicyIsBounded() {
        assertThatThrownBy(() -> FilterPolicy.ofText("{\"a\":[" + "1,".repeat(256) + "1]}"))
                .hasMessageContaining("more than 256 conditions");
        assertThatThrownBy(() -> FilterPolicy.ofText("{\"a\":[{\"anything-but\":[" + "1,".repeat(256) + "1]}]}"))
                .hasMessageContaining("more than 256 conditions");
        assertThatThrownBy(() -> FilterPolicy.ofText("{\"a\":[\"" + "x".repeat(FilterPolicy.BYTES_MAX) + "\"]}"))
                .hasMessageContaining("at most 16384");
        String deep = "{\"a\":[1]}";
        for (int depth = 0; depth < FilterPolicy.DEPTH_MAX; depth++) {
            deep = "{\"$or\":[{\"b\":[1]}," + deep + "]}";
        }
        FilterPolicy.ofText(deep);
        String deeper = "{\"$or\":[{\"b\":[1]}," + deep + "]}";
        assertThatThrownBy(() -> FilterPolicy.ofText(deeper)).hasMessageContaining("deeper than 5 levels");
        FilterPolicy.ofText("{\"a\":[" + "1,".repeat(255) + "1]}");
    }

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void longHeadersTakeTimeLinearInTheirLength() {
        FilterPolicy policy = FilterPolicy.ofText(
                "{\"a\":[" + "{\"suffix\":\"xy\"},{\"numeric\":[\"=\",1]},".repeat(100) + "{\"cidr\":\"::/1\"}]}");
        Map<String, Object> headers = Map.of("a", "x".repeat(65_535));
        for (int i = 0; i < 1_000; i++) {
            assertThat(policy.matches(message("", headers))).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"b\":[1],\"a\":[2]}", "{ \"a\" : [2], \"b\" : [1] }"})
    void theSamePolicyHasTheSameText(String policy) {
        assertThat(FilterPolicy.ofText(policy).text()).isEqualTo("{\"a\":[2],\"b\":[1]}");
        assertThat(FilterPolicy.ofText(policy)).isEqualTo(FilterPolicy.ofText("{\"a\":[2],\"b\":[1]}"));
    }
}
