package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.Http.Answer;
import io.millrace.api.RawConnection;
import io.millrace.api.Until;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClosingTest extends RigTest {
    @Test
    void aDoorThatClosesAnswersWhoWaitsAndRefusesTheRest() {
        CompletableFuture<Answer> waiting = http.sendAsync(
                "POST", "/v1/queues/q/receive", "application/json", "{\"waitMillis\":60000}".getBytes(UTF_8));
        try (RawConnection open = RawConnection.to(http.address())) {
            Until.holds(() -> stats().get("waitingReceives").intValue() == 1);

            CompletableFuture<Void> idle = rig.door().beginClose();

            assertThat(waiting.join().expect(200).json().get("messages")).isEmpty();
            idle.orTimeout(20, TimeUnit.SECONDS).join();
            RawConnection.Answer refused = open.send("GET /v1/queues HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    .readAnswer();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.headers().get("connection")).isEqualTo("close");
            assertThat(refused.json().get("type").textValue()).isEqualTo("/v1/problems/closing");
        }
        Until.holds(this::isRefused);
    }

    private boolean isRefused() {
        try (RawConnection late = RawConnection.to(http.address())) {
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }
}
