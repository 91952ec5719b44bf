package io.millrace.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import io.millrace.testkit.SeedSource;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private static final RouteTable TABLE = new RouteTable(List.of(
            route(HttpMethod.GET, "/things"),
            route(HttpMethod.GET, "/things/{thing}"),
            route(HttpMethod.PUT, "/things/{thing}"),
            route(HttpMethod.POST, "/things/{thing}/parts"),
            route(HttpMethod.DELETE, "/things/{thing}/parts/{part}")));

    private static Route route(HttpMethod method, String path) {
        return Route.of(method, path, exchange -> CompletableFuture.completedFuture(HttpResponse.of(204)));
    }

    private static String find(HttpMethod method, String path) {
        RouteTable.Match match = TABLE.find(method, path);
        return match == null ? "none" : match.route().name();
    }

    @Test
    void aRouteIsFoundByItsMethodAndItsFixedSegments() {
        assertThat(find(HttpMethod.GET, "/things")).isEqualTo("GET /things");
        assertThat(find(HttpMethod.GET, "/things/a")).isEqualTo("GET /things/{thing}");
        assertThat(find(HttpMethod.PUT, "/things/a")).isEqualTo("PUT /things/{thing}");
        assertThat(find(HttpMethod.POST, "/things/a/parts")).isEqualTo("POST /things/{thing}/parts");
        RouteTable.Match match = TABLE.find(HttpMethod.DELETE, "/things/a/parts/b");
        assertThat(match.variables()).isEqualTo(Map.of("thing", "a", "part", "b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "things", "/Things", "/things/", "//things", "/things/a/pieces", "/x"})
    void whatIsSpelledOtherwiseIsNoRoute(String path) {
        for (HttpMethod each : List.of(HttpMethod.POST, HttpMethod.DELETE)) {
            assertThat(find(each, path)).isEqualTo("none");
        }
    }

    /** What names may be is not decided here. */
    @Test
    void anEmptySegmentIsAnEmptyValue() {
        RouteTable.Match match = TABLE.find(HttpMethod.DELETE, "/things//parts/");
        assertThat(match.variables()).isEqualTo(Map.of("thing", "", "part", ""));
    }

    @Test
    void headIsServedByGet() {
        assertThat(find(HttpMethod.HEAD, "/things")).isEqualTo("GET /things");
        assertThat(find(HttpMethod.HEAD, "/things/a/parts")).isEqualTo("none");
    }

    @Test
    void theMethodsOfAPathAreNamed() {
        assertThat(TABLE.allowed("/things")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(TABLE.allowed("/things/a")).isEqualTo("GET, HEAD, OPTIONS, PUT");
        assertThat(TABLE.allowed("/things/a/parts")).isEqualTo("OPTIONS, POST");
        assertThat(TABLE.allowed("/nowhere")).isEmpty();
    }

    @ParameterizedTest
    @SeedSource(runs = 200)
    void aVariableIsAnyTextThatIsEncoded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            int kind = random.nextInt(3);
            text.appendCodePoint(
                    kind == 0 ? "/%+?#;.".charAt(random.nextInt(7)) : kind == 1 ? random.nextInt(0x80) : point(random));
        }
        String encoded =
                URLEncoder.encode(text.toString(), StandardCharsets.UTF_8).replace("+", "%20");

        RouteTable.Match match = TABLE.find(HttpMethod.DELETE, "/things/" + encoded + "/parts/" + encoded);

        assertThat(match.variables()).isEqualTo(Map.of("thing", text.toString(), "part", text.toString()));
    }

    private static int point(SplittableRandom random) {
        int point = random.nextInt(Character.MAX_CODE_POINT + 1);
        return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0x20AC : point;
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%4", "%zz", "%FF", "%ED%A0%80", "%C0%AF", "%E2%82", "a%2"})
    void aVariableThatIsNoTextIsMalformed(String encoded) {
        assertThatThrownBy(() -> TABLE.find(HttpMethod.GET, "/things/" + encoded))
                .isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(refused.problem())
                        .isEqualTo(Problem.MALFORMED_REQUEST));
    }
}
