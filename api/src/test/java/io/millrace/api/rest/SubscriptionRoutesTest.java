package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.Rig;
import io.millrace.api.http.HttpLimits;
import io.millrace.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions of topics, and their messages, which are received as from a queue. */
@LeakCheck
class SubscriptionRoutesTest {
    private static final String TOPIC = "/v1/topics/clicks";
    private static final String BILLING = TOPIC + "/subscriptions/billing";

    @TempDir
    Path directory;

    private Rig rig;
    private Http http;

    @BeforeEach
    void open() throws IOException {
        start();
        http.put(TOPIC, "").expect(201);
    }

    private void start() throws IOException {
        rig = Rig.open(directory, HttpLimits.DEFAULT);
        http = rig.http();
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private void publish(String key, String body) throws IOException {
        http.post(TOPIC + "/publish", "{\"messages\":[{\"key\":\"%s\",\"body\":\"%s\"}]}".formatted(key, body))
                .expect(201);
    }

    private JsonNode receive(String queue, int max) throws IOException {
        return http.post("/v1/queues/" + queue + "/receive", "{\"max\":" + max + "}")
                .expect(200)
                .json()
                .get("messages");
    }

    private static List<String> bodies(JsonNode messages) {
        List<String> bodies = new ArrayList<>();
        messages.forEach(each -> bodies.add(each.get("body").textValue()));
        return bodies;
    }

    private void acknowledge(String queue, JsonNode messages) throws IOException {
        for (JsonNode each : messages) {
            JsonNode results = http.post(
                            "/v1/queues/" + queue + "/settle",
                            "{\"settle\":[{\"lease\":\"%s\",\"action\":\"acknowledge\"}]}"
                                    .formatted(each.get("lease").textValue()))
                    .expect(200)
                    .json()
                    .get("results");
            assertThat(results.get(0).get("done").booleanValue()).isTrue();
        }
    }

    @Test
    void eachSubscriptionGetsEveryMessageAlsoAfterARestart() throws IOException {
        JsonNode made = http.put(BILLING, "{\"from\":\"earliest\"}").expect(201).json();
        assertThat(made.get("kind").textValue()).isEqualTo("shared");
        assertThat(made.get("stats").get(0).get("queue").textValue()).isEqualTo("clicks::billing");
        http.put(TOPIC + "/subscriptions/search", "{\"from\":\"earliest\"}").expect(201);
        publish("a", "1");
        publish("b", "2");
        publish("c", "3");

        JsonNode first = receive("clicks::billing", 2);
        assertThat(bodies(first)).containsExactly("1", "2");
        acknowledge("clicks::billing", first);
        rig.close();
        start();

        assertThat(bodies(receive("clicks::billing", 9))).containsExactly("3");
        assertThat(bodies(receive("clicks::search", 9))).containsExactly("1", "2", "3");
        JsonNode shown = http.get(BILLING).expect(200).json().get("stats").get(0);
        assertThat(shown.get("position").intValue()).isEqualTo(2);
        assertThat(shown.get("leased").intValue()).isEqualTo(1);
        assertThat(shown.get("endOffset").intValue()).isEqualTo(3);
        assertThat(http.get(TOPIC + "/subscriptions").json().get("subscriptions"))
                .hasSize(2);
    }

    @Test
    void itBeginsWithWhatIsPublishedFromThenOnUnlessItSaysOtherwise() throws IOException {
        publish("a", "1");
        publish("a", "2");
        http.put(BILLING, "").expect(201);
        http.put(TOPIC + "/subscriptions/two", "{\"from\":\"1\"}").expect(201);
        http.put(TOPIC + "/subscriptions/all", "{\"from\":\"2001-01-31T18:00:00Z\"}")
                .expect(201);
        http.put(TOPIC + "/subscriptions/none", "{\"from\":\"2101-01-31T18:00:00Z\"}")
                .expect(201);
        publish("a", "3");

        assertThat(bodies(receive("clicks::billing", 9))).containsExactly("3");
        assertThat(bodies(receive("clicks::two", 9))).containsExactly("2", "3");
        assertThat(bodies(receive("clicks::all", 9))).containsExactly("1", "2", "3");
        assertThat(bodies(receive("clicks::none", 9))).containsExactly("3");
    }

    @Test
    void seekingHasMessagesComeAgain() throws IOException {
        http.put(BILLING, "").expect(201);
        publish("a", "1");
        publish("b", "2");
        acknowledge("clicks::billing", receive("clicks::billing", 9));

        JsonNode moved =
                http.post(BILLING + "/seek", "{\"to\":\"1\"}").expect(200).json();

        assertThat(moved.get("stats").get(0).get("position").intValue()).isEqualTo(1);
        assertThat(bodies(receive("clicks::billing", 9))).containsExactly("2");
        http.post(BILLING + "/seek", "{\"to\":\"earliest\",\"partition\":0}").expect(200);
        assertThat(bodies(receive("clicks::billing", 9))).containsExactly("1", "2");
        http.post(BILLING + "/seek", "{\"to\":\"later\"}").expectProblem(400, "invalid-value");
        http.post(BILLING + "/seek", "{\"to\":\"1\",\"partition\":1}").expectProblem(400, "invalid-value");
    }

    @Test
    void byKeyOneMessageOfEachKeyIsOutAtATime() throws IOException {
        publish("a", "1");
        publish("a", "2");
        publish("b", "3");
        http.put(BILLING, "{\"kind\":\"by-key\",\"from\":\"earliest\"}").expect(201);

        JsonNode first = http.post("/v1/queues/clicks::billing/receive", "{\"max\":9,\"waitMillis\":5000}")
                .expect(200)
                .json()
                .get("messages");
        assertThat(bodies(first)).containsExactlyInAnyOrder("1", "3");
        assertThat(receive("clicks::billing", 9)).isEmpty();
        acknowledge("clicks::billing", first);
        assertThat(bodies(receive("clicks::billing", 9))).containsExactly("2");
    }

    @Test
    void exclusiveAndFailoverGiveMessagesToAttachedConsumersOnly() throws IOException {
        http.put(BILLING, "{\"kind\":\"exclusive\"}").expect(201);
        publish("a", "1");
        http.post("/v1/queues/clicks::billing/receive", "").expectProblem(409, "consumer-required");

        String one = http.post("/v1/queues/clicks::billing/consumers", "")
                .expect(201)
                .json()
                .get("id")
                .textValue();
        http.post("/v1/queues/clicks::billing/consumers", "").expectProblem(409, "queue-in-use");
        JsonNode messages = http.post("/v1/queues/clicks::billing/receive", "{\"consumer\":\"" + one + "\"}")
                .expect(200)
                .json()
                .get("messages");
        assertThat(bodies(messages)).containsExactly("1");

        http.put(TOPIC + "/subscriptions/spare", "{\"kind\":\"failover\"}").expect(201);
        http.post("/v1/queues/clicks::spare/consumers", "").expect(201);
        http.post("/v1/queues/clicks::spare/consumers", "").expect(201);
    }

    @Test
    void aCumulativeOneStoresPositionsAndGivesNoMessages() throws IOException {
        http.put(BILLING, "{\"kind\":\"cumulative\",\"from\":\"earliest\"}").expect(201);
        publish("a", "1");
        publish("a", "2");

        http.post("/v1/queues/clicks::billing/receive", "").expectProblem(400, "invalid-value");
        http.post(BILLING + "/seek", "{\"to\":\"2\",\"partition\":0}").expect(200);
        rig.close();
        start();

        JsonNode shown = http.get(BILLING).expect(200).json().get("stats").get(0);
        assertThat(shown.get("position").intValue()).isEqualTo(2);
    }

    @Test
    void itsDeadLettersGoToItsOwnQueue() throws IOException {
        http.put("/v1/queues/lost", "").expect(201);
        http.put(BILLING, "{\"deadLetterQueue\":\"lost\",\"deliveriesMax\":1}").expect(201);
        http.put(TOPIC + "/subscriptions/other", "").expect(201);
        publish("a", "1");

        String lease = receive("clicks::billing", 1).get(0).get("lease").textValue();
        http.post(
                        "/v1/queues/clicks::billing/settle",
                        "{\"settle\":[{\"lease\":\"%s\",\"action\":\"release\",\"error\":\"no\"}]}".formatted(lease))
                .expect(200);

        JsonNode dead = http.post("/v1/queues/lost/receive", "{\"waitMillis\":10000}")
                .expect(200)
                .json()
                .get("messages");
        assertThat(bodies(dead)).containsExactly("1");
        assertThat(dead.get(0).toString()).contains("clicks::billing");
        assertThat(bodies(receive("clicks::other", 9))).containsExactly("1");
        http.delete("/v1/queues/lost").expectProblem(409, "queue-referenced");
    }

    @Test
    void itsDeadLettersGoToATopicIfThatIsSet() throws IOException {
        http.put("/v1/topics/letters", "{\"partitions\":1}").expect(201);
        JsonNode settings = http.put(BILLING, "{\"deadLetterTopic\":\"letters\"}")
                .expect(201)
                .json()
                .get("settings");
        assertThat(settings.get("deadLetterTopic").textValue()).isEqualTo("letters");
        publish("a", "1");

        String lease = receive("clicks::billing", 1).get(0).get("lease").textValue();
        http.post(
                        "/v1/queues/clicks::billing/settle",
                        "{\"settle\":[{\"lease\":\"%s\",\"action\":\"reject\"}]}".formatted(lease))
                .expect(200);

        JsonNode dead = http.get("/v1/topics/letters/partitions/0/messages?waitMillis=10000")
                .expect(200)
                .json()
                .get("messages");
        assertThat(bodies(dead)).containsExactly("1");
        assertThat(dead.at("/0/deaths/0/queue").textValue()).isEqualTo("clicks::billing");
        http.put("/v1/topics/letters/subscriptions/s", "{\"deadLetterTopic\":\"letters\"}")
                .expectProblem(400, "invalid-value");
    }

    @Test
    void ofATopicWithSeveralPartitionsEachHasAQueue() throws IOException {
        http.put("/v1/topics/wide", "{\"partitions\":2}").expect(201);
        http.put("/v1/topics/wide/subscriptions/s", "").expect(201);
        http.post("/v1/topics/wide/publish", "{\"messages\":[{\"partition\":1,\"body\":\"x\"}]}")
                .expect(201);

        assertThat(receive("wide::s::0", 9)).isEmpty();
        assertThat(bodies(receive("wide::s::1", 9))).containsExactly("x");
        http.post("/v1/queues/wide::s::2/receive", "").expectProblem(404, "partition-not-found");

        http.patch("/v1/topics/wide", "{\"partitions\":3}").expect(200);
        http.post("/v1/topics/wide/publish", "{\"messages\":[{\"partition\":2,\"body\":\"y\"}]}")
                .expect(201);
        assertThat(bodies(receive("wide::s::2", 9))).containsExactly("y");
    }

    @Test
    void settingsCanBeChangedAndKindsCannot() throws IOException {
        http.put(BILLING, "{\"leaseMillis\":1000}").expect(201);
        http.put(BILLING, "").expect(200);
        http.put(BILLING, "{\"kind\":\"by-key\"}").expectProblem(409, "subscription-exists");
        http.put(BILLING, "{\"kind\":\"some\"}").expectProblem(400, "invalid-value");
        http.patch(BILLING, "{\"kind\":\"shared\"}").expectProblem(400, "invalid-value");
        JsonNode changed = http.patch(BILLING, "{\"paused\":true,\"retryDelayMillis\":5}")
                .expect(200)
                .json();
        assertThat(changed.get("settings").get("paused").booleanValue()).isTrue();
        publish("a", "1");
        assertThat(receive("clicks::billing", 1)).isEmpty();
        http.patch(BILLING, "{\"paused\":false}").expect(200);
        assertThat(bodies(receive("clicks::billing", 1))).containsExactly("1");
    }

    @Test
    void oneWithAFilterGetsWhatItSelectsAlsoAfterARestart() throws IOException {
        JsonNode made = http.put(BILLING, "{\"filter\":\"region = 'eu'\",\"from\":\"earliest\"}")
                .expect(201)
                .json();
        assertThat(made.get("filter").textValue()).isEqualTo("region = 'eu'");
        http.put(TOPIC + "/subscriptions/all", "{\"filter\":\" \"}").expect(201);
        publishFrom("eu", "1");
        publishFrom("us", "2");
        publishFrom("eu", "3");

        assertThat(bodies(receive("clicks::billing", 1))).containsExactly("1");
        rig.close();
        start();

        assertThat(bodies(receive("clicks::billing", 9))).containsExactly("3");
        JsonNode shown = http.get(BILLING).expect(200).json();
        assertThat(shown.get("filter").textValue()).isEqualTo("region = 'eu'");
        assertThat(shown.get("stats").get(0).get("ready").intValue()).isZero();
        assertThat(shown.get("stats").get(0).get("leased").intValue()).isEqualTo(2);
        assertThat(http.get(TOPIC + "/subscriptions/all").expect(200).json().has("filter"))
                .isFalse();
        assertThat(bodies(receive("clicks::all", 9))).containsExactly("1", "2", "3");
    }

    private void publishFrom(String region, String body) throws IOException {
        http.post(
                        TOPIC + "/publish",
                        "{\"messages\":[{\"headers\":{\"region\":\"%s\"},\"body\":\"%s\"}]}".formatted(region, body))
                .expect(201);
    }

    @Test
    void filtersCannotBeChanged() throws IOException {
        http.put(BILLING, "{\"filter\":\"region = \"}").expectProblem(400, "invalid-value");
        http.put(BILLING, "{\"kind\":\"cumulative\",\"filter\":\"a = 'b'\"}").expectProblem(400, "invalid-value");
        http.put(BILLING, "{\"filter\":\"a = 'b'\"}").expect(201);
        http.put(BILLING, "{\"filter\":\"a = 'b'\"}").expect(200);
        http.put(BILLING, "").expect(200);
        http.put(BILLING, "{\"filter\":\"a = 'c'\"}").expectProblem(409, "subscription-exists");
        http.put(BILLING, "{\"filter\":\"\"}").expectProblem(409, "subscription-exists");
        assertThat(http.patch(BILLING, "{\"filter\":\"a = 'c'\"}")
                        .expectProblem(400, "invalid-value")
                        .text())
                .contains("make another subscription");
        assertThat(http.patch(BILLING, "{\"paused\":true}")
                        .expect(200)
                        .json()
                        .get("filter")
                        .textValue())
                .isEqualTo("a = 'b'");
    }

    @Test
    void whatIsRemovedIsGone() throws IOException {
        http.put(BILLING, "").expect(201);
        publish("a", "1");
        http.delete(BILLING).expect(204);
        http.get(BILLING).expectProblem(404, "subscription-not-found");
        http.post("/v1/queues/clicks::billing/receive", "").expectProblem(404, "subscription-not-found");
        http.put(BILLING, "").expect(201);
        assertThat(receive("clicks::billing", 1)).isEmpty();

        http.delete(TOPIC).expect(204);
        http.post("/v1/queues/clicks::billing/receive", "").expectProblem(404, "topic-not-found");
        http.put(TOPIC, "").expect(201);
        http.get(BILLING).expectProblem(404, "subscription-not-found");
        rig.close();
        start();
        assertThat(http.get(TOPIC + "/subscriptions").json().get("subscriptions"))
                .isEmpty();
    }

    @Test
    void aSubscriptionIsNoQueueToPublishToOrToChange() throws IOException {
        http.put(BILLING, "").expect(201);
        http.send("POST", "/v1/queues/clicks::billing/messages", null, new byte[1])
                .expectProblem(400, "invalid-value");
        http.patch("/v1/queues/clicks::billing", "{\"leaseMillis\":5}").expectProblem(400, "invalid-value");
        http.delete("/v1/queues/clicks::billing").expectProblem(400, "invalid-value");
        http.put(TOPIC + "/subscriptions/a::b", "").expectProblem(400, "invalid-value");
        http.get("/v1/queues/clicks::billing").expect(200);
    }
}
