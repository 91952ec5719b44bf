package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.RawConnection;
import io.millrace.api.Rig;
import io.millrace.api.http.HttpLimits;
import io.millrace.api.http.Route;
import io.millrace.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a request to whatever route is answered with a problem document, and changes nothing. */
@LeakCheck
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryRouteTest {
    private static final int REQUEST_BYTES_MAX = 2 << 20;
    private static final String CREDENTIALS =
            "Authorization: Basic " + Base64.getEncoder().encodeToString("admin:secret".getBytes(UTF_8)) + "\r\n";

    Rig rig;
    Http http;

    @BeforeAll
    void open(@TempDir Path directory) throws IOException {
        rig = Rig.open(directory, HttpLimits.DEFAULT.withRequestBytes(REQUEST_BYTES_MAX, 8 << 20));
        rig.addUser("admin", "secret", true);
        rig.addUser("ada", "secret", false);
        http = rig.http().as("admin", "secret");
        http.put("/v1/queues/q", "").expect(201);
        http.send("POST", "/v1/queues/q/messages", null, new byte[1]).expect(201);
    }

    @AfterAll
    void close() throws IOException {
        JsonNode stats = http.get("/v1/queues/q").expect(200).json().get("stats");
        assertThat(stats.get("ready").intValue()).isEqualTo(1);
        assertThat(stats.get("published").intValue()).isEqualTo(1);
        assertThat(http.get("/v1/queues").json().get("queues")).hasSize(1);
        rig.close();
    }

    static List<RouteCase> cases() {
        return RouteCase.all();
    }

    static Stream<RouteCase> casesWithJson() {
        return cases().stream().filter(each -> each.kind() == RouteCase.Body.JSON);
    }

    static Stream<RouteCase> casesWithBody() {
        return cases().stream().filter(each -> each.kind() != RouteCase.Body.NONE);
    }

    static Stream<RouteCase> casesWithoutBody() {
        return cases().stream().filter(each -> each.kind() == RouteCase.Body.NONE);
    }

    @Test
    void everyRouteHasACase() {
        assertThat(cases().stream().map(RouteCase::route))
                .containsExactlyInAnyOrderElementsOf(
                        rig.door().routes().stream().map(Route::name).toList());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void withoutCredentialsThereIsNothingButOpenRoutes(RouteCase each) {
        Http.Answer answer = each.ask(rig, rig.http());
        if (isOpen(each)) {
            answer.expect(each.status());
        } else {
            answer.expectProblem(401, "credentials-needed");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aStrangerIsRefusedBeforeAnyBodyIsSent(RouteCase each) {
        String head =
                head(each, "Content-Length: " + REQUEST_BYTES_MAX + "\r\n").replace(CREDENTIALS, "");
        try (RawConnection connection = RawConnection.to(http.address())) {
            RawConnection.Answer answer = connection.send(head).readAnswer();
            if (isOpen(each)) {
                expectProblem(answer, 413, "body-too-large");
            } else {
                expectProblem(answer, 401, "credentials-needed");
            }
        }
        assertThat(rig.door().traffic().requestBytes().takenBytes()).isZero();
    }

    private boolean isOpen(RouteCase each) {
        return rig.door().routes().stream().anyMatch(route -> route.name().equals(each.route()) && route.open());
    }

    @ParameterizedTest
    @MethodSource("casesWithoutBody")
    void whatAClientSaysItAcceptsIsNotLookedAt(RouteCase each) {
        if (each.method().equals("GET")) {
            each.ask(rig, http.with("Accept", "image/png, text/html;q=0")).expect(each.status());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aForeignPageGetsNothing(RouteCase each) {
        RawConnection.Answer answer = raw(each, "Origin: https://example.com\r\n", each.body());
        expectProblem(answer, 403, "foreign-origin");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsTooLargeIsRefusedBeforeItIsSent(RouteCase each) {
        for (int announced : new int[] {bodyBytesMax(each) + 1, REQUEST_BYTES_MAX + 1}) {
            try (RawConnection connection = RawConnection.to(http.address())) {
                connection.send(head(each, "Content-Length: " + announced + "\r\n"));
                expectProblem(connection.readAnswer(), 413, "body-too-large");
            }
        }
        assertThat(rig.door().traffic().requestBytes().takenBytes()).isZero();
    }

    /** The largest body that a route takes. */
    private static int bodyBytesMax(RouteCase each) {
        if (each.kind() == RouteCase.Body.NONE) {
            return 0;
        }
        boolean bringsMessages =
                each.kind() == RouteCase.Body.ANY || each.route().matches(".*/(publish|transactions)");
        return bringsMessages ? REQUEST_BYTES_MAX : RestContext.SMALL_BODY_BYTES_MAX;
    }

    @ParameterizedTest
    @MethodSource("casesWithBody")
    void whatGrowsTooLargeIsRefusedOnTheWay(RouteCase each) {
        byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(ISO_8859_1);
        try (RawConnection connection = RawConnection.to(http.address())) {
            connection.send(head(each, "Transfer-Encoding: chunked\r\n"));
            for (int sent = 0; sent <= REQUEST_BYTES_MAX; sent += 0x10000) {
                if (!connection.trySend(chunk)) {
                    break;
                }
            }
            expectProblem(connection.readAnswer(), 413, "body-too-large");
        }
    }

    @ParameterizedTest
    @MethodSource("casesWithoutBody")
    void aBodyWhereNoneIsTakenIsRefused(RouteCase each) {
        expectProblem(raw(each, "", "x"), 413, "body-too-large");
    }

    @ParameterizedTest
    @MethodSource("casesWithJson")
    void malformedJsonIsRefused(RouteCase each) {
        String right = each.body();
        String cut = right.substring(0, right.length() - 1);
        for (String body : List.of(cut, "{\"", "[]", "7", "x", right + "x", "\u00FF", "[".repeat(5000))) {
            expectProblem(raw(each, "", body), 400, "malformed-json");
        }
        expectProblem(raw(each, "", "{\"no such field\":1}"), 400, null);
    }

    @ParameterizedTest
    @MethodSource("casesWithJson")
    void anotherMediaTypeIsRefused(RouteCase each) {
        http.send(each.method(), each.path().apply(rig), "text/plain", each.bytes())
                .expectProblem(415, "unsupported-media-type");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aMalformedQueryIsRefused(RouteCase each) {
        String path = each.path().apply(rig);
        String and = path + (path.contains("?") ? "&" : "?");
        String body = each.body();
        expectProblem(raw(each, and + "nosuch=1", "", body), 400, "invalid-value");
        expectProblem(raw(each, and + "%zz=1", "", body), 400, "malformed-request");
        expectProblem(raw(each, and + "%FF=1", "", body), 400, "malformed-request");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anotherMethodIsRefusedWithThoseThatAreTaken(RouteCase each) {
        String path = each.path().apply(rig);
        Http.Answer answer = http.send("TRACE", path, null, null).expectProblem(405, "method-not-allowed");
        assertThat(answer.header("allow").split(", ", -1)).contains(each.method(), "OPTIONS");
        Http.Answer options = http.send("OPTIONS", path, null, null).expect(204);
        assertThat(options.header("allow")).isEqualTo(answer.header("allow"));
    }

    @ParameterizedTest
    @MethodSource("casesWithoutBody")
    void whoAsksForTheHeaderOnlyGetsNoBody(RouteCase each) {
        if (each.method().equals("GET")) {
            Http.Answer answer =
                    http.send("HEAD", each.path().apply(rig), null, null).expect(200);
            assertThat(answer.text()).isEmpty();
            assertThat(Integer.parseInt(answer.header("content-length"))).isPositive();
        }
    }

    private RawConnection.Answer raw(RouteCase each, String fields, String body) {
        return raw(each, each.path().apply(rig), fields, body);
    }

    private RawConnection.Answer raw(RouteCase each, String path, String fields, String body) {
        try (RawConnection connection = RawConnection.to(http.address())) {
            String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
            return connection.send(head(each, path, fields + length) + body).readAnswer();
        }
    }

    private String head(RouteCase each, String fields) {
        return head(each, each.path().apply(rig), fields);
    }

    private String head(RouteCase each, String path, String fields) {
        String type = each.kind() == RouteCase.Body.JSON ? "Content-Type: application/json\r\n" : "";
        return each.method() + " " + path + " HTTP/1.1\r\nHost: localhost:"
                + http.address().getPort() + "\r\n" + CREDENTIALS + type + fields + "\r\n";
    }

    private static void expectProblem(RawConnection.Answer answer, int status, String word) {
        assertThat(answer.headers().get("content-type")).as(answer.toString()).isEqualTo("application/problem+json");
        OpenApi openApi = OpenApi.read();
        assertThat(openApi.faults(openApi.document().at("/components/schemas/Problem"), answer.json()))
                .isEmpty();
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(status);
        assertThat(answer.json().get("status").intValue()).isEqualTo(status);
        if (word != null) {
            assertThat(answer.json().get("type").textValue()).isEqualTo("/v1/problems/" + word);
        }
    }
}
