package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that are rejected, were delivered often enough or expire, and the queue that they go to. */
class DeadLetterRouteTest extends RigTest {
    private static final String ALL = "{\"max\":100}";

    @BeforeEach
    void makeQueues() {
        http.put("/v1/queues/dead", "").expect(201);
        configure("{'deadLetterQueue':'dead','deliveriesMax':2}").expect(200);
    }

    private Http.Answer configure(String json) {
        return http.patch("/v1/queues/q", json.replace('\'', '"'));
    }

    private List<JsonNode> letters() {
        return list(http.post("/v1/queues/dead/receive", "{\"max\":100,\"waitMillis\":20000}")
                .expect(200)
                .json()
                .get("messages"));
    }

    private JsonNode settleWith(JsonNode message, String action, String error) {
        String json = "{\"settle\":[{\"lease\":\"" + message.get("lease").textValue() + "\",\"action\":\"" + action
                + "\",\"error\":\"" + error + "\"}]}";
        return http.post("/v1/queues/q/settle", json).expect(200).json().at("/results/0");
    }

    @Test
    void aRejectedMessageIsFoundThereWithWhatItWentThrough() {
        String id = publish("order");

        assertThat(settleWith(receive(ALL).get(0), "reject", "größer als erlaubt")
                        .get("done")
                        .booleanValue())
                .isTrue();

        JsonNode letter = letters().get(0);
        assertThat(letter.get("id").textValue()).isEqualTo(id);
        assertThat(letter.get("body").textValue()).isEqualTo("order");
        assertThat(letter.get("deliveryCount").intValue()).isEqualTo(1);
        assertThat(letter.get("firstPublishedMillis").longValue())
                .isLessThanOrEqualTo(letter.get("publishedMillis").longValue());
        JsonNode death = letter.at("/deaths/0");
        assertThat(death.get("queue").textValue()).isEqualTo("q");
        assertThat(death.get("reason").textValue()).isEqualTo("rejected");
        assertThat(death.get("error").textValue()).isEqualTo("größer als erlaubt");
        assertThat(death.get("count").intValue()).isEqualTo(1);
        assertThat(death.get("deliveryCount").intValue()).isEqualTo(1);
        assertThat(death.get("firstDeliveryMillis").longValue()).isPositive();
        assertThat(death.get("lastMillis").longValue()).isPositive();
        assertThat(stats().get("rejected").intValue()).isEqualTo(1);
        assertThat(stats().get("deadLetters").intValue()).isEqualTo(1);
        // A look shows the same.
        assertThat(http.get("/v1/queues/dead/messages").json().at("/messages/0/deaths"))
                .isEqualTo(letter.get("deaths"));
        assertThat(http.get("/v1/queues/dead/messages")
                        .json()
                        .at("/messages/0/id")
                        .textValue())
                .isEqualTo(id);
    }

    @Test
    void aMessageIsDeliveredAsOftenAsItsQueueSays() {
        publish("order");
        settleWith(receive(ALL).get(0), "release", "first");
        settleWith(receive(ALL).get(0), "release", "second");

        JsonNode death = letters().get(0).at("/deaths/0");

        assertThat(death.get("reason").textValue()).isEqualTo("deliveries");
        assertThat(death.get("error").textValue()).isEqualTo("second");
        assertThat(death.get("deliveryCount").intValue()).isEqualTo(2);
        assertThat(receive(ALL)).isEmpty();
    }

    @Test
    void anExpiredMessageGoesThere() {
        http.post("/v1/queues/q/publish", "{\"messages\":[{\"body\":\"a\",\"timeToLiveMillis\":1}]}")
                .expect(201);

        JsonNode death = letters().get(0).at("/deaths/0");

        assertThat(death.get("reason").textValue()).isEqualTo("expired");
        assertThat(death.has("error")).isFalse();
        assertThat(death.has("firstDeliveryMillis")).isFalse();
    }

    @Test
    void theSettingsAreShownAndCanBeEnded() {
        JsonNode settings = http.get("/v1/queues/q").json().get("settings");
        assertThat(settings.get("deadLetterQueue").textValue()).isEqualTo("dead");
        assertThat(settings.get("deliveriesMax").intValue()).isEqualTo(2);
        assertThat(settings.get("deadLetterExpired").booleanValue()).isTrue();
        assertThat(configure("{'deadLetterExpired':false}")
                        .expect(200)
                        .json()
                        .at("/settings/deliveriesMax")
                        .intValue())
                .isEqualTo(2);

        JsonNode ended = configure("{'deadLetterQueue':''}").expect(200).json().get("settings");

        assertThat(ended.has("deadLetterQueue")).isFalse();
        assertThat(ended.has("deliveriesMax")).isFalse();
        publish("order");
        settleWith(receive(ALL).get(0), "reject", "x");
        assertThat(stats().get("rejected").intValue()).isEqualTo(1);
        assertThat(stats().get("deadLetters").intValue()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'deadLetterQueue':'nobody'}               | there is no queue nobody",
                "{'deadLetterQueue':'q'}                    | leads back to queue q",
                "{'deadLetterTopic':'nobody'}               | there is no topic nobody",
                "{'deadLetterTopic':'q'}                    | there is no topic q",
                "{'deadLetterTopic':'..'}                   | is a dot segment",
                "{'deadLetterQueue':'dead','deadLetterTopic':'t'} | not both",
                "{'deadLetterQueue':'','deliveriesMax':3}   | deliveriesMax needs a deadLetterQueue",
                "{'deadLetterQueue':'','deadLetterExpired':true} | deadLetterExpired needs a deadLetterQueue",
                "{'deliveriesMax':-1}                       | deliveriesMax",
                "{'deliveriesMax':1000001}                  | deliveriesMax",
            })
    void whatCannotBeIsRefused(String json, String why) {
        assertThat(configure(json).expect(400).json().get("detail").textValue()).contains(why);
    }

    @Test
    void theyGoToATopicIfThatIsSetInstead() {
        http.put("/v1/topics/letters", "{\"partitions\":1}").expect(201);
        JsonNode settings =
                configure("{'deadLetterTopic':'letters'}").expect(200).json().get("settings");
        assertThat(settings.get("deadLetterTopic").textValue()).isEqualTo("letters");
        assertThat(settings.has("deadLetterQueue")).isFalse();
        assertThat(settings.get("deliveriesMax").intValue()).isEqualTo(2);
        String id = publish("order");

        settleWith(receive(ALL).get(0), "reject", "no such customer");

        JsonNode read = http.get("/v1/topics/letters/partitions/0/messages?waitMillis=20000")
                .expect(200)
                .json()
                .at("/messages/0");
        assertThat(read.get("id").textValue()).isEqualTo(id);
        assertThat(read.get("body").textValue()).isEqualTo("order");
        assertThat(read.get("offset").longValue()).isZero();
        assertThat(read.at("/deaths/0/queue").textValue()).isEqualTo("q");
        assertThat(read.at("/deaths/0/reason").textValue()).isEqualTo("rejected");
        assertThat(read.at("/deaths/0/error").textValue()).isEqualTo("no such customer");
        http.delete("/v1/topics/letters").expectProblem(409, "topic-referenced");
    }

    @Test
    void whoSetsAQueueOrATopicTakesAwayTheOther() {
        http.put("/v1/topics/letters", "").expect(201);
        configure("{'deadLetterTopic':'letters'}").expect(200);

        // What is of the other kind stays.
        assertThat(configure("{'deadLetterQueue':''}").expect(200).json().at("/settings/deadLetterTopic"))
                .hasToString("\"letters\"");
        assertThat(configure("{'deadLetterQueue':'dead','deadLetterTopic':''}")
                        .expect(200)
                        .json()
                        .at("/settings/deadLetterTopic")
                        .isMissingNode())
                .isTrue();
        configure("{'deadLetterTopic':'letters'}").expect(200);
        JsonNode ended = configure("{'deadLetterTopic':''}").expect(200).json().get("settings");
        assertThat(ended.has("deadLetterTopic") || ended.has("deadLetterQueue") || ended.has("deliveriesMax"))
                .isFalse();
        http.delete("/v1/topics/letters").expect(204);
    }

    @Test
    void whoSetsOneHasToBeAllowedToPublishThere() {
        http.put("/v1/topics/letters", "").expect(201);
        rig.addUser("admin", "secret", true);
        rig.addUser("ada", "secret", false);
        http.as("admin", "secret")
                .put(
                        "/v1/users/ada",
                        "{\"statements\":[{\"effect\":\"allow\",\"actions\":[\"configure\"],\"kind\":\"queue\","
                                + "\"space\":\"root\",\"pattern\":{\"literal\":\"q\"}}]}")
                .expect(200);
        Http ada = http.as("ada", "secret");

        ada.patch("/v1/queues/q", "{\"deadLetterTopic\":\"letters\"}").expectProblem(403, "forbidden");
        ada.patch("/v1/queues/q", "{\"deadLetterQueue\":\"other\"}").expectProblem(403, "forbidden");
        // What is there already is not asked for.
        ada.patch("/v1/queues/q", "{\"deliveriesMax\":3}").expect(200);
    }

    @Test
    void theQueueForThemCannotBeRemoved() {
        JsonNode problem = http.delete("/v1/queues/dead").expect(409).json();

        assertThat(problem.get("type").textValue()).isEqualTo("/v1/problems/queue-referenced");
        configure("{'deadLetterQueue':''}").expect(200);
        http.delete("/v1/queues/dead").expect(204);
    }

    @Test
    void anErrorIsCutWhereACharacterEndsAndGoesWithNothingElse() {
        publish("order");
        JsonNode message = receive(ALL).get(0);
        String lease = message.get("lease").textValue();
        http.post(
                        "/v1/queues/q/settle",
                        "{\"settle\":[{\"lease\":\"" + lease + "\",\"action\":\"acknowledge\",\"error\":\"x\"}]}")
                .expect(400);

        settleWith(message, "reject", "x" + "ü".repeat(600));

        assertThat(letters().get(0).at("/deaths/0/error").textValue()).isEqualTo("x" + "ü".repeat(511));
    }
}
