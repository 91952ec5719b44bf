package io.millrace.api.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.NamePattern;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.security.SpaceScope;
import io.millrace.broker.security.Statement;
import java.io.IOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges, bindings and publishing through them, over HTTP. */
class ExchangeRoutesTest extends RigTest {
    @BeforeEach
    void makeExchange() {
        http.put("/v1/exchanges/events", "{\"type\":\"topic\"}").expect(201);
        http.put("/v1/queues/other", "").expect(201);
    }

    private long bind(String json) {
        return http.post("/v1/exchanges/events/bindings", json)
                .expect(201)
                .json()
                .get("id")
                .longValue();
    }

    private List<String> publish(String exchange, String key, String body) {
        Http.Answer answer = http.with("Millrace-Routing-Key", key)
                .send("POST", "/v1/exchanges/" + exchange + "/messages", "text/plain", body.getBytes(UTF_8));
        List<String> queues = queues(answer.json());
        answer.expect(queues.isEmpty() ? 200 : 201);
        return queues;
    }

    private static List<String> queues(JsonNode message) {
        return StreamSupport.stream(message.get("queues").spliterator(), false)
                .map(each -> each.get("queue").textValue())
                .toList();
    }

    @Test
    void anExchangeIsMadeOnceShownListedAndRemoved() throws IOException {
        String settings = "{\"type\":\"consistent-hash\",\"internal\":true,\"alternate\":\"events\","
                + "\"hashProperty\":\"correlationId\"}";
        JsonNode made = http.put("/v1/exchanges/shares", settings).expect(201).json();
        assertThat(made.get("createdMillis").longValue()).isPositive();
        assertThat(made.toString())
                .isEqualTo("{\"name\":\"shares\",\"space\":\"root\",\"createdMillis\":" + made.get("createdMillis")
                        + ",\"type\":\"consistent-hash\",\"internal\":true,\"alternate\":\"events\","
                        + "\"hashProperty\":\"correlationId\",\"bindings\":0}");

        http.put("/v1/exchanges/shares", settings).expect(200);
        http.put("/v1/exchanges/shares", "").expect(200);
        http.put("/v1/exchanges/shares", "{\"internal\":false}").expectProblem(409, "exchange-exists");
        assertThat(http.get("/v1/exchanges/shares").expect(200).json()).isEqualTo(made);
        assertThat(http.get("/v1/exchanges").json().get("exchanges").findValuesAsText("name"))
                .containsExactly("events", "shares");
        JsonNode page = http.get("/v1/exchanges?limit=1").json();
        assertThat(page.get("next").textValue()).isEqualTo("events");
        assertThat(http.get("/v1/exchanges?after=events&prefix=s").json().get("exchanges"))
                .hasSize(1);
        rig.restart();
        http = rig.http();
        assertThat(http.get("/v1/exchanges/shares").expect(200).json()).isEqualTo(made);

        http.delete("/v1/exchanges/shares").expect(204);
        http.get("/v1/exchanges/shares").expectProblem(404, "exchange-not-found");
        http.delete("/v1/exchanges/shares").expectProblem(404, "exchange-not-found");
    }

    @Test
    void aBindingIsMadeOnceShownListedAndRemoved() {
        String json = "{\"queue\":\"q\",\"routingKey\":\"a.*\",\"arguments\":{\"b\":1.5},\"filter\":{\"h\":[\"x\"]}}";
        JsonNode made =
                http.post("/v1/exchanges/events/bindings", json).expect(201).json();
        assertThat(made.toString())
                .isEqualTo("{\"id\":" + made.get("id")
                        + ",\"source\":\"events\",\"queue\":\"q\",\"routingKey\":\"a.*\",\"createdMillis\":"
                        + made.get("createdMillis") + ",\"arguments\":{\"b\":1.5},\"filter\":{\"h\":[\"x\"]}}");
        assertThat(http.post("/v1/exchanges/events/bindings", json).expect(200).json())
                .isEqualTo(made);
        String path = "/v1/exchanges/events/bindings/" + made.get("id");
        assertThat(http.get(path).expect(200).json()).isEqualTo(made);
        long second = bind("{\"exchange\":\"events\"}");
        JsonNode page = http.get("/v1/exchanges/events/bindings?limit=1").json();
        assertThat(page.get("bindings").get(0)).isEqualTo(made);
        assertThat(page.get("next")).isEqualTo(made.get("id"));
        JsonNode rest = http.get("/v1/exchanges/events/bindings?after=" + made.get("id"))
                .json();
        assertThat(rest.at("/bindings/0/id").longValue()).isEqualTo(second);
        assertThat(rest.at("/bindings/0/exchange").textValue()).isEqualTo("events");
        assertThat(rest.has("next")).isFalse();
        http.delete("/v1/exchanges/events?ifUnused=true").expectProblem(409, "exchange-in-use");

        http.delete(path).expect(204);
        http.delete(path).expectProblem(404, "binding-not-found");
        http.get("/v1/exchanges/events/bindings/x").expectProblem(404, "binding-not-found");
        http.post("/v1/exchanges/events/unbind", "{\"exchange\":\"events\"}").expect(204);
        http.post("/v1/exchanges/events/unbind", "{\"exchange\":\"events\"}").expectProblem(404, "binding-not-found");
        http.delete("/v1/exchanges/events?ifUnused=true").expect(204);
    }

    @Test
    void aMessageGoesToEachQueueThatABindingLeadsTo() {
        bind("{\"queue\":\"q\",\"routingKey\":\"order.#\"}");
        bind("{\"queue\":\"q\",\"routingKey\":\"#\"}");
        bind("{\"queue\":\"other\",\"routingKey\":\"*.placed\",\"filter\":{\"price\":[{\"numeric\":[\">\",99]}]}}");

        assertThat(publish("events", "order.placed", "one")).containsExactly("q");
        Http.Answer dear = http.with(
                        "Millrace-Routing-Key", "order.placed", "Millrace-Header-Price", "100", "Millrace-Key", "k")
                .send("POST", "/v1/exchanges/events/messages", "text/plain", "two".getBytes(UTF_8))
                .expect(201);
        assertThat(queues(dear.json())).containsExactlyInAnyOrder("q", "other");

        List<JsonNode> messages = receive("{}");
        assertThat(bodies(messages)).containsExactly("one", "two");
        assertThat(messages.get(1).get("key").textValue()).isEqualTo("k");
        assertThat(dear.json().get("queues").findValuesAsText("id"))
                .contains(messages.get(1).get("id").textValue());
        assertThat(bodies(
                        list(http.post("/v1/queues/other/receive", "{}").json().get("messages"))))
                .containsExactly("two");
    }

    @Test
    void whatNobodyTakesIsUnroutable() {
        bind("{\"queue\":\"q\",\"routingKey\":\"a\"}");
        assertThat(publish("events", "b", "lost")).isEmpty();
        String many = "{\"messages\":[{\"routingKey\":\"b\"},{\"routingKey\":\"a\",\"body\":\"x\"},{}]}";
        JsonNode answer =
                http.post("/v1/exchanges/events/publish", many).expect(201).json();
        assertThat(answer.get("unroutable").toString()).isEqualTo("[0,2]");
        assertThat(answer.at("/messages/1/queues/0/queue").textValue()).isEqualTo("q");
        assertThat(answer.at("/messages/0/queues")).isEmpty();
        http.post("/v1/exchanges/events/publish", "{\"messages\":[{}]}").expect(200);
        assertThat(stats().get("published").longValue()).isEqualTo(1);
    }

    @Test
    void aDuplicateIsSaidForEachQueue() {
        bind("{\"queue\":\"q\",\"routingKey\":\"#\"}");
        String once = "{\"messages\":[{\"body\":\"x\",\"deduplicationId\":\"d\"}]}";
        JsonNode first = http.post("/v1/exchanges/events/publish", once).json();
        bind("{\"queue\":\"other\",\"routingKey\":\"#\"}");

        JsonNode second = http.post("/v1/exchanges/events/publish", once).json();

        assertThat(second.at("/messages/0/queues")).hasSize(2);
        for (JsonNode each : second.at("/messages/0/queues")) {
            boolean isQ = each.get("queue").textValue().equals("q");
            assertThat(each.has("duplicate")).isEqualTo(isQ);
            if (isQ) {
                assertThat(each.get("id")).isEqualTo(first.at("/messages/0/queues/0/id"));
            }
        }
    }

    @Test
    void whatIsTooLargeForOneQueueIsRefusedForAll() {
        bind("{\"queue\":\"q\",\"routingKey\":\"#\"}");
        bind("{\"queue\":\"other\",\"routingKey\":\"#\"}");
        http.patch("/v1/queues/other", "{\"messageBytesMax\":2}").expect(200);

        http.send("POST", "/v1/exchanges/events/messages", null, new byte[3]).expectProblem(413, "message-too-large");

        assertThat(stats().get("published").longValue()).isZero();
    }

    @Test
    void nobodyPublishesToAnInternalExchange() {
        http.put("/v1/exchanges/inner", "{\"type\":\"fanout\",\"internal\":true}")
                .expect(201);
        http.post("/v1/exchanges/inner/bindings", "{\"queue\":\"q\"}").expect(201);
        bind("{\"exchange\":\"inner\",\"routingKey\":\"#\"}");

        http.send("POST", "/v1/exchanges/inner/messages", null, new byte[1]).expectProblem(403, "exchange-internal");
        http.post("/v1/exchanges/inner/publish", "{\"messages\":[{}]}").expectProblem(403, "exchange-internal");
        assertThat(publish("events", "x", "m")).containsExactly("q");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"odd\"} | type is none of direct, fanout, topic, headers, consistent-hash",
                "{\"type\":\"direct\",\"hashHeader\":\"a\"} | hashHeader and hashProperty are for",
                "{\"type\":\"consistent-hash\",\"hashHeader\":\"a\",\"hashProperty\":\"key\"} | not both",
                "{\"type\":\"consistent-hash\",\"hashProperty\":\"color\"} | hashProperty is none of key, messageId",
                "{\"alternate\":\"\"} | name is empty",
                "{\"kind\":\"direct\"} | there is no field kind"
            })
    void anExchangeThatCannotBeIsRefused(String json, String detail) {
        assertThat(http.put("/v1/exchanges/bad", json)
                        .expectProblem(400, "invalid-value")
                        .json()
                        .get("detail")
                        .textValue())
                .contains(detail);
        http.get("/v1/exchanges/bad").expectProblem(404, "exchange-not-found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"queue\":\"q\",\"exchange\":\"events\"}",
                "{\"queue\":\"q\",\"arguments\":{\"x-match\":\"most\"}}",
                "{\"queue\":\"q\",\"filter\":{\"a\":\"b\"}}",
                "{\"queue\":\"q\",\"filter\":{}}",
                "{\"queue\":\"\"}"
            })
    void aBindingThatCannotBeIsRefused(String json) {
        http.post("/v1/exchanges/events/bindings", json).expectProblem(400, "invalid-value");
        http.post("/v1/exchanges/events/bindings", "{\"queue\":\"nowhere\"}").expectProblem(404, "queue-not-found");
        http.post("/v1/exchanges/events/bindings", "{\"queue\":\"q\",\"routingKey\":\"" + "x".repeat(256) + "\"}")
                .expectProblem(400, "invalid-value");
        assertThat(http.get("/v1/exchanges/events/bindings").json().get("bindings"))
                .isEmpty();
    }

    /** The queues of a shard share what is stored; what tells a message from others is that of each queue. */
    @Test
    void theIdOfAPublishIsTheOneThatEachQueueShows() {
        http.put("/v1/queues/dead", "").expect(201);
        for (int i = 0; i < 12; i++) {
            http.put("/v1/queues/shared" + i, "{\"deadLetterQueue\":\"dead\"}").expect(201);
            bind("{\"queue\":\"shared" + i + "\",\"routingKey\":\"#\"}");
        }
        JsonNode stored = http.post(
                        "/v1/exchanges/events/publish", "{\"messages\":[{\"routingKey\":\"a\",\"body\":\"b\"}]}")
                .expect(201)
                .json()
                .at("/messages/0/queues");
        assertThat(stored).hasSize(12);
        for (JsonNode each : stored) {
            String queue = "/v1/queues/" + each.get("queue").textValue();
            JsonNode seen = http.get(queue + "/messages").json().at("/messages/0");
            assertThat(seen.get("id")).isEqualTo(each.get("id"));
            JsonNode read = http.get(queue + "/log").json().at("/messages/0");
            assertThat(read.get("id")).isEqualTo(each.get("id"));
            JsonNode received = http.post(queue + "/receive", "{}").json().at("/messages/0");
            assertThat(received.get("id")).isEqualTo(each.get("id"));
            String lease = received.get("lease").textValue();
            http.post(queue + "/settle", "{\"settle\":[{\"lease\":\"" + lease + "\",\"action\":\"reject\"}]}")
                    .expect(200);
            JsonNode letter = http.post("/v1/queues/dead/receive", "{\"waitMillis\":20000}")
                    .json()
                    .at("/messages/0");
            assertThat(letter.get("id")).isEqualTo(each.get("id"));
        }
    }

    @Test
    void aRoutingKeyIsForExchangesAndOfBoundedLength() {
        http.post("/v1/queues/q/publish", "{\"messages\":[{\"routingKey\":\"a\"}]}")
                .expectProblem(400, "invalid-value");
        http.post("/v1/exchanges/events/publish", "{\"messages\":[{\"routingKey\":\"" + "x".repeat(256) + "\"}]}")
                .expectProblem(400, "invalid-value");
        http.with("Millrace-Routing-Key", "x".repeat(256))
                .send("POST", "/v1/exchanges/events/messages", null, new byte[1])
                .expectProblem(400, "invalid-value");
        http.post("/v1/exchanges/nowhere/publish", "{\"messages\":[{}]}").expectProblem(404, "exchange-not-found");
        http.delete("/v1/exchanges/events?ifUnused=maybe").expectProblem(400, "invalid-value");
    }

    @Test
    void everyRouteAsksForItsPermission() {
        bind("{\"queue\":\"q\",\"routingKey\":\"#\"}");
        rig.addUser("admin", "secret", true);
        rig.addUser("bob", "secret", false);
        Http bob = rig.http().as("bob", "secret");
        bob.put("/v1/exchanges/new", "").expectProblem(403, "forbidden");
        bob.get("/v1/exchanges/events").expectProblem(403, "forbidden");
        bob.delete("/v1/exchanges/events").expectProblem(403, "forbidden");
        bob.get("/v1/exchanges/events/bindings").expectProblem(403, "forbidden");
        bob.post("/v1/exchanges/events/publish", "{\"messages\":[{}]}").expectProblem(403, "forbidden");
        assertThat(bob.get("/v1/exchanges").expect(200).json().get("exchanges")).isEmpty();

        rig.addUser("bob", "secret", false, allow(ResourceKind.EXCHANGE, Action.CONSUME, Action.PUBLISH));
        bob.post("/v1/exchanges/events/bindings", "{\"queue\":\"other\"}").expectProblem(403, "forbidden");
        bob.post("/v1/exchanges/events/unbind", "{\"queue\":\"q\",\"routingKey\":\"#\"}")
                .expectProblem(403, "forbidden");
        long id = http.as("admin", "secret")
                .get("/v1/exchanges/events/bindings")
                .json()
                .at("/bindings/0/id")
                .longValue();
        bob.delete("/v1/exchanges/events/bindings/" + id).expectProblem(403, "forbidden");
        bob.post("/v1/exchanges/events/publish", "{\"messages\":[{}]}").expect(201);

        rig.addUser(
                "bob",
                "secret",
                false,
                allow(ResourceKind.EXCHANGE, Action.CONSUME),
                allow(ResourceKind.QUEUE, Action.PUBLISH));
        bob.post("/v1/exchanges/events/bindings", "{\"queue\":\"other\"}").expect(201);
        bob.delete("/v1/exchanges/events/bindings/" + id).expect(204);
    }

    private static Statement allow(ResourceKind kind, Action... actions) {
        return Statement.allow(List.of(actions), kind, SpaceScope.every(), NamePattern.any());
    }
}
