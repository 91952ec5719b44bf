package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.RawConnection;
import io.millrace.api.Until;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions and queues, read in the order of their offsets. */
class LogReadRoutesTest extends RigTest {
    private static final String READ = "/v1/topics/t/partitions/0/messages";

    @BeforeEach
    void makeTopic() {
        http.put("/v1/topics/t", "").expect(201);
    }

    private void publishAll(String... bodies) {
        StringBuilder json = new StringBuilder();
        for (String body : bodies) {
            json.append(json.isEmpty() ? "" : ",")
                    .append("{\"key\":\"k\",\"contentType\":\"a/b\",\"headers\":{\"n\":1},\"body\":\"")
                    .append(body)
                    .append("\"}");
        }
        http.post("/v1/topics/t/publish", "{\"messages\":[" + json + "]}").expect(201);
    }

    private JsonNode read(String query) {
        return http.get(READ + query).expect(200).json();
    }

    private static List<String> bodiesOf(JsonNode answer) {
        return bodies(list(answer.get("messages")));
    }

    private JsonNode partition() {
        return http.get("/v1/topics/t").expect(200).json().at("/stats/0");
    }

    @Test
    void messagesComeInTheirOrderWithAllThatWasSaidOfThem() {
        publishAll("a", "b", "c");
        JsonNode answer = read("");

        assertThat(bodiesOf(answer)).containsExactly("a", "b", "c");
        JsonNode second = answer.at("/messages/1");
        assertThat(second.get("offset").longValue()).isEqualTo(1);
        assertThat(second.get("key").textValue()).isEqualTo("k");
        assertThat(second.get("contentType").textValue()).isEqualTo("a/b");
        assertThat(second.at("/headers/n").intValue()).isEqualTo(1);
        assertThat(second.get("publishedMillis").longValue()).isPositive();
        assertThat(answer.get("nextOffset").longValue()).isEqualTo(3);
        assertThat(answer.get("earliestOffset").longValue()).isZero();
        assertThat(answer.get("endOffset").longValue()).isEqualTo(3);
        // It is there for the next reader, too, and after a restart.
        assertThat(read("")).isEqualTo(answer);
    }

    @Test
    void aReadBeginsWhereItSaysAndEndsWhereItIsFull() throws IOException {
        publishAll("a", "b", "c", "d");
        publishAll("e");

        assertThat(bodiesOf(read("?from=earliest&limit=2"))).containsExactly("a", "b");
        JsonNode inside = read("?from=1&limit=2");
        assertThat(bodiesOf(inside)).containsExactly("b", "c");
        assertThat(inside.get("nextOffset").longValue()).isEqualTo(3);
        assertThat(bodiesOf(read("?from=3"))).containsExactly("d", "e");
        JsonNode small = read("?from=2&bytesMax=1");
        assertThat(bodiesOf(small)).containsExactly("c");
        assertThat(small.get("nextOffset").longValue()).isEqualTo(3);
        JsonNode latest = read("?from=latest");
        assertThat(bodiesOf(latest)).isEmpty();
        assertThat(latest.get("nextOffset").longValue()).isEqualTo(5);
        rig.restart();
        http = rig.http();
        assertThat(bodiesOf(read("?from=1"))).containsExactly("b", "c", "d", "e");
    }

    @Test
    void aReadBeginsAtATime() {
        publishAll("a");
        rig.time().pass(Duration.ofHours(1));
        String later = Instant.ofEpochMilli(rig.time().epochMillis()).toString();
        publishAll("b");
        rig.time().pass(Duration.ofHours(1));
        String latest = Instant.ofEpochMilli(rig.time().epochMillis()).toString();

        assertThat(bodiesOf(read("?from=" + later))).containsExactly("b");
        assertThat(bodiesOf(read("?from=2001-01-01T00:00:00Z"))).containsExactly("a", "b");
        JsonNode none = read("?from=" + latest);
        assertThat(bodiesOf(none)).isEmpty();
        assertThat(none.get("nextOffset").longValue()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=first",
                "from=-1",
                "from=2027-01-31",
                "from=99999999999999999999",
                "limit=0",
                "limit=100000",
                "bytesMax=0",
                "waitMillis=-1",
                "waitMillis=600000"
            })
    void aQueryThatIsWrongIsRefused(String query) {
        http.get(READ + "?" + query).expectProblem(400, "invalid-value");
    }

    @Test
    void aPartitionThatIsNotThereIsSaid() {
        for (String partition : List.of("1", "-1", "x", "99999999999")) {
            http.get("/v1/topics/t/partitions/" + partition + "/messages").expectProblem(404, "partition-not-found");
        }
        http.get("/v1/topics/none/partitions/0/messages").expectProblem(404, "topic-not-found");
        http.get("/v1/queues/none/log").expectProblem(404, "queue-not-found");
    }

    @Test
    void anOffsetOutsideIsToldWhatThereIs() {
        publishAll("a");
        JsonNode problem = http.get(READ + "?from=7")
                .expectProblem(409, "offset-out-of-range")
                .json();

        assertThat(problem.get("earliestOffset").longValue()).isZero();
        assertThat(problem.get("endOffset").longValue()).isEqualTo(1);
    }

    @Test
    void aWaitEndsWithAMessage() {
        publishAll("before");
        CompletableFuture<Http.Answer> waiting =
                http.sendAsync("GET", READ + "?from=latest&waitMillis=30000", null, null);
        Until.holds(() -> partition().get("waitingReads").intValue() == 1);

        publishAll("after");

        assertThat(bodiesOf(waiting.join().expect(200).json())).containsExactly("after");
        assertThat(partition().get("waitingReads").intValue()).isZero();
    }

    @Test
    void aWaitForATimeThatHasNotComeEndsWithTheFirstMessage() {
        publishAll("before");
        CompletableFuture<Http.Answer> waiting =
                http.sendAsync("GET", READ + "?from=2999-01-01T00:00:00Z&waitMillis=30000", null, null);
        Until.holds(() -> partition().get("waitingReads").intValue() == 1);
        publishAll("after");

        assertThat(bodiesOf(waiting.join().expect(200).json())).containsExactly("after");
    }

    @Test
    void aWaitEndsWhenItsClientGoes() {
        try (RawConnection connection = RawConnection.to(http.address())) {
            connection.send("GET " + READ + "?waitMillis=30000 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Until.holds(() -> partition().get("waitingReads").intValue() == 1);
        }
        Until.holds(() -> partition().get("waitingReads").intValue() == 0);
    }

    @Test
    void aWaitEndsWithTheTopic() {
        CompletableFuture<Http.Answer> waiting = http.sendAsync("GET", READ + "?waitMillis=30000", null, null);
        Until.holds(() -> partition().get("waitingReads").intValue() == 1);
        http.delete("/v1/topics/t").expect(204);

        waiting.join().expectProblem(404, "topic-not-found");
    }

    @Test
    void aDoorThatClosesAnswersThoseWhoWaitWithWhereToGoOn() {
        publishAll("a", "b");
        CompletableFuture<Http.Answer> waiting =
                http.sendAsync("GET", READ + "?from=latest&waitMillis=30000", null, null);
        Until.holds(() -> partition().get("waitingReads").intValue() == 1);
        var closed = rig.door().beginClose();

        JsonNode answer = waiting.join().expect(200).json();
        assertThat(answer.get("messages")).isEmpty();
        assertThat(answer.get("nextOffset").longValue()).isEqualTo(2);
        closed.join();
    }

    @Test
    void aQueueIsReadAsAStreamWithGaps() {
        for (String body : List.of("a", "b", "c", "d", "e")) {
            publish(body);
        }
        List<JsonNode> taken = receive("{\"max\":4}");
        settle(taken.get(0), "acknowledge");
        settle(taken.get(2), "acknowledge");

        JsonNode answer = http.get("/v1/queues/q/log?from=0").expect(200).json();
        assertThat(bodiesOf(answer)).containsExactly("b", "d", "e");
        assertThat(answer.get("earliestOffset").longValue()).isEqualTo(1);
        assertThat(answer.get("nextOffset").longValue()).isEqualTo(5);
        assertThat(stats().get("leased").intValue()).isEqualTo(2);
    }

    @Test
    void anEntryOfWhichSomeAreSettledShowsTheOthers() {
        http.post("/v1/queues/q/publish", "{\"messages\":[{\"body\":\"a\"},{\"body\":\"b\"},{\"body\":\"c\"}]}")
                .expect(201);
        List<JsonNode> taken = receive("{\"max\":2}");
        settle(taken.get(1), "acknowledge");

        assertThat(bodiesOf(http.get("/v1/queues/q/log").json())).containsExactly("a", "c");
    }
}
