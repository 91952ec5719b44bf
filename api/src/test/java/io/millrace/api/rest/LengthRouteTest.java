package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a queue may get, and what whoever publishes hears of it. */
class LengthRouteTest extends RigTest {
    private Http.Answer configure(String json) {
        return http.patch("/v1/queues/q", json.replace('\'', '"'));
    }

    private Http.Answer tryPublish(String body) {
        return http.post("/v1/queues/q/publish", "{\"messages\":[{\"body\":\"" + body + "\"}]}");
    }

    private List<String> bodies(String queue) {
        JsonNode looked =
                http.get("/v1/queues/" + queue + "/messages").expect(200).json();
        return list(looked.get("messages")).stream()
                .map(each -> each.get("body").textValue())
                .toList();
    }

    @Test
    void aFullQueueRefusesWithAProblemThatSaysWhatHelps() {
        configure("{'lengthMax':1}").expect(200);
        publish("a");

        JsonNode problem = tryPublish("b").expectProblem(409, "queue-full").json();

        assertThat(problem.get("detail").textValue()).contains("queue q").contains("lengthMax");
        assertThat(problem.get("retryable").booleanValue()).isTrue();
        assertThat(stats().get("refused").intValue()).isEqualTo(1);
        assertThat(bodies("q")).containsExactly("a");
        configure("{'lengthMax':2}").expect(200);
        tryPublish("b").expect(201);
    }

    @Test
    void severalMessagesOfOneRequestAreTakenOrRefusedTogether() {
        configure("{'lengthMax':2}").expect(200);

        http.post(
                        "/v1/queues/q/publish",
                        "{\"messages\":[{\"body\":\"a\"},{\"body\":\"b\",\"priority\":1},{\"body\":\"c\"}]}")
                .expectProblem(409, "queue-full");

        assertThat(bodies("q")).isEmpty();
    }

    @Test
    void aTransactionIsRefusedAsAWhole() {
        http.put("/v1/queues/other", "").expect(201);
        configure("{'lengthMax':1}").expect(200);

        http.post(
                        "/v1/transactions",
                        ("{'publish':[{'queue':'q','messages':[{'body':'a'},{'body':'b'}]},"
                                        + "{'queue':'other','messages':[{'body':'c'}]}]}")
                                .replace('\'', '"'))
                .expectProblem(409, "queue-full");

        assertThat(bodies("q")).isEmpty();
        assertThat(bodies("other")).isEmpty();
    }

    @Test
    void theOldestGo() {
        configure("{'lengthMax':2,'overflow':'drop-oldest'}").expect(200);

        publish("a");
        publish("b");
        publish("c");

        assertThat(bodies("q")).containsExactly("b", "c");
        assertThat(stats().get("overflowed").intValue()).isEqualTo(1);
        assertThat(stats().get("deadLetters").intValue()).isZero();
    }

    @Test
    void theOldestBecomeDeadLetters() {
        http.put("/v1/queues/dead", "").expect(201);
        configure("{'lengthMax':1,'overflow':'dead-letter','deadLetterQueue':'dead'}")
                .expect(200);

        publish("a");
        publish("b");

        JsonNode letter = http.post("/v1/queues/dead/receive", "{\"waitMillis\":20000}")
                .expect(200)
                .json()
                .at("/messages/0");
        assertThat(letter.get("body").textValue()).isEqualTo("a");
        assertThat(letter.at("/deaths/0/reason").textValue()).isEqualTo("overflow");
        assertThat(letter.at("/deaths/0/deliveryCount").intValue()).isZero();
        assertThat(bodies("q")).containsExactly("b");
    }

    @Test
    void bytesAreThoseThatAreStored() {
        configure("{'lengthBytesMax':1000}").expect(200);
        publish("a");
        long one = stats().get("waitingBytes").longValue();
        assertThat(one).isBetween(40L, 80L);

        tryPublish("b".repeat((int) (1_000 - one))).expectProblem(409, "queue-full");

        tryPublish("b".repeat((int) (1_000 - 2 * one))).expect(201);
        assertThat(stats().get("waitingBytes").longValue()).isBetween(1_000 - one, 1_000L);
    }

    @Test
    void theSettingsAreShownAndCanBeEnded() {
        JsonNode plain = http.get("/v1/queues/q").json();
        assertThat(plain.get("settings").has("lengthMax")).isFalse();
        assertThat(plain.get("stats").has("waitingBytes")).isFalse();

        JsonNode settings = configure("{'lengthBytesMax':7,'overflow':'drop-oldest'}")
                .expect(200)
                .json()
                .get("settings");

        assertThat(settings.get("lengthMax").longValue()).isZero();
        assertThat(settings.get("lengthBytesMax").longValue()).isEqualTo(7);
        assertThat(settings.get("overflow").textValue()).isEqualTo("drop-oldest");
        JsonNode ended = configure("{'lengthBytesMax':0,'overflow':'reject'}")
                .expect(200)
                .json()
                .get("settings");
        assertThat(ended.has("overflow")).isFalse();
    }

    @Test
    void aQueueThatDeadLettersWhatIsTooMuchKeepsThePlaceForIt() {
        http.put("/v1/queues/dead", "").expect(201);
        configure("{'overflow':'dead-letter','deadLetterQueue':'dead'}").expect(200);

        configure("{'deadLetterQueue':''}").expectProblem(400, "invalid-value");

        configure("{'deadLetterQueue':'','overflow':'reject'}").expect(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'lengthMax':-1}                       | lengthMax",
                "{'lengthBytesMax':9007199254740992}    | lengthBytesMax",
                "{'overflow':'drop-newest'}             | overflow is reject, drop-oldest or dead-letter",
                "{'overflow':'dead-letter'}             | overflow dead-letter needs a deadLetterQueue",
            })
    void whatCannotBeIsRefused(String json, String why) {
        assertThat(configure(json).expect(400).json().get("detail").textValue()).contains(why);
    }
}
