package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.Http;
import io.millrace.api.RawConnection;
import io.millrace.broker.SpaceName;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.NamePattern;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.security.SpaceScope;
import io.millrace.broker.security.Statement;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest extends RigTest {
    private static final SpaceScope ROOT = SpaceScope.only(SpaceName.ROOT);

    private int statusWith(String... fields) {
        try (RawConnection connection = RawConnection.to(http.address())) {
            return connection
                    .send("GET /v1/queues HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\n\r\n")
                    .readAnswer()
                    .status();
        }
    }

    private String authority() {
        return "localhost:" + http.address().getPort();
    }

    @Test
    void aWebPageOfAnotherOriginIsRefusedWhateverElseItSends() {
        String own = "Origin: http://" + authority();
        assertThat(statusWith("Host: " + authority(), own)).isEqualTo(200);
        assertThat(statusWith("Host: " + authority(), "Origin: https://example.com"))
                .isEqualTo(403);
        assertThat(statusWith("Host: " + authority(), "Origin: null")).isEqualTo(403);
        assertThat(statusWith("Host: " + authority(), "Origin: http://localhost:1"))
                .isEqualTo(403);
        assertThat(statusWith("Host: " + authority(), own, "Origin: https://example.com"))
                .isEqualTo(403);
        rig.addUser("ada", "secret", true);
        String credentials = "Authorization: Basic " + base64("ada:secret");
        assertThat(statusWith("Host: " + authority(), credentials, "Origin: https://example.com"))
                .isEqualTo(403);
    }

    @Test
    void aForeignHostIsRefusedAsLongAsNoUserExists() {
        assertThat(statusWith("Host: 127.0.0.1:99")).isEqualTo(200);
        assertThat(statusWith("Host: [::1]")).isEqualTo(200);
        assertThat(statusWith("Host: rebound.example.com")).isEqualTo(403);
        assertThat(statusWith("Host: rebound.example.com", "Origin: http://rebound.example.com"))
                .isEqualTo(403);
        assertThat(statusWith("Host: localhost", "Host: rebound.example.com")).isIn(400, 403);

        rig.addUser("ada", "secret", true);
        assertThat(statusWith("Host: broker.example.com", "Authorization: Basic " + base64("ada:secret")))
                .isEqualTo(200);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    @Test
    void withoutCredentialsTheAnswerSaysWhichAreWanted() {
        rig.addUser("ada", "secret", true);

        Http.Answer answer = http.get("/v1/queues").expectProblem(401, "credentials-needed");

        assertThat(answer.header("www-authenticate")).isEqualTo("Basic realm=\"millrace\", charset=\"UTF-8\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic",
                "Basic ",
                "Basic !!!",
                "Basic YWRh",
                "Basic //9hOmI=",
                "Bearer abc",
                "Digest username=ada",
                "x"
            })
    void credentialsThatAreNoneAreRefused(String authorization) {
        rig.addUser("ada", "secret", true);

        Http.Answer answer =
                http.with("Authorization", authorization).get("/v1/queues").expectProblem(401, "bad-credentials");
        assertThat(answer.header("www-authenticate")).startsWith("Basic ");
    }

    @Test
    void aWrongPasswordAndAnUnknownUserGetTheSameAnswer() {
        rig.addUser("ada", "secret", true);

        String wrong = http.as("ada", "wrong").get("/v1/queues").expect(401).text();
        String unknown = http.as("eve", "wrong").get("/v1/queues").expect(401).text();

        assertThat(wrong).isEqualTo(unknown);
        http.as("ada", "secret").get("/v1/queues").expect(200);
    }

    @Test
    void whoGuessesTooOftenIsHeldBack() {
        rig.addUser("ada", "secret", true);
        Http.Answer last = http.as("ada", "guess 0").get("/v1/queues");
        for (int i = 1; i < 50 && last.status() == 401; i++) {
            last = http.as("ada", "guess " + i).get("/v1/queues");
        }

        last.expectProblem(429, "held-back");
        assertThat(Integer.parseInt(last.header("retry-after"))).isPositive();
    }

    @Test
    void credentialsAreWelcomeAndUnreadAsLongAsNoUserExists() {
        http.as("anybody", "anything").get("/v1/queues").expect(200);
    }

    @Test
    void openRoutesNeedNoCredentials() {
        rig.addUser("ada", "secret", true);

        http.get("/health/live").expect(200);
        http.get("/health/ready").expect(200);
        http.get("/v1/openapi.yaml").expect(200);
        http.get("/v1/problems/queue-exists").expect(200);
        http.get("/metrics").expectProblem(401, "credentials-needed");
    }

    @Test
    void aUserWorksInTheirSpaceAndWhereTheyMayConnect() {
        rig.broker().catalog().createSpace(new SpaceName("shop")).join();
        rig.broker().catalog().createSpace(new SpaceName("vault")).join();
        rig.addUser(
                "ada",
                "secret",
                false,
                Statement.allow(
                        List.of(Action.CONNECT), ResourceKind.SPACE, SpaceScope.every(), NamePattern.literal("shop")));
        Http ada = http.as("ada", "secret");

        ada.get("/v1/queues").expect(200);
        ada.with("Millrace-Space", "shop").get("/v1/queues").expect(200);
        ada.with("Millrace-Space", "vault").get("/v1/queues").expectProblem(403, "forbidden");
        ada.with("Millrace-Space", "nowhere").get("/v1/queues").expectProblem(403, "forbidden");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/queues/q, DESCRIBE, 200",
        "PUT, /v1/queues/new, CREATE, 201",
        "PATCH, /v1/queues/q, CONFIGURE, 200",
        "DELETE, /v1/queues/q, DELETE, 204",
        "POST, /v1/queues/q/messages, PUBLISH, 201",
        "POST, /v1/queues/q/publish, PUBLISH, 400",
        "POST, /v1/queues/q/receive, CONSUME, 200",
        "POST, /v1/queues/q/settle, CONSUME, 400",
        "GET, /v1/queues/q/messages, PEEK, 200",
        "POST, /v1/queues/q/purge, PURGE, 200"
    })
    void aRouteNeedsItsActionAndNoOther(String method, String path, Action needed, int status) {
        List<Action> others = List.of(Action.values()).stream()
                .filter(action -> action != needed && ResourceKind.QUEUE.takes(action))
                .toList();
        rig.addUser("admin", "secret", true);
        rig.addUser(
                "may", "secret", false, Statement.allow(List.of(needed), ResourceKind.QUEUE, ROOT, NamePattern.any()));
        rig.addUser("mayNot", "secret", false, Statement.allow(others, ResourceKind.QUEUE, ROOT, NamePattern.any()));

        String body = method.equals("GET") || method.equals("DELETE") || path.endsWith("purge") ? null : "";
        byte[] bytes = body == null ? null : body.getBytes(UTF_8);
        http.as("mayNot", "secret").send(method, path, null, bytes).expectProblem(403, "forbidden");
        http.as("may", "secret").send(method, path, null, bytes).expect(status);
    }

    @Test
    void aRefusalDoesNotTellWhatIsThere() {
        rig.addUser("admin", "secret", true);
        rig.addUser("ada", "secret", false);
        Http ada = http.as("ada", "secret");

        String there = ada.get("/v1/queues/q").expectProblem(403, "forbidden").text();
        String notThere =
                ada.get("/v1/queues/r").expectProblem(403, "forbidden").text();

        assertThat(there.replace("queue q", "queue r")).isEqualTo(notThere);
        assertThat(ada.get("/v1/queues").expect(200).text()).isEqualTo("{\"queues\":[]}");
    }

    @Test
    void aPermissionThatIsTakenAwayIsGoneAtOnce() {
        rig.addUser("admin", "secret", true);
        rig.addUser(
                "ada",
                "secret",
                false,
                Statement.allow(List.of(Action.PUBLISH), ResourceKind.QUEUE, ROOT, NamePattern.any()));
        Http ada = http.as("ada", "secret");
        ada.send("POST", "/v1/queues/q/messages", null, new byte[1]).expect(201);

        http.as("admin", "secret").put("/v1/users/ada", "{\"statements\":[]}").expect(200);

        ada.send("POST", "/v1/queues/q/messages", null, new byte[1]).expectProblem(403, "forbidden");
    }
}
