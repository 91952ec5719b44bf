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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics over HTTP: made and changed, published to in every way. */
class TopicRoutesTest extends RigTest {
    @BeforeEach
    void makeTopic() {
        http.put("/v1/topics/t", "{\"partitions\":3}").expect(201);
    }

    private JsonNode publish(Http as, String messages) {
        return as.post("/v1/topics/t/publish", "{\"messages\":" + messages + "}")
                .expect(201)
                .json()
                .get("messages");
    }

    private List<String> bodies(int partition) {
        return bodies(list(http.get("/v1/topics/t/partitions/" + partition + "/messages")
                .expect(200)
                .json()
                .get("messages")));
    }

    @Test
    void aTopicIsMadeOnceShownListedChangedAndRemoved() throws IOException {
        String settings = "{\"partitions\":2,\"retentionMillis\":1000,\"retentionBytes\":5,\"messageBytesMax\":7}";
        JsonNode made = http.put("/v1/topics/clicks", settings).expect(201).json();
        assertThat(made.toString())
                .isEqualTo("{\"name\":\"clicks\",\"space\":\"root\",\"createdMillis\":" + made.get("createdMillis")
                        + ",\"partitions\":2,\"settings\":{\"retentionMillis\":1000,\"retentionBytes\":5,"
                        + "\"messageBytesMax\":7,\"deduplicationMillis\":300000},\"stats\":["
                        + "{\"partition\":0,\"earliestOffset\":0,\"endOffset\":0,\"bytes\":0,\"published\":0,"
                        + "\"waitingReads\":0},"
                        + "{\"partition\":1,\"earliestOffset\":0,\"endOffset\":0,\"bytes\":0,\"published\":0,"
                        + "\"waitingReads\":0}]}");

        http.put("/v1/topics/clicks", settings).expect(200);
        http.put("/v1/topics/clicks", "").expect(200);
        http.put("/v1/topics/clicks", "{\"partitions\":3}").expectProblem(409, "topic-exists");
        http.put("/v1/topics/clicks", "{\"compacted\":true}").expectProblem(409, "topic-exists");
        JsonNode listed = http.get("/v1/topics").json().get("topics");
        assertThat(listed.findValuesAsText("name")).containsExactly("clicks", "t");
        assertThat(http.get("/v1/topics?limit=1").json().get("next").textValue())
                .isEqualTo("clicks");
        assertThat(http.get("/v1/topics?after=clicks&prefix=t").json().get("topics"))
                .hasSize(1);

        JsonNode changed = http.send(
                        "PATCH",
                        "/v1/topics/clicks",
                        "application/json",
                        "{\"partitions\":4,\"retentionMillis\":0}".getBytes(UTF_8))
                .expect(200)
                .json();
        assertThat(changed.get("partitions").intValue()).isEqualTo(4);
        assertThat(changed.get("settings").has("retentionMillis")).isFalse();
        assertThat(changed.at("/settings/retentionBytes").intValue()).isEqualTo(5);
        rig.restart();
        http = rig.http();
        assertThat(http.get("/v1/topics/clicks").expect(200).json()).isEqualTo(changed);

        http.delete("/v1/topics/clicks").expect(204);
        http.get("/v1/topics/clicks").expectProblem(404, "topic-not-found");
        http.delete("/v1/topics/clicks").expectProblem(404, "topic-not-found");
    }

    @Test
    void aCompactedTopicKeepsForEverUnlessItIsSaid() {
        JsonNode made =
                http.put("/v1/topics/c", "{\"compacted\":true}").expect(201).json();
        assertThat(made.get("settings").has("retentionMillis")).isFalse();
        assertThat(made.at("/settings/tombstoneMillis").longValue()).isEqualTo(86_400_000);
        JsonNode usual = http.get("/v1/topics/t").json();
        assertThat(usual.at("/settings/retentionMillis").longValue()).isEqualTo(604_800_000);
    }

    @Test
    void whatIsNotSettledIsKeptWhereItIsSaid() throws IOException {
        String asked = "{\"keepUnsettled\":true,\"unsettledMillis\":1000,\"unsettledBytes\":2000}";
        JsonNode made = http.put("/v1/topics/u", asked).expect(201).json();
        assertThat(made.at("/settings/keepUnsettled").booleanValue()).isTrue();
        assertThat(made.at("/settings/unsettledMillis").intValue()).isEqualTo(1000);
        assertThat(made.at("/settings/unsettledBytes").intValue()).isEqualTo(2000);
        http.put("/v1/topics/u", asked).expect(200);
        http.put("/v1/topics/u", "{\"keepUnsettled\":false}").expectProblem(409, "topic-exists");

        JsonNode changed = http.patch("/v1/topics/u", "{\"unsettledMillis\":0}")
                .expect(200)
                .json();
        assertThat(changed.get("settings").has("unsettledMillis")).isFalse();
        assertThat(changed.get("settings").has("unsettledBytes")).isTrue();
        rig.restart();
        http = rig.http();
        assertThat(http.get("/v1/topics/u").expect(200).json()).isEqualTo(changed);
        JsonNode not = http.patch("/v1/topics/u", "{\"keepUnsettled\":false}")
                .expect(200)
                .json();
        assertThat(not.get("settings").has("keepUnsettled")).isFalse();
        assertThat(not.get("settings").has("unsettledBytes")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"unsettledMillis\":-1}",
                "{\"unsettledBytes\":-1}",
                "{\"partitions\":0}",
                "{\"partitions\":1025}",
                "{\"retentionMillis\":-1}",
                "{\"retentionBytes\":-1}",
                "{\"messageBytesMax\":0}",
                "{\"leaseMillis\":5}"
            })
    void whatCannotBeSetIsRefused(String settings) {
        http.put("/v1/topics/new", settings).expectProblem(400, "invalid-value");
        http.get("/v1/topics/new").expectProblem(404, "topic-not-found");
    }

    @Test
    void partitionsAreNotTakenAway() {
        http.send("PATCH", "/v1/topics/t", "application/json", "{\"partitions\":2}".getBytes(UTF_8))
                .expectProblem(400, "invalid-value");
        assertThat(http.get("/v1/topics/t").json().get("partitions").intValue()).isEqualTo(3);
    }

    @Test
    void aNameIsThatOfAQueueOrOfATopic() {
        http.put("/v1/topics/q", "").expectProblem(409, "name-taken");
        http.put("/v1/queues/t", "").expectProblem(409, "name-taken");
        http.put("/v1/queues/t%3A%3Agroup", "").expectProblem(400, "invalid-value");
    }

    @Test
    void messagesOfAKeyAreInOnePartitionInTheirOrder() {
        JsonNode first = publish(
                http,
                "[{\"key\":\"a\",\"body\":\"1\"},{\"body\":\"2\",\"partition\":1},{\"key\":\"a\",\"body\":\"3\"}]");
        int partition = first.at("/0/partition").intValue();
        assertThat(first.at("/2/partition").intValue()).isEqualTo(partition);
        assertThat(first.at("/1/partition").intValue()).isEqualTo(1);
        assertThat(first.at("/2/offset").longValue())
                .isGreaterThan(first.at("/0/offset").longValue());
        assertThat(first.at("/0/id").textValue()).endsWith("-" + first.at("/0/offset"));

        JsonNode raw = http.with("Millrace-Key", "a")
                .send("POST", "/v1/topics/t/messages", "text/plain", "4".getBytes(UTF_8))
                .expect(201)
                .json();
        assertThat(raw.get("partition").intValue()).isEqualTo(partition);
        assertThat(bodies(partition)).containsSubsequence("1", "3", "4");
        http.with("Millrace-Partition", "2")
                .send("POST", "/v1/topics/t/messages", "text/plain", "5".getBytes(UTF_8))
                .expect(201);
        assertThat(bodies(2)).contains("5");
    }

    @Test
    void whatIsWrongWithAMessageIsSaidAndNothingIsStored() {
        for (String message : List.of(
                "{\"priority\":1}",
                "{\"delayMillis\":1}",
                "{\"dueMillis\":1}",
                "{\"timeToLiveMillis\":1}",
                "{\"expiryMillis\":1}",
                "{\"group\":\"g\"}",
                "{\"partition\":-1}",
                "{\"partition\":99999999999}",
                "{\"routingKey\":\"k\"}")) {
            http.post("/v1/topics/t/publish", "{\"messages\":[{\"body\":\"first\"}," + message + "]}")
                    .expectProblem(400, "invalid-value");
        }
        http.post("/v1/topics/t/publish", "{\"messages\":[{\"body\":\"first\"},{\"partition\":3}]}")
                .expectProblem(404, "partition-not-found");
        http.post("/v1/topics/none/publish", "{\"messages\":[{}]}").expectProblem(404, "topic-not-found");
        http.with("Millrace-Delay-Millis", "5")
                .send("POST", "/v1/topics/t/messages", "text/plain", "m".getBytes(UTF_8))
                .expectProblem(400, "invalid-value");
        http.with("Millrace-Partition", "first")
                .send("POST", "/v1/topics/t/messages", "text/plain", "m".getBytes(UTF_8))
                .expectProblem(400, "invalid-value");
        http.post("/v1/queues/q/publish", "{\"messages\":[{\"partition\":0}]}").expectProblem(400, "invalid-value");
        for (int partition = 0; partition < 3; partition++) {
            assertThat(bodies(partition)).isEmpty();
        }
    }

    @Test
    void aMessageThatIsTooLargeIsRefused() {
        http.put("/v1/topics/small", "{\"messageBytesMax\":4}").expect(201);
        http.send("POST", "/v1/topics/small/messages", "text/plain", "12345".getBytes(UTF_8))
                .expectProblem(413, "message-too-large");
        http.post("/v1/topics/small/publish", "{\"messages\":[{\"body\":\"1\"},{\"body\":\"12345\"}]}")
                .expectProblem(413, "message-too-large");
    }

    @Test
    void aDuplicateIsAnsweredWithThePlaceOfTheFirst() {
        String message = "[{\"body\":\"m\",\"deduplicationId\":\"once\"}]";
        JsonNode first = publish(http, message).get(0);
        JsonNode second = publish(http, message).get(0);

        assertThat(first.has("duplicate")).isFalse();
        assertThat(second.get("duplicate").booleanValue()).isTrue();
        assertThat(second.get("id")).isEqualTo(first.get("id"));
        assertThat(second.get("partition")).isEqualTo(first.get("partition"));
    }

    @Test
    void aTransactionPublishesToTopicsAndQueues() {
        JsonNode done = http.post(
                        "/v1/transactions",
                        "{\"publish\":[{\"messages\":[{\"key\":\"a\",\"body\":\"1\"},{\"body\":\"2\",\"partition\":2}],"
                                + "\"topic\":\"t\"},{\"queue\":\"q\",\"messages\":[{\"body\":\"3\",\"priority\":4}]}]}")
                .expect(200)
                .json()
                .get("published");

        assertThat(done.at("/0/topic").textValue()).isEqualTo("t");
        assertThat(done.at("/0/messages/1/partition").intValue()).isEqualTo(2);
        assertThat(bodies(2)).contains("2");
        assertThat(done.at("/1/ids")).hasSize(1);
        assertThat(bodies(receive("{}"))).containsExactly("3");
        for (String wrong : List.of(
                "{\"topic\":\"t\",\"queue\":\"q\",\"messages\":[{}]}",
                "{\"topic\":\"t\",\"messages\":[{\"delayMillis\":1}]}",
                "{\"queue\":\"q\",\"messages\":[{\"partition\":0}]}")) {
            http.post("/v1/transactions", "{\"publish\":[" + wrong + "]}").expectProblem(400, "invalid-value");
        }
        http.post("/v1/transactions", "{\"publish\":[{\"topic\":\"t\",\"messages\":[{\"partition\":9}]}]}")
                .expectProblem(404, "partition-not-found");
        http.post("/v1/transactions", "{\"publish\":[{\"messages\":[{}]}]}").expectProblem(400, "malformed-json");
    }

    @Test
    void exchangesAndSchedulesLeadToIt() {
        http.put("/v1/exchanges/x", "{\"type\":\"fanout\"}").expect(201);
        JsonNode binding = http.post("/v1/exchanges/x/bindings", "{\"topic\":\"t\"}")
                .expect(201)
                .json();
        assertThat(binding.get("topic").textValue()).isEqualTo("t");
        http.post("/v1/exchanges/x/bindings", "{\"topic\":\"none\"}").expectProblem(404, "topic-not-found");
        http.post("/v1/exchanges/x/bindings", "{\"topic\":\"t\",\"queue\":\"q\"}")
                .expectProblem(400, "invalid-value");

        JsonNode routed = http.post("/v1/exchanges/x/publish", "{\"messages\":[{\"key\":\"a\",\"priority\":3}]}")
                .expect(201)
                .json();
        assertThat(routed.at("/messages/0/queues")).isEmpty();
        assertThat(routed.at("/messages/0/topics/0/topic").textValue()).isEqualTo("t");

        String schedule =
                "{\"everyMillis\":3153600000000,\"topic\":\"t\",\"message\":{\"body\":\"tick\",\"key\":\"a\"}}";
        http.put("/v1/schedules/s", schedule).expect(201);
        assertThat(http.get("/v1/schedules/s").json().get("topic").textValue()).isEqualTo("t");
        http.put("/v1/schedules/late", schedule.replace("\"key\"", "\"delayMillis\":5,\"key\""))
                .expectProblem(400, "invalid-value");
        http.post("/v1/schedules/s/fire", "").expect(201);
        assertThat(bodies(routed.at("/messages/0/topics/0/partition").intValue()))
                .containsExactly("", "tick");
        http.post("/v1/exchanges/x/unbind", "{\"topic\":\"t\"}").expect(204);
        http.post("/v1/exchanges/x/publish", "{\"messages\":[{}]}").expect(200);
    }

    @Test
    void whoMayWhatIsAskedForTopicsAndNotForQueues() {
        rig.addUser("root", "secret", true);
        rig.addUser("ann", "secret", false, allow(ResourceKind.TOPIC, Action.PUBLISH));
        rig.addUser("bob", "secret", false, allow(ResourceKind.TOPIC, Action.CONSUME));
        rig.addUser("eve", "secret", false, allow(ResourceKind.QUEUE, Action.PUBLISH, Action.CONSUME, Action.CREATE));
        Http ann = http.as("ann", "secret");
        Http bob = http.as("bob", "secret");
        Http eve = http.as("eve", "secret");
        String read = "/v1/topics/t/partitions/0/messages";

        publish(ann, "[{\"body\":\"m\",\"partition\":0}]");
        ann.get(read).expectProblem(403, "forbidden");
        ann.get("/v1/topics/t").expectProblem(403, "forbidden");
        assertThat(ann.get("/v1/topics").expect(200).json().get("topics")).isEmpty();
        bob.get(read).expect(200);
        bob.post("/v1/topics/t/publish", "{\"messages\":[{}]}").expectProblem(403, "forbidden");
        bob.delete("/v1/topics/t").expectProblem(403, "forbidden");
        eve.get(read).expectProblem(403, "forbidden");
        eve.put("/v1/topics/u", "").expectProblem(403, "forbidden");
        eve.post("/v1/topics/t/publish", "{\"messages\":[{}]}").expectProblem(403, "forbidden");
        eve.post("/v1/transactions", "{\"publish\":[{\"topic\":\"t\",\"messages\":[{}]}]}")
                .expectProblem(403, "forbidden");
        eve.get("/v1/topics/none").expectProblem(403, "forbidden");
        eve.get("/v1/queues/q/log").expectProblem(403, "forbidden");
    }

    private static Statement allow(ResourceKind kind, Action... actions) {
        return Statement.allow(List.of(actions), kind, SpaceScope.every(), NamePattern.any());
    }

    @Test
    void figuresAreThoseOfPartitions() {
        publish(http, "[{\"body\":\"m\",\"partition\":1},{\"body\":\"n\",\"partition\":1}]");
        String page = http.get("/metrics").expect(200).text();

        assertThat(page)
                .contains("millrace_topics 1.0")
                .contains("millrace_topic_published_total{partition=\"1\",space=\"root\",topic=\"t\"} 2.0")
                .contains("millrace_topic_end_offset{partition=\"1\",space=\"root\",topic=\"t\"} 2.0")
                .contains("millrace_topic_end_offset{partition=\"0\",space=\"root\",topic=\"t\"} 0.0")
                .contains("millrace_topic_earliest_offset{partition=\"1\",space=\"root\",topic=\"t\"} 0.0");
    }
}
