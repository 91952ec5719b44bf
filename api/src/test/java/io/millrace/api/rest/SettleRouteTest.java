package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.api.Http;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettleRouteTest extends RigTest {
    @Test
    void anAcknowledgedMessageIsGone() {
        publish("once");

        assertThat(settle(receiveOne(), "acknowledge").toString())
                .contains("\"done\":true")
                .doesNotContain("error");

        assertThat(stats().get("acknowledged").intValue()).isEqualTo(1);
        assertThat(stats().get("ready").intValue()).isZero();
        assertThat(stats().get("leased").intValue()).isZero();
    }

    @Test
    void aReleasedMessageComesBackAtOnceAndCounts() {
        publish("back");

        settle(receive("{\"leaseMillis\":600000}").get(0), "release");

        assertThat(receiveOne().get("deliveryCount").intValue()).isEqualTo(2);
    }

    @Test
    void aReleaseWithADelayKeepsTheMessageBackUntilThen() {
        publish("later");
        JsonNode message = receive("{\"leaseMillis\":600000}").get(0);

        settle(message, "release", "delayMillis", 600_000);
        assertThat(stats().get("delayed").intValue()).isEqualTo(1);
        assertThat(receive("")).isEmpty();

        publish("sooner");
        settle(receiveOne(), "release", "delayMillis", 50);
        JsonNode back = receiveOne();
        assertThat(back.get("body").textValue()).isEqualTo("sooner");
        assertThat(back.get("deliveryCount").intValue()).isEqualTo(2);
    }

    @Test
    void anExtendedLeaseOutlivesItsFirstEnd() {
        publish("kept");
        publish("lost");
        List<JsonNode> messages = receive("{\"max\":2,\"leaseMillis\":1000}");

        assertThat(settle(messages.get(0), "extend", "leaseMillis", 600_000)
                        .get("done")
                        .booleanValue())
                .isTrue();
        assertThat(receiveOne().get("body").textValue()).isEqualTo("lost");

        assertThat(settle(messages.get(0), "acknowledge").get("done").booleanValue())
                .isTrue();
    }

    @Test
    void eachLeaseHasItsResultInTheOrderOfTheRequest() {
        for (int i = 0; i < 3; i++) {
            publish("m" + i);
        }
        List<JsonNode> messages = receive("");
        ObjectNode body = Http.JSON.createObjectNode();
        ArrayNode items = body.putArray("settle");
        add(items, messages.get(2).get("lease").textValue(), "release");
        add(items, "no lease at all", "acknowledge");
        add(items, messages.get(0).get("lease").textValue(), "acknowledge");
        add(items, messages.get(0).get("lease").textValue(), "acknowledge");
        add(items, "7f-1-1", "extend");
        add(items, messages.get(1).get("lease").textValue(), "extend");

        JsonNode results = http.post("/v1/queues/q/settle", body.toString())
                .expect(200)
                .json()
                .get("results");

        assertThat(results.findValuesAsText("lease")).isEqualTo(items.findValuesAsText("lease"));
        assertThat(results.findValuesAsText("done")).containsExactly("true", "false", "true", "false", "false", "true");
        assertThat(results.at("/1/error").textValue()).isEqualTo("lease_invalid");
        assertThat(results.at("/3/error").textValue()).isEqualTo("lease_lost");
        assertThat(results.at("/4/error").textValue()).isEqualTo("lease_invalid");
    }

    private static void add(ArrayNode items, String lease, String action) {
        items.addObject().put("lease", lease).put("action", action);
    }

    @Test
    void aLeaseOfAQueueThatWasMadeAnewIsInvalid() {
        publish("old");
        JsonNode message = receiveOne();
        http.delete("/v1/queues/q").expect(204);
        http.put("/v1/queues/q", "").expect(201);
        publish("new");
        receiveOne();

        assertThat(settle(message, "acknowledge").get("error").textValue()).isEqualTo("lease_invalid");
        assertThat(stats().get("leased").intValue()).isEqualTo(1);
    }

    @Test
    void onlyWhatHoldsAllPlacesIsALease() {
        publish("mine");
        publish("another");
        List<JsonNode> messages = receive("");
        String[] parts = messages.get(0).get("lease").textValue().split("-", -1);
        String[] others = messages.get(1).get("lease").textValue().split("-", -1);
        ObjectNode mixed = Http.JSON.createObjectNode();
        mixed.put("lease", parts[0] + "-" + others[1] + "-" + parts[2]);

        assertThat(settle(mixed, "acknowledge").get("error").textValue()).isEqualTo("lease_lost");
        assertThat(stats().get("leased").intValue()).isEqualTo(2);
    }

    @Test
    void noMoreLeasesThanTheDocumentSaysAreTakenAtOnce() {
        assertThat(send(SettleReader.LEASES_MAX).status()).isEqualTo(200);
        send(SettleReader.LEASES_MAX + 1).expectProblem(400, "invalid-value");
    }

    private Http.Answer send(int leases) {
        String items = IntStream.range(0, leases)
                .mapToObj(
                        i -> "{\"lease\":\"1-" + Integer.toHexString(i) + "-ffffffffffff\",\"action\":\"acknowledge\"}")
                .collect(Collectors.joining(","));
        return http.post("/v1/queues/q/settle", "{\"settle\":[" + items + "]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"forget\"}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"acknowledge\",\"delayMillis\":1}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\",\"delayMillis\":-1}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"extend\",\"leaseMillis\":0}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"extend\",\"leaseMillis\":43200001}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"extend\",\"leaseMillis\":99999999999999999999}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"extend\",\"delayMillis\":1}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\",\"leaseMillis\":1}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\",\"why\":1}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\"}],\"why\":1}"
            })
    void aRequestWithAnImpossibleValueDoesNothing(String json) {
        http.post("/v1/queues/q/settle", json).expectProblem(400, "invalid-value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"settle\":[]}",
                "{\"settle\":{}}",
                "{\"settle\":[7]}",
                "{\"settle\":[{\"lease\":\"1-1-1\"}]}",
                "{\"settle\":[{\"action\":\"release\"}]}",
                "{\"settle\":[{\"lease\":7,\"action\":\"release\"}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\",\"action\":\"release\"}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\",\"delayMillis\":1,\"delayMillis\":1}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\",\"delayMillis\":1.5}]}",
                "{\"settle\":[{\"lease\":\"\\uD83D\",\"action\":\"release\"}]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\"}],\"settle\":[]}",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\"}]} x",
                "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"release\""
            })
    void aRequestThatIsNoneDoesNothing(String json) {
        http.post("/v1/queues/q/settle", json).expectProblem(400, "malformed-json");
    }

    @Test
    void aRequestWithAFaultDoesNothingOfWhatIsBeforeTheFault() {
        publish("a");
        String lease = receiveOne().get("lease").textValue();
        String done = "{\"lease\":\"" + lease + "\",\"action\":\"acknowledge\"}";

        http.post("/v1/queues/q/settle", "{\"settle\":[" + done + ",{\"lease\":7}]}")
                .expectProblem(400, "malformed-json");
        http.post("/v1/queues/q/settle", "{\"settle\":[" + done + "]").expectProblem(400, "malformed-json");

        assertThat(stats().get("acknowledged").intValue()).isZero();
        assertThat(stats().get("leased").intValue()).isEqualTo(1);
    }
}
