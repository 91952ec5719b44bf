package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http.Answer;
import io.millrace.api.RawConnection;
import io.millrace.api.Until;
import io.millrace.api.http.HttpLimits;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiveRouteTest extends RigTest {
    @Override
    HttpLimits limits() {
        return HttpLimits.DEFAULT.with(new HttpLimits.Answers(50, 100_000, 10 << 20));
    }

    @Test
    void aWaitIsServedByALaterPublish() {
        CompletableFuture<Answer> waiting = receiveLater("{\"waitMillis\":30000}");
        Until.holds(() -> stats().get("waitingReceives").intValue() == 1);

        publish("late");

        assertThat(bodies(list(waiting.join().expect(200).json().get("messages"))))
                .containsExactly("late");
    }

    private CompletableFuture<Answer> receiveLater(String json) {
        return http.sendAsync("POST", "/v1/queues/q/receive", "application/json", json.getBytes(UTF_8));
    }

    @Test
    void aWaitInVainIsAnsweredWithNothing() {
        assertThat(receive("{\"waitMillis\":50}")).isEmpty();
        assertThat(receive("")).isEmpty();
    }

    @Test
    void noMoreMessagesComeThanWereAskedFor() {
        for (int i = 0; i < 12; i++) {
            publish("m" + i);
        }

        assertThat(bodies(receive("{\"max\":1}"))).containsExactly("m0");
        assertThat(receive("")).hasSize(10);
        assertThat(bodies(receive(""))).containsExactly("m11");
        assertThat(receive("")).isEmpty();
    }

    @Test
    void aLeaseThatRunsOutBringsTheMessageBack() {
        publish("again");
        JsonNode first = receive("{\"leaseMillis\":50}").get(0);
        assertThat(first.get("deliveryCount").intValue()).isEqualTo(1);

        JsonNode second = receiveOne();

        assertThat(second.get("id")).isEqualTo(first.get("id"));
        assertThat(second.get("deliveryCount").intValue()).isEqualTo(2);
        JsonNode stale = settle(first, "acknowledge");
        assertThat(stale.get("done").booleanValue()).isFalse();
        assertThat(stale.get("error").textValue()).isEqualTo("lease_lost");
        assertThat(settle(second, "acknowledge").get("done").booleanValue()).isTrue();
    }

    @Test
    void theQueueSaysHowLongALeaseIsWhereTheRequestDoesNot() {
        http.patch("/v1/queues/q", "{\"leaseMillis\":50}").expect(200);
        publish("again");

        receive("");

        assertThat(receiveOne().get("deliveryCount").intValue()).isEqualTo(2);
    }

    @Test
    void aReceiveEndsWhenItHasEnoughBytesButBringsOneMessageOfAnySize() {
        for (int i = 0; i < 3; i++) {
            publish("x".repeat(60_000));
        }
        publish("y".repeat(500_000));

        assertThat(receive("{\"max\":10}")).hasSize(2);
        assertThat(receive("{\"max\":10}")).hasSizeBetween(1, 2);
        receive("{\"max\":10}");
        assertThat(stats().get("leased").intValue()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoGoesAwayWhileWaitingTakesNoMessage(boolean withReset) {
        RawConnection gone = RawConnection.to(http.address());
        gone.send(raw("{\"waitMillis\":60000,\"leaseMillis\":600000}"));
        Until.holds(() -> stats().get("waitingReceives").intValue() == 1);

        if (withReset) {
            gone.reset();
        } else {
            gone.close();
        }
        Until.holds(() -> stats().get("waitingReceives").intValue() == 0);
        publish("kept");

        JsonNode message = receiveOne();
        assertThat(message.get("body").textValue()).isEqualTo("kept");
        assertThat(message.get("deliveryCount").intValue()).isEqualTo(1);
    }

    @Test
    void messagesThatCouldNotBeSentComeBackAtOnce() {
        // More than the buffers of both ends hold, so that the answer is cut off when the client goes.
        for (int i = 0; i < 2; i++) {
            publish("x".repeat(6_000_000));
        }
        RawConnection gone = RawConnection.to(http.address(), 4096);
        gone.send(raw("{\"max\":1,\"leaseMillis\":600000}"));
        Until.holds(() -> rig.door().traffic().answerBytes().takenBytes() > 0);
        assertThat(stats().get("leased").intValue()).isEqualTo(1);

        gone.reset();

        Until.holds(() -> stats().get("leased").intValue() == 0);
        assertThat(stats().get("ready").intValue()).isEqualTo(2);
    }

    private static String raw(String json) {
        return "POST /v1/queues/q/receive HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + json.length() + "\r\n\r\n" + json;
    }

    @Test
    void manyWaitsAreServedInOrder() {
        List<CompletableFuture<Answer>> waiting = new java.util.ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(receiveLater("{\"max\":1,\"waitMillis\":30000}"));
            int expected = i + 1;
            Until.holds(() -> stats().get("waitingReceives").intValue() == expected);
        }
        for (int i = 0; i < 5; i++) {
            publish("m" + i);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(bodies(list(waiting.get(i).join().expect(200).json().get("messages"))))
                    .containsExactly("m" + i);
        }
    }

    @Test
    void aQueueThatIsRemovedEndsTheWait() {
        CompletableFuture<Answer> waiting = receiveLater("{\"waitMillis\":30000}");
        Until.holds(() -> stats().get("waitingReceives").intValue() == 1);

        http.delete("/v1/queues/q").expect(204);

        waiting.join().expectProblem(404, "queue-not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"max\":0}",
                "{\"max\":51}",
                "{\"waitMillis\":-1}",
                "{\"waitMillis\":60001}",
                "{\"leaseMillis\":0}",
                "{\"leaseMillis\":43200001}",
                "{\"wait\":1}"
            })
    void whatIsOutOfRangeIsRefused(String json) {
        http.post("/v1/queues/q/receive", json).expectProblem(400, "invalid-value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"max\":\"1\"}", "{\"max\":1.5}", "{\"max\":null}", "{\"max\":1,\"max\":2}", "[1]", "nul"})
    void whatIsOfAnotherTypeIsRefused(String json) {
        http.post("/v1/queues/q/receive", json).expectProblem(400, "malformed-json");
    }
}
