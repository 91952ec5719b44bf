package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.Http.Answer;
import io.millrace.api.Until;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.NamePattern;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.security.SpaceScope;
import io.millrace.broker.security.Statement;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consumers of a queue, and pauses, over HTTP. */
class ConsumerRoutesTest extends RigTest {
    private static final String CONSUMERS = "/v1/queues/q/consumers";

    private String attach(String json) {
        return http.post(CONSUMERS, json).expect(201).json().get("id").textValue();
    }

    private Answer receiveBy(String consumer, String more) {
        return http.post("/v1/queues/q/receive", "{\"consumer\":\"" + consumer + "\"" + more + "}");
    }

    private List<JsonNode> messagesOf(String consumer) {
        return list(receiveBy(consumer, "").expect(200).json().get("messages"));
    }

    private CompletableFuture<Answer> receiveLater(String json) {
        return http.sendAsync("POST", "/v1/queues/q/receive", "application/json", json.getBytes(UTF_8));
    }

    private List<JsonNode> consumers() {
        return list(http.get(CONSUMERS).expect(200).json().get("consumers"));
    }

    private void awaitWaiting(int count) {
        Until.holds(() -> stats().get("waitingReceives").intValue() == count);
    }

    @Test
    void aConsumerIsWhatWasAskedFor() {
        JsonNode made = http.post(CONSUMERS, "{\"priority\":-7,\"exclusive\":true,\"timeToLiveMillis\":5000}")
                .expect(201)
                .json();

        assertThat(made.get("owner").textValue()).isEqualTo("anonymous");
        assertThat(made.get("priority").intValue()).isEqualTo(-7);
        assertThat(made.get("exclusive").booleanValue()).isTrue();
        assertThat(made.get("active").booleanValue()).isTrue();
        assertThat(made.get("timeToLiveMillis").longValue()).isEqualTo(5000);
        assertThat(made.get("attachedMillis").longValue()).isCloseTo(rig.time().epochMillis(), within(60_000L));
        assertThat(consumers()).containsExactly(made);
        attachRefused("queue-in-use");
        http.post("/v1/queues/q/receive", "").expectProblem(409, "queue-in-use");
        http.delete(CONSUMERS + "/" + made.get("id").textValue()).expect(204);
        assertThat(consumers()).isEmpty();
        assertThat(receive("")).isEmpty();
    }

    private void attachRefused(String problem) {
        http.post(CONSUMERS, "{}").expectProblem(409, problem);
    }

    @Test
    void theOneWithTheHigherPriorityIsServedFirst() {
        String low = attach("{\"priority\":-1}");
        String high = attach("{\"priority\":1}");
        CompletableFuture<Answer> ofLow = receiveLater("{\"waitMillis\":30000,\"consumer\":\"" + low + "\"}");
        awaitWaiting(1);
        CompletableFuture<Answer> ofNobody = receiveLater("{\"waitMillis\":30000}");
        awaitWaiting(2);
        CompletableFuture<Answer> ofHigh = receiveLater("{\"waitMillis\":30000,\"consumer\":\"" + high + "\"}");
        awaitWaiting(3);

        for (CompletableFuture<Answer> each : List.of(ofHigh, ofNobody, ofLow)) {
            String id = publish("m");
            JsonNode message = each.join().expect(200).json().at("/messages/0");
            assertThat(message.get("id").textValue()).isEqualTo(id);
        }
    }

    @Test
    void aSingleActiveConsumerIsFollowedByTheNextWhichGetsItsMessagesFirst() {
        http.patch("/v1/queues/q", "{\"singleActiveConsumer\":true}").expect(200);
        http.post("/v1/queues/q/receive", "").expectProblem(409, "consumer-required");
        String first = attach("");
        String second = attach("");
        publish("a");
        publish("b");
        JsonNode had =
                list(receiveBy(first, ",\"max\":1").json().get("messages")).get(0);
        CompletableFuture<Answer> waiting =
                receiveLater("{\"max\":1,\"waitMillis\":30000,\"consumer\":\"" + second + "\"}");
        awaitWaiting(1);
        assertThat(messagesOf(second)).isEmpty();
        assertThat(consumers().stream().map(each -> each.get("active").booleanValue()))
                .containsExactly(true, false);
        assertThat(consumers().get(0).get("leased").intValue()).isEqualTo(1);

        http.delete(CONSUMERS + "/" + first).expect(204);

        JsonNode again = waiting.join().expect(200).json().at("/messages/0");
        assertThat(again.get("id")).isEqualTo(had.get("id"));
        assertThat(again.get("deliveryCount").intValue()).isEqualTo(2);
        assertThat(settle(had, "acknowledge").get("error").textValue()).isEqualTo("lease_lost");
        receiveBy(first, "").expectProblem(404, "consumer-not-found");
    }

    @Test
    void whoLeavesItsLeasesAliveIsWaitedFor() {
        http.patch("/v1/queues/q", "{\"singleActiveConsumer\":true}").expect(200);
        String first = attach("");
        String second = attach("");
        publish("a");
        publish("b");
        JsonNode had =
                list(receiveBy(first, ",\"max\":1").json().get("messages")).get(0);

        http.delete(CONSUMERS + "/" + first + "?keepLeases=true").expect(204);
        assertThat(messagesOf(second)).isEmpty();
        assertThat(settle(had, "acknowledge").get("done").booleanValue()).isTrue();

        assertThat(bodies(messagesOf(second))).containsExactly("b");
    }

    @Test
    void whoIsNotHeardOfEnds() {
        String consumer = attach("{\"timeToLiveMillis\":600000}");
        publish("a");
        assertThat(messagesOf(consumer)).hasSize(1);
        rig.time().pass(Duration.ofMinutes(9));
        http.post(CONSUMERS + "/" + consumer + "/renew", "").expect(200);
        rig.time().pass(Duration.ofMinutes(9));
        messagesOf(consumer);
        assertThat(consumers()).hasSize(1);

        rig.time().pass(Duration.ofMinutes(11));

        Until.holds(() -> consumers().isEmpty());
        receiveBy(consumer, "").expectProblem(404, "consumer-not-found");
        http.send("POST", CONSUMERS + "/" + consumer + "/renew", null, null).expectProblem(404, "consumer-not-found");
        assertThat(receive("")).hasSize(1);
    }

    @Test
    void consumersEndWithTheBrokerAndWhatTheQueueSaysDoesNot() throws IOException {
        http.put("/v1/queues/one", "{\"singleActiveConsumer\":true}").expect(201);
        String consumer = attach("");
        rig.restart();
        http = rig.http();

        receiveBy(consumer, "").expectProblem(404, "consumer-not-found");
        assertThat(consumers()).isEmpty();
        assertThat(attach("")).isNotEqualTo(consumer);
        http.post("/v1/queues/one/receive", "").expectProblem(409, "consumer-required");
        assertThat(http.get("/v1/queues/one")
                        .json()
                        .at("/settings/singleActiveConsumer")
                        .booleanValue())
                .isTrue();
        http.patch("/v1/queues/one", "{\"singleActiveConsumer\":false}").expect(200);
        http.post("/v1/queues/one/receive", "").expect(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "-1", "g", "", "ffffffffffffffffffff", "1 "})
    void whatIsNoConsumerIsNotFound(String id) {
        receiveBy(id, "").expectProblem(404, "consumer-not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"priority\":2147483648}",
                "{\"priority\":-2147483649}",
                "{\"timeToLiveMillis\":999}",
                "{\"timeToLiveMillis\":3600001}",
                "{\"owner\":\"me\"}"
            })
    void whatIsOutOfRangeIsRefused(String json) {
        http.post(CONSUMERS, json).expectProblem(400, "invalid-value");
    }

    @Test
    void aConsumerIsOfUseToItsUserOnly() {
        rig.addUser("admin", "secret", true);
        rig.addUser("ada", "secret", false, allow(Action.CONSUME));
        rig.addUser("bob", "secret", false, allow(Action.CONSUME));
        rig.addUser("eve", "secret", false, allow(Action.DESCRIBE));
        rig.addUser("ops", "secret", false, allow(Action.CONSUME, Action.CONFIGURE));
        Http ada = rig.http().as("ada", "secret");
        Http bob = rig.http().as("bob", "secret");
        String id = ada.post(CONSUMERS, "").expect(201).json().get("id").textValue();

        bob.post("/v1/queues/q/receive", "{\"consumer\":\"" + id + "\"}").expectProblem(404, "consumer-not-found");
        bob.post(CONSUMERS + "/" + id + "/renew", "").expectProblem(404, "consumer-not-found");
        bob.delete(CONSUMERS + "/" + id).expectProblem(404, "consumer-not-found");
        bob.get(CONSUMERS).expectProblem(403, "forbidden");
        bob.post("/v1/queues/q/pause", "").expectProblem(403, "forbidden");
        Http eve = rig.http().as("eve", "secret");
        eve.post(CONSUMERS, "").expectProblem(403, "forbidden");
        assertThat(eve.get(CONSUMERS)
                        .expect(200)
                        .json()
                        .at("/consumers/0/owner")
                        .textValue())
                .isEqualTo("ada");
        ada.post("/v1/queues/q/receive", "{\"consumer\":\"" + id + "\"}").expect(200);
        rig.http().as("ops", "secret").delete(CONSUMERS + "/" + id).expect(204);
    }

    private static Statement allow(Action... actions) {
        return Statement.allow(List.of(actions), ResourceKind.QUEUE, SpaceScope.every(), NamePattern.literal("q"));
    }

    // Pauses.

    @Test
    void aPausedQueueTakesMessagesAndBringsThemWhenItIsResumed() throws IOException {
        CompletableFuture<Answer> waiting = receiveLater("{\"max\":1,\"waitMillis\":30000}");
        awaitWaiting(1);
        JsonNode paused =
                http.send("POST", "/v1/queues/q/pause", null, null).expect(200).json();
        assertThat(paused.get("paused").booleanValue()).isTrue();
        assertThat(paused.has("resumeMillis")).isFalse();

        publish("a");
        publish("b");
        assertThat(receive("")).isEmpty();
        assertThat(stats().get("ready").intValue()).isEqualTo(2);
        JsonNode resumed =
                http.send("POST", "/v1/queues/q/resume", null, null).expect(200).json();

        assertThat(resumed.has("paused")).isFalse();
        assertThat(waiting.join().expect(200).json().at("/messages/0/body").textValue())
                .isEqualTo("a");
        assertThat(receive("")).hasSize(1);
    }

    @Test
    void aPauseStaysOverARestart() throws IOException {
        publish("a");
        http.post("/v1/queues/q/pause", "{}").expect(200);
        rig.restart();
        http = rig.http();

        assertThat(receive("")).isEmpty();
        assertThat(http.get("/v1/queues/q").json().get("paused").booleanValue()).isTrue();
        http.send("POST", "/v1/queues/q/resume", null, null).expect(200);

        assertThat(receive("")).hasSize(1);
    }

    @Test
    void aPauseForATimeEndsByItself() throws IOException {
        publish("a");
        publish("b");
        JsonNode paused = http.post("/v1/queues/q/pause", "{\"forMillis\":600000}")
                .expect(200)
                .json();
        assertThat(paused.get("resumeMillis").longValue())
                .isBetween(rig.time().epochMillis() + 500_000, rig.time().epochMillis() + 600_000);
        rig.time().pass(Duration.ofMinutes(5));
        assertThat(receive("")).isEmpty();
        rig.restart();
        http = rig.http();
        rig.time().pass(Duration.ofMinutes(5).minusSeconds(20));
        CompletableFuture<Answer> waiting = receiveLater("{\"max\":1,\"waitMillis\":60000}");
        awaitWaiting(1);
        assertThat(waiting).isNotDone();

        rig.time().pass(Duration.ofSeconds(20));

        assertThat(waiting.join().expect(200).json().at("/messages/0/body").textValue())
                .isEqualTo("a");
        assertThat(receive("")).hasSize(1);
        assertThat(http.get("/v1/queues/q").json().has("paused")).isFalse();
    }

    @Test
    void othersSettingsOfAPausedQueueCanBeChanged() {
        http.post("/v1/queues/q/pause", "{}").expect(200);

        http.patch("/v1/queues/q", "{\"leaseMillis\":7}").expect(200);
        http.put("/v1/queues/q", "{\"leaseMillis\":7}").expect(200);

        assertThat(http.get("/v1/queues/q").json().get("paused").booleanValue()).isTrue();
        publish("a");
        assertThat(receive("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"forMillis\":0}", "{\"forMillis\":3153600000001}", "{\"for\":1}"})
    void aPauseOfNoLengthIsRefused(String json) {
        http.post("/v1/queues/q/pause", json).expectProblem(400, "invalid-value");
    }
}
