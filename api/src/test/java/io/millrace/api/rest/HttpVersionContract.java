package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.Until;
import io.millrace.api.http.HttpLimits;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds over every version of HTTP, with TLS and without. */
abstract class HttpVersionContract extends RigTest {
    private static final int REQUEST_BYTES_MAX = 2 << 20;
    private static final int AT_ONCE = 30;

    /** The version that the connection has to be of. */
    abstract HttpClient.Version version();

    @Override
    HttpLimits limits() {
        return HttpLimits.DEFAULT.withRequestBytes(REQUEST_BYTES_MAX, 8 << 20);
    }

    /** A client asks for another version with its first request; what follows is of that version. */
    @BeforeEach
    void settleOnTheVersion() {
        Until.holds(() -> http.get("/health/live").response().version() == version());
    }

    @Test
    void messagesGoInAndOut() {
        Http.Answer published = http.send(
                "POST",
                "/v1/queues/q/messages",
                "text/plain",
                "ä".repeat(100_000).getBytes(UTF_8));
        assertThat(published.expect(201).response().version()).isEqualTo(version());
        http.post("/v1/queues/q/publish", "{\"messages\":[{\"body\":\"b\"},{\"body\":\"c\"}]}")
                .expect(201);

        List<JsonNode> messages = receive("{\"waitMillis\":20000}");

        assertThat(bodies(messages)).containsExactly("ä".repeat(100_000), "b", "c");
        for (JsonNode each : messages) {
            assertThat(settle(each, "acknowledge").get("done").booleanValue()).isTrue();
        }
        assertThat(stats().get("acknowledged").intValue()).isEqualTo(3);
    }

    @Test
    void manyRequestsAreServedAtOnce() {
        List<CompletableFuture<Http.Answer>> waiting = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            waiting.add(receiveLater("{\"max\":1,\"waitMillis\":60000}"));
        }
        Until.holds(() -> waitingReceives() == AT_ONCE);

        TreeSet<Integer> expected = new TreeSet<>();
        for (int i = 0; i < AT_ONCE; i++) {
            publish("" + i);
            expected.add(i);
        }

        TreeSet<Integer> received = new TreeSet<>();
        for (CompletableFuture<Http.Answer> each : waiting) {
            Http.Answer answer = each.join().expect(200);
            assertThat(answer.response().version()).isEqualTo(version());
            received.add(answer.json().at("/messages/0/body").asInt());
        }
        assertThat(received).isEqualTo(expected);
    }

    @Test
    void whoGoesAwayWhileWaitingTakesNoMessage() {
        CompletableFuture<Http.Answer> gone = receiveLater("{\"waitMillis\":60000,\"leaseMillis\":600000}");
        Until.holds(() -> waitingReceives() == 1);

        gone.cancel(true);

        Until.holds(() -> waitingReceives() == 0);
        publish("kept");
        assertThat(receiveOne().get("deliveryCount").intValue()).isEqualTo(1);
    }

    private CompletableFuture<Http.Answer> receiveLater(String json) {
        return http.sendAsync("POST", "/v1/queues/q/receive", "application/json", json.getBytes(UTF_8));
    }

    private int waitingReceives() {
        return stats().get("waitingReceives").intValue();
    }

    @Test
    void whatIsWrongIsAnsweredWithItsProblem() {
        http.get("/nowhere").expectProblem(404, "no-such-route");
        assertThat(http.delete("/v1/queues")
                        .expectProblem(405, "method-not-allowed")
                        .header("allow"))
                .isEqualTo("GET, HEAD, OPTIONS");
        http.post("/v1/queues/q/publish", "{").expectProblem(400, "malformed-json");
        http.send("POST", "/v1/queues/q/publish", "text/plain", new byte[1])
                .expectProblem(415, "unsupported-media-type");
        http.get("/v1/queues?prefix=" + "x".repeat(9_000)).expectProblem(414, "url-too-long");
        http.with("X-Long", "x".repeat(17_000)).get("/v1/queues").expectProblem(431, "headers-too-large");
        rig.addUser("admin", "secret", true);
        http.get("/v1/queues").expectProblem(401, "credentials-needed");
        http.as("admin", "secret").get("/v1/queues").expect(200);
    }

    /** More than what is sent before the other side has to read. */
    @Test
    void aLargeBodyThatIsNotTakenIsRefused() {
        byte[] body = new byte[REQUEST_BYTES_MAX];
        http.send("POST", "/v1/queues/q/settle", "application/json", body).expectProblem(413, "body-too-large");
        http.sendPieces("POST", "/v1/queues/q/settle", "application/json", body).expectProblem(413, "body-too-large");
        http.send("POST", "/v1/queues/q/settle", "text/plain", body).expectProblem(415, "unsupported-media-type");
        http.send("POST", "/v1/queues/none/messages", null, body).expectProblem(404, "queue-not-found");
        http.sendPieces("GET", "/v1/queues", null, body).expectProblem(413, "body-too-large");
        http.send("POST", "/nowhere", null, body).expectProblem(404, "no-such-route");
        rig.addUser("admin", "secret", true);
        http.send("POST", "/v1/queues/q/messages", null, body).expectProblem(401, "credentials-needed");
        http.as("admin", "guess")
                .send("POST", "/v1/queues/q/messages", null, body)
                .expectProblem(401, "bad-credentials");
        http.as("admin", "secret")
                .send("POST", "/v1/queues/q/messages", null, body)
                .expect(201);
        Until.holds(() -> rig.door().traffic().requestBytes().takenBytes() == 0);
    }
}
