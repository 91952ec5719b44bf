package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.RawConnection;
import io.millrace.api.Until;
import io.millrace.api.http.HttpLimits;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileConnectionTest extends RigTest {
    private static final int CONNECTIONS_MAX = 40;
    private static final int ANSWER_BYTES = 3_000_000;

    @Override
    HttpLimits limits() {
        return HttpLimits.DEFAULT
                .withRequestBytes(1 << 20, 2 << 20)
                .with(new HttpLimits.Answers(100, 8 << 20, 10_000_000))
                .withCounts(CONNECTIONS_MAX, 10);
    }

    private RawConnection connect() {
        return RawConnection.to(http.address());
    }

    private void expectProblem(String request, int status, String word) {
        try (RawConnection connection = connect()) {
            RawConnection.Answer answer = connection.send(request).readAnswer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.headers().get("content-type")).isEqualTo("application/problem+json");
            JsonNode problem = answer.json();
            assertThat(problem.get("type").textValue()).isEqualTo("/v1/problems/" + word);
            assertThat(problem.get("status").intValue()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "GET\r\n\r\n",
                "GET /health/live HTTP/9.9x\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nno colon\r\n\r\n",
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\nbad\u0001name: x\r\n\r\n",
                "GET health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /../health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET http://localhost/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /v1/queues/q/purge HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
                "POST /v1/queues/q/purge HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                "POST /v1/queues/q/purge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "POST /v1/queues/q/purge HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"
            })
    void whatIsNotHttpIsAMalformedRequest(String request) {
        expectProblem(request, 400, "malformed-request");
    }

    @ParameterizedTest
    @CsvSource({"GET,/,no-such-route", "GET,/v1,no-such-route", "GET,/v2,no-such-route"})
    void aPathThatIsNoneIsNamedSo(String method, String path, String word) {
        expectProblem(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 404, word);
    }

    @Test
    void whatIsTooLongIsNamed() {
        String url = "/v1/queues?prefix=" + "x".repeat(9_000);
        expectProblem("GET " + url + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 414, "url-too-long");
        String header = "X-Long: " + "x".repeat(17_000) + "\r\n";
        expectProblem("GET /v1/queues HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n", 431, "headers-too-large");
    }

    @Test
    void whatCannotBeDoneIsNamed() {
        expectProblem("BREW /v1/queues HTTP/1.1\r\nHost: localhost\r\n\r\n", 405, "method-not-allowed");
        expectProblem(
                "GET /v1/queues HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\n\r\n", 417, "expectation-failed");
    }

    @Test
    void whoAsksBeforeSendingIsAnswered() {
        try (RawConnection connection = connect()) {
            connection.send("POST /v1/queues/q/messages HTTP/1.1\r\nHost: localhost\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
            assertThat(connection.readAnswer().status()).isEqualTo(201);
        }
    }

    @Test
    void anOldClientIsServed() {
        try (RawConnection connection = connect()) {
            connection.send("GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n");
            assertThat(connection.readAnswer().status()).isEqualTo(200);
            assertThat(connection.isEnded()).isTrue();
        }
    }

    @Test
    void requestsThatComeAtOnceAreAnsweredInOrder() {
        try (RawConnection connection = connect()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                String body = "m" + i;
                requests.append("POST /v1/queues/q/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: ")
                        .append(body.length())
                        .append("\r\n\r\n")
                        .append(body);
            }
            connection.send(requests.toString());
            for (int i = 0; i < 40; i++) {
                assertThat(connection.readAnswer().status()).isEqualTo(201);
            }
        }
        assertThat(bodies(receive("{\"max\":3}"))).containsExactly("m0", "m1", "m2");
    }

    @Test
    void whoSendsRequestsWithoutEndIsDisconnected() {
        byte[] many = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .repeat(1000)
                .getBytes(ISO_8859_1);
        String wait = "{\"waitMillis\":60000}";
        try (RawConnection connection = connect()) {
            connection.send("POST /v1/queues/q/receive HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + wait.length() + "\r\n\r\n" + wait);
            Until.holds(() -> stats().get("waitingReceives").intValue() == 1);
            for (int i = 0; i < 100 && connection.trySend(many); i++) {
                assertThat(rig.door().traffic().underWay()).isLessThan(2000);
            }
            assertThat(connection.isEnded()).isTrue();
        }
        Until.holds(() -> rig.door().traffic().underWay() == 0);
        assertThat(stats().get("waitingReceives").intValue()).isZero();
    }

    @Test
    void whoSendsMuchAheadIsSlowedDownAndServedInTheEnd() {
        int ahead = 200;
        String wait = "{\"waitMillis\":60000}";
        try (RawConnection connection = connect()) {
            connection.send("POST /v1/queues/q/receive HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + wait.length() + "\r\n\r\n" + wait);
            Until.holds(() -> stats().get("waitingReceives").intValue() == 1);
            String look = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "x".repeat(4_000) + "\r\n\r\n";
            connection.send(look.repeat(ahead));
            Until.holds(() -> rig.door().traffic().underWay() > 1);
            for (int i = 0; i < 20; i++) {
                stats(); // The door has time to read on, and does not.
            }
            publish("what the first request waits for");

            assertThat(connection.readAnswer().json().at("/messages/0/body").textValue())
                    .isEqualTo("what the first request waits for");
            for (int i = 0; i < ahead; i++) {
                assertThat(connection.readAnswer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aSlowReaderCostsOneAnswerHoweverManyItAskedFor() {
        publishLarge(1);
        String look = "GET /v1/queues/q/messages HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (RawConnection connection = RawConnection.to(http.address(), 4096)) {
            connection.send(look.repeat(20));
            Until.holds(() -> answerBytes() > ANSWER_BYTES);
            for (int i = 0; i < 20; i++) {
                assertThat(answerBytes()).isLessThan(2 * ANSWER_BYTES);
                if (i < 19) {
                    assertThat(rig.door().traffic().underWay()).isPositive();
                }
                assertThat(connection.readAnswer().body()).hasSizeGreaterThan(ANSWER_BYTES);
            }
        }
        Until.holds(() -> answerBytes() == 0);
    }

    @Test
    void slowReadersTogetherTakeNoMoreThanTheBudget() {
        int readers = 10;
        publishLarge(readers);
        List<RawConnection> slow = new ArrayList<>();
        try {
            int refused = 0;
            for (int i = 0; i < readers; i++) {
                RawConnection connection = RawConnection.to(http.address(), 4096);
                slow.add(connection);
                String body = "{\"max\":1,\"leaseMillis\":600000}";
                int answered = answered();
                long before = answerBytes();
                connection.send("POST /v1/queues/q/receive HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                Until.holds(() -> answerBytes() > before || answered() > answered);
                refused += answered() > answered ? 1 : 0;
                assertThat(answerBytes()).isLessThanOrEqualTo(10_000_000);
            }
            assertThat(refused).isEqualTo(7);
            RawConnection.Answer last = slow.get(readers - 1).readAnswer();
            assertThat(last.status()).isEqualTo(503);
            assertThat(last.headers().get("retry-after")).isEqualTo("1");
            assertThat(last.json().get("type").textValue()).isEqualTo("/v1/problems/out-of-memory-budget");
            // What could not be handed out is there for others.
            Until.holds(() -> stats().get("ready").intValue() == 7);
        } finally {
            slow.forEach(RawConnection::close);
        }
        Until.holds(() -> answerBytes() == 0);
    }

    private int answered() {
        return rig.door().traffic().answered().entrySet().stream()
                .filter(each -> each.getKey().status() == 503)
                .mapToInt(each -> each.getValue().intValue())
                .sum();
    }

    private void publishLarge(int messages) {
        http.patch("/v1/queues/q", "").expect(200);
        for (int i = 0; i < messages; i++) {
            // Control characters make an answer six times as large as the body.
            http.send("POST", "/v1/queues/q/messages", null, new byte[ANSWER_BYTES / 6])
                    .expect(201);
        }
    }

    private long answerBytes() {
        return rig.door().traffic().answerBytes().takenBytes();
    }

    @Test
    void requestsTogetherTakeNoMoreThanTheBudget() {
        List<RawConnection> uploads = new ArrayList<>();
        String head = "POST /v1/queues/q/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";
        try {
            for (int i = 0; i < 2; i++) {
                long before = requestBytes();
                uploads.add(connect().send(head).send(new byte[999_999]));
                Until.holds(() -> requestBytes() == before + 999_999);
            }
            try (RawConnection tooMuch = connect()) {
                tooMuch.send(head);
                tooMuch.trySend(new byte[500_000]);
                RawConnection.Answer answer = tooMuch.readAnswer();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.headers().get("retry-after")).isEqualTo("1");
                assertThat(answer.json().get("type").textValue()).isEqualTo("/v1/problems/out-of-memory-budget");
            }
            publish("small ones still find room");
            uploads.get(0).send(new byte[1]);
            assertThat(uploads.get(0).readAnswer().status()).isEqualTo(201);
        } finally {
            uploads.forEach(RawConnection::close);
        }
        Until.holds(() -> requestBytes() == 0);
    }

    private long requestBytes() {
        return rig.door().traffic().requestBytes().takenBytes();
    }

    @Test
    void anAnnouncementAloneTakesNoMemory() {
        List<RawConnection> connections = new ArrayList<>();
        long before = directBytes();
        try {
            for (int i = 1; i <= 20; i++) {
                int announced = i;
                RawConnection connection = connect()
                        .send("POST /v1/queues/q/messages HTTP/1.1\r\nHost: localhost\r\n"
                                + "Content-Length: 1000000\r\n\r\nx");
                connections.add(connection);
                Until.holds(() -> requestBytes() == 2L * announced - 1);
                connection.send("x");
                Until.holds(() -> requestBytes() == 2L * announced);
            }
            assertThat(directBytes() - before).isLessThan(10_000_000);
        } finally {
            connections.forEach(RawConnection::close);
        }
    }

    /** Memory outside of the heap that connections' buffers take. */
    private static long directBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    @Test
    void connectionsBeyondTheMostAreClosedAtOnce() {
        List<RawConnection> connections = new ArrayList<>();
        try {
            while (rig.door().traffic().connections() < CONNECTIONS_MAX) {
                int before = rig.door().traffic().connections();
                connections.add(connect());
                Until.holds(() -> rig.door().traffic().connections() == before + 1);
            }
            try (RawConnection another = connect()) {
                assertThat(another.isEnded()).isTrue();
            }
            RawConnection first = connections.get(0);
            assertThat(first.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .readAnswer()
                            .status())
                    .isEqualTo(200);
        } finally {
            connections.forEach(RawConnection::close);
        }
        Until.holds(() -> rig.door().traffic().connections() <= 1);
        publish("after that");
    }
}
