package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageRoutesTest extends RigTest {
    private JsonNode peek(String query) {
        return http.get("/v1/queues/q/messages" + query).expect(200).json();
    }

    @Test
    void aLookShowsWhereMessagesStandAndDisturbsNothing() {
        publish("leased");
        publish("delayed");
        publish("ready");
        List<JsonNode> held = receive("{\"max\":2,\"leaseMillis\":600000}");
        settle(held.get(1), "release", "delayMillis", 600_000);
        JsonNode before = stats();

        List<JsonNode> seen = list(peek("").get("messages"));

        assertThat(bodies(seen)).containsExactly("leased", "delayed", "ready");
        assertThat(seen.stream().map(message -> message.get("state").textValue()))
                .containsExactly("leased", "delayed", "ready");
        assertThat(seen.get(0).get("id")).isEqualTo(held.get(0).get("id"));
        assertThat(seen.get(2).get("contentType").textValue()).isEqualTo("text/plain");
        assertThat(stats()).isEqualTo(before);
    }

    @Test
    void aLookGoesOnWhereTheLastOneEnded() {
        for (int i = 0; i < 5; i++) {
            publish("m" + i);
        }

        JsonNode first = peek("?limit=2");
        assertThat(bodies(list(first.get("messages")))).containsExactly("m0", "m1");
        JsonNode second = peek("?limit=2&from=" + first.get("nextFrom"));
        assertThat(bodies(list(second.get("messages")))).containsExactly("m2", "m3");
        JsonNode third = peek("?limit=2&from=" + second.get("nextFrom"));
        assertThat(bodies(list(third.get("messages")))).containsExactly("m4");
        assertThat(list(peek("?from=" + third.get("nextFrom")).get("messages"))).isEmpty();
    }

    @Test
    void aLookMayBeForOneStateOnly() {
        publish("leased");
        publish("ready");
        receive("{\"max\":1,\"leaseMillis\":600000}");

        assertThat(bodies(list(peek("?state=ready").get("messages")))).containsExactly("ready");
        assertThat(bodies(list(peek("?state=leased").get("messages")))).containsExactly("leased");
        assertThat(list(peek("?state=delayed").get("messages"))).isEmpty();
        assertThat(list(peek("?state=damaged").get("messages"))).isEmpty();
        http.get("/v1/queues/q/messages?state=lost").expectProblem(400, "invalid-value");
        http.get("/v1/queues/q/messages?from=-1").expectProblem(400, "invalid-value");
        http.get("/v1/queues/q/messages?limit=1001").expectProblem(400, "invalid-value");
    }

    @Test
    void aPurgeRemovesWhatNobodyHolds() {
        for (int i = 0; i < 5; i++) {
            publish("m" + i);
        }
        JsonNode held = receive("{\"max\":1,\"leaseMillis\":600000}").get(0);

        JsonNode purged =
                http.send("POST", "/v1/queues/q/purge", null, null).expect(200).json();

        assertThat(purged.get("purged").intValue()).isEqualTo(4);
        assertThat(receive("")).isEmpty();
        assertThat(settle(held, "release").get("done").booleanValue()).isTrue();
        assertThat(receiveOne().get("body").textValue()).isEqualTo("m0");
    }
}
