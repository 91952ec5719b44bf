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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A subscription of a topic of several partitions as one queue, {@code topic::subscription}. */
@LeakCheck
class JoinedReceiveRouteTest {
    private static final String QUEUE = "/v1/queues/wide::s";
    private static final int PARTITIONS = 5;

    @TempDir
    Path directory;

    private Rig rig;
    private Http http;

    @BeforeEach
    void open() throws IOException {
        rig = Rig.open(directory, HttpLimits.DEFAULT);
        http = rig.http();
        http.put("/v1/topics/wide", "{\"partitions\":" + PARTITIONS + "}").expect(201);
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    private void subscribe(String settings) throws IOException {
        http.put("/v1/topics/wide/subscriptions/s", settings).expect(201);
    }

    private void publishToAll() throws IOException {
        for (int number = 0; number < PARTITIONS; number++) {
            publish(number, "m" + number);
        }
    }

    private void publish(int partition, String body) throws IOException {
        http.post(
                        "/v1/topics/wide/publish",
                        "{\"messages\":[{\"partition\":%d,\"body\":\"%s\"}]}".formatted(partition, body))
                .expect(201);
    }

    private JsonNode receive(String asked) throws IOException {
        return http.post(QUEUE + "/receive", asked).expect(200).json().get("messages");
    }

    private static List<String> texts(JsonNode messages, String field) {
        List<String> texts = new ArrayList<>();
        messages.forEach(each -> texts.add(each.get(field).textValue()));
        return texts;
    }

    private static String settlement(JsonNode messages, String action) {
        List<String> items = texts(messages, "lease").stream()
                .map(lease -> "{\"lease\":\"%s\",\"action\":\"%s\"}".formatted(lease, action))
                .toList();
        return "{\"settle\":[" + String.join(",", items) + "]}";
    }

    @Test
    void messagesOfAllPartitionsAreReceivedAndSettledUnderOneName() throws IOException {
        subscribe("");
        publishToAll();

        JsonNode messages = receive("{\"max\":10}");
        assertThat(texts(messages, "body")).containsExactlyInAnyOrder("m0", "m1", "m2", "m3", "m4");
        JsonNode shown = http.get(QUEUE).expect(200).json();
        assertThat(shown.get("name").textValue()).isEqualTo("wide::s");
        assertThat(shown.get("stats").get("leased").intValue()).isEqualTo(PARTITIONS);
        JsonNode results = http.post(QUEUE + "/settle", settlement(messages, "acknowledge"))
                .expect(200)
                .json()
                .get("results");
        assertThat(texts(results, "lease")).isEqualTo(texts(messages, "lease"));
        results.forEach(each -> assertThat(each.get("done").booleanValue()).isTrue());
        http.post(QUEUE + "/settle", settlement(messages, "acknowledge"))
                .expect(200)
                .json()
                .get("results")
                .forEach(each -> assertThat(each.get("error").textValue()).isEqualTo("lease_lost"));
        assertThat(http.post(QUEUE + "/settle", "{\"settle\":[{\"lease\":\"1-1-1\",\"action\":\"reject\"}]}")
                        .expect(200)
                        .json()
                        .get("results")
                        .get(0)
                        .get("error")
                        .textValue())
                .isEqualTo("lease_invalid");
        assertThat(http.get(QUEUE)
                        .expect(200)
                        .json()
                        .get("stats")
                        .get("acknowledged")
                        .intValue())
                .isEqualTo(PARTITIONS);
    }

    @Test
    void aReceiveWaitsInAllPartitionsAlsoInOnesThatAreAdded() throws Exception {
        subscribe("");
        CompletableFuture<JsonNode> waiting = receiveLater("{\"waitMillis\":20000}");
        publish(3, "late");
        assertThat(texts(waiting.get(), "body")).containsExactly("late");

        CompletableFuture<JsonNode> again = receiveLater("{\"waitMillis\":20000}");
        http.patch("/v1/topics/wide", "{\"partitions\":" + (PARTITIONS + 1) + "}")
                .expect(200);
        publish(PARTITIONS, "new");
        assertThat(texts(again.get(), "body")).containsExactly("new");
    }

    private CompletableFuture<JsonNode> receiveLater(String asked) {
        return CompletableFuture.supplyAsync(() -> {
            try (Http other = rig.http()) {
                return other.post(QUEUE + "/receive", asked).expect(200).json().get("messages");
            }
        });
    }

    @Test
    void aSelectorSelectsFromAllPartitions() throws IOException {
        subscribe("");
        for (int number = 0; number < PARTITIONS; number++) {
            http.post(
                            "/v1/topics/wide/publish",
                            "{\"messages\":[{\"partition\":%d,\"body\":\"red\",\"headers\":{\"color\":\"red\"}}]}"
                                    .formatted(number))
                    .expect(201);
            publish(number, "plain");
        }

        assertThat(texts(receive("{\"max\":10,\"selector\":\"color = 'red'\"}"), "body"))
                .hasSize(PARTITIONS)
                .containsOnly("red");
        assertThat(texts(receive("{\"max\":10}"), "body")).hasSize(PARTITIONS).containsOnly("plain");
    }

    @Test
    void aConsumerIsAttachedToAllPartitions() throws IOException {
        subscribe("{\"kind\":\"failover\"}");
        publishToAll();
        http.post(QUEUE + "/receive", "").expectProblem(409, "consumer-required");

        String id = http.post(QUEUE + "/consumers", "{\"priority\":7}")
                .expect(201)
                .json()
                .get("id")
                .textValue();
        assertThat(receive("{\"max\":10,\"consumer\":\"" + id + "\"}")).hasSize(PARTITIONS);
        http.post(QUEUE + "/consumers/" + id + "/renew", "").expect(200);
        String ofOne = http.post(QUEUE + "::1/consumers", "")
                .expect(201)
                .json()
                .get("id")
                .textValue();

        JsonNode listed = http.get(QUEUE + "/consumers").expect(200).json().get("consumers");
        assertThat(texts(listed, "id")).containsExactly(id, ofOne);
        assertThat(listed.get(0).get("leased").intValue()).isEqualTo(PARTITIONS);
        assertThat(listed.get(0).has("queue")).isFalse();
        assertThat(listed.get(1).get("queue").textValue()).isEqualTo("wide::s::1");
        http.post(QUEUE + "/receive", "{\"consumer\":\"" + ofOne + "\"}").expectProblem(404, "consumer-not-found");

        http.delete(QUEUE + "/consumers/" + id).expect(204);
        http.post(QUEUE + "/receive", "{\"consumer\":\"" + id + "\"}").expectProblem(404, "consumer-not-found");
        assertThat(http.get(QUEUE).expect(200).json().get("stats").get("ready").intValue())
                .isEqualTo(PARTITIONS);
    }

    @Test
    void anExclusiveConsumerGetsOnlyWhatItsSelectorSelects() throws IOException {
        subscribe("{\"kind\":\"exclusive\"}");
        publishToAll();
        String id = http.post(QUEUE + "/consumers", "{\"selector\":\"color = 'red'\"}")
                .expect(201)
                .json()
                .get("id")
                .textValue();

        assertThat(receive("{\"max\":10,\"consumer\":\"" + id + "\"}")).isEmpty();
    }

    @Test
    void aTransactionAcknowledgesUnderTheNameOfAll() throws IOException {
        subscribe("");
        http.put("/v1/queues/next", "").expect(201);
        publish(4, "m");
        String lease = receive("").get(0).get("lease").textValue();
        String asked =
                """
                {"acknowledge":[{"queue":"wide::s","lease":"%s"}],
                 "publish":[{"queue":"next","messages":[{"body":"done"}]}]}"""
                        .formatted(lease);

        http.post("/v1/transactions", asked).expect(200);
        http.post("/v1/transactions", asked).expectProblem(409, "lease-lost");

        assertThat(http.get(QUEUE).expect(200).json().get("stats").get("leased").intValue())
                .isZero();
    }

    @Test
    void aPurgeTakesTheMessagesOfAllPartitions() throws IOException {
        subscribe("");
        publishToAll();

        assertThat(http.post(QUEUE + "/purge", "")
                        .expect(200)
                        .json()
                        .get("purged")
                        .intValue())
                .isEqualTo(PARTITIONS);
        assertThat(receive("")).isEmpty();
    }

    @Test
    void whatIsAskedOfOnePartitionAtATimeNamesThem() throws IOException {
        subscribe("");
        assertThat(http.get(QUEUE + "/messages")
                        .expectProblem(400, "invalid-value")
                        .json()
                        .get("detail")
                        .textValue())
                .contains("wide::s::0 to wide::s::4");
        http.get(QUEUE + "::4/messages").expect(200);
    }
}
