package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.RawConnection;
import io.millrace.api.Until;
import io.millrace.api.http.HttpLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that begin and do not go on. */
class CutOffRequestsTest extends RigTest {
    @Override
    HttpLimits limits() {
        return HttpLimits.DEFAULT.with(new HttpLimits.Times(60_000, 60_000, 2_000, 2_000));
    }

    @Test
    void aBodyThatIsCutOffIsGivenUpOnEveryRouteThatTakesOne() {
        List<RawConnection> connections = new ArrayList<>();
        List<RouteCase> cases = RouteCase.all().stream()
                .filter(each -> each.kind() != RouteCase.Body.NONE)
                .toList();
        for (RouteCase each : cases) {
            String type = each.kind() == RouteCase.Body.JSON ? "Content-Type: application/json\r\n" : "";
            connections.add(RawConnection.to(http.address())
                    .send(each.method() + " " + each.path().apply(rig)
                            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n" + type + "\r\n{\""));
        }
        for (RawConnection each : connections) {
            try (each) {
                RawConnection.Answer answer = each.readAnswer();
                assertThat(answer.status()).isEqualTo(408);
                assertThat(answer.json().get("type").textValue()).isEqualTo("/v1/problems/request-timed-out");
                assertThat(answer.headers().get("connection")).isEqualTo("close");
                assertThat(each.isEnded()).isTrue();
            }
        }
        assertThat(rig.door().traffic().requestBytes().takenBytes()).isZero();
    }

    @Test
    void aClientThatEndsInTheMiddleOfABodyCostsNothing() {
        for (int i = 0; i < 3; i++) {
            try (RawConnection connection = RawConnection.to(http.address())) {
                connection.send("POST /v1/queues/q/messages HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Length: 100000\r\n\r\n");
                connection.send(new byte[50_000]);
                Until.holds(() -> rig.door().traffic().requestBytes().takenBytes() >= 50_000);
            }
            Until.holds(() -> rig.door().traffic().requestBytes().takenBytes() == 0);
        }
        assertThat(stats().get("published").intValue()).isZero();
    }

    @Test
    void aConnectionThatSaysNothingOrStopsInItsHeaderIsClosed() {
        try (RawConnection silent = RawConnection.to(http.address());
                RawConnection slow = RawConnection.to(http.address())) {
            slow.send("GET /v1/queues HTTP/1.1\r\nHost: loc");
            assertThat(silent.isEnded()).isTrue();
            assertThat(slow.isEnded()).isTrue();
        }
    }
}
