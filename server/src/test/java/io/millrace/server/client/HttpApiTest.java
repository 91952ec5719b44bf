package io.millrace.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.server.client.ApiException.Outcome;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every failure says what is wrong, what to do, and what is known of the request. */
class HttpApiTest {
    @Test
    void aProblemIsToldByTitleAndDetail() throws Exception {
        try (var server = ScriptedServer.open(
                (exchange, body) -> ScriptedServer.problem(exchange, 404, "queue-not-found", "there is no queue x"))) {
            ApiException refused = failure(api(server), ApiRequest.get("/v1/queues/x"));

            assertThat(refused).hasMessage("Title of queue-not-found: there is no queue x");
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.problem()).isEqualTo("queue-not-found");
            assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(refused.isPassing()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "429, too-many-leases, REFUSED, true",
        "503, overloaded, REFUSED, true",
        "503, closing, REFUSED, true",
        "503, timed-out, UNKNOWN, false",
        "500, storage-failed, UNKNOWN, false",
        "507, out-of-space, REFUSED, false",
        "413, message-too-large, REFUSED, false"
    })
    void whetherItWasDoneAndMayWorkLaterFollowsFromTheProblem(int status, String name, Outcome outcome, boolean passing)
            throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> ScriptedServer.problem(exchange, status, name, ""))) {
            ApiException refused = failure(api(server), ApiRequest.get("/"));

            assertThat(refused.outcome()).isEqualTo(outcome);
            assertThat(refused.isPassing()).isEqualTo(passing);
        }
    }

    @Test
    void theBrokerSaysHowLongToWait() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> {
            exchange.getResponseHeaders().set("Retry-After", "7");
            ScriptedServer.problem(exchange, 429, "held-back", "");
        })) {
            assertThat(failure(api(server), ApiRequest.get("/")).retryAfter()).isEqualTo(Duration.ofSeconds(7));
        }
    }

    @Test
    void whoHasNoCredentialsIsToldHowToGiveThem() throws Exception {
        try (var server = ScriptedServer.open(
                (exchange, body) -> ScriptedServer.problem(exchange, 401, "credentials-needed", "send some"))) {
            assertThat(failure(api(server), ApiRequest.get("/"))).hasMessageContaining("--user NAME");
            var wrong = new HttpApi(
                    URI.create(server.url()), Optional.of(new Credentials("ada", "secret")), Optional.empty());
            assertThat(failure(wrong, ApiRequest.get("/")))
                    .hasMessageContaining("and the password?")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void whoAndWhereTravelInHeaders() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> {
            var headers = exchange.getRequestHeaders();
            ScriptedServer.json(
                    exchange,
                    200,
                    "\"" + headers.getFirst("Authorization") + " " + headers.getFirst("Millrace-Space") + "\"");
        })) {
            var api = new HttpApi(
                    URI.create(server.url()), Optional.of(new Credentials("ada", "p\u00e4ss:x")), Optional.of("shop"));

            assertThat(api.call(ApiRequest.get("/")).asText()).isEqualTo("Basic YWRhOnDDpHNzOng= shop");
        }
    }

    @Test
    void anAnswerThatIsNoBrokersIsCalledThat() throws Exception {
        try (var server =
                ScriptedServer.open((exchange, body) -> ScriptedServer.json(exchange, 404, "<html>no</html>"))) {
            assertThat(failure(api(server), ApiRequest.get("/v1/queues")))
                    .hasMessage(server.url() + " answers GET /v1/queues with status 404, and not as a broker would");
        }
        try (var server = ScriptedServer.open((exchange, body) -> ScriptedServer.json(exchange, 200, "hello"))) {
            assertThat(failure(api(server), ApiRequest.get("/"))).hasMessageContaining("not JSON");
        }
    }

    @Test
    void aTextOfTheBrokerCannotMoveTheCursor() throws Exception {
        try (var server = ScriptedServer.open(
                (exchange, body) -> ScriptedServer.problem(exchange, 400, "invalid-value", "a\\u001b[2Jb"))) {
            assertThat(failure(api(server), ApiRequest.get("/"))).hasMessageEndingWith(": a?[2Jb");
        }
    }

    @Test
    void whereNobodyListensNothingWasSentAndTheWayToStartABrokerIsTold() throws Exception {
        int port;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        var api = new HttpApi(URI.create("http://127.0.0.1:" + port), Optional.empty(), Optional.empty());
        ApiException refused = failure(api, ApiRequest.get("/"));

        assertThat(refused)
                .hasMessage("no broker answers at http://127.0.0.1:" + port
                        + ". Start one with 'millrace serve', or name another with --server URL.");
        assertThat(refused.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(refused.isPassing()).isTrue();
    }

    @Test
    void aMachineThatDoesNotExistIsNamed() {
        var api = new HttpApi(URI.create("http://no.such.invalid:1"), Optional.empty(), Optional.empty());

        assertThat(failure(api, ApiRequest.get("/"))).hasMessageContaining("no machine of the name no.such.invalid");
    }

    @Test
    void aLostConnectionLeavesTheOutcomeOpen() throws Exception {
        try (var server = ScriptedServer.open((exchange, body) -> {})) {
            ApiException lost = failure(api(server), ApiRequest.post("/"));

            assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(lost.isPassing()).isTrue();
            assertThat(lost).hasMessageContaining("was lost");
        }
    }

    @Test
    void anAnswerThatDoesNotComeIsNotWaitedForForEver() throws Exception {
        // Accepted by the kernel, never read.
        try (var silent = new ServerSocket(0)) {
            var api = new HttpApi(
                    URI.create("http://127.0.0.1:" + silent.getLocalPort()), Optional.empty(), Optional.empty());
            var request = new ApiRequest("GET", "/", new byte[0], Duration.ofMillis(50));

            assertThat(failure(api, request)).hasMessageContaining("did not answer within 0 s");
            assertThat(failure(api, request).outcome()).isEqualTo(Outcome.UNKNOWN);
        }
    }

    @Test
    void askingWithoutWaitingFailsTheSameWay() throws Exception {
        try (var server = ScriptedServer.open(
                (exchange, body) -> ScriptedServer.problem(exchange, 403, "forbidden", "ada may not"))) {
            var failed = catchThrowableOfType(
                    CompletionException.class,
                    () -> api(server).send(ApiRequest.get("/")).join());

            assertThat(failed).hasCauseInstanceOf(ApiException.class);
            assertThat(failed.getCause()).hasMessage("Title of forbidden: ada may not");
        }
    }

    private static HttpApi api(ScriptedServer server) {
        return new HttpApi(URI.create(server.url()), Optional.empty(), Optional.empty());
    }

    private static ApiException failure(HttpApi api, ApiRequest request) {
        return catchThrowableOfType(ApiException.class, () -> api.call(request));
    }
}
