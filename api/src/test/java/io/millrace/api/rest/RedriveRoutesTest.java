package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.Until;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages moved out of a queue again, over HTTP. Messages of the queue q that are rejected go to the queue dead. */
class RedriveRoutesTest extends RigTest {
    private static final String ALL = "/v1/queues/dead/redrive";

    @BeforeEach
    void letDie() {
        http.put("/v1/queues/dead", "").expect(201);
        http.put("/v1/queues/other", "").expect(201);
        http.patch("/v1/queues/q", "{\"deadLetterQueue\":\"dead\"}").expect(200);
    }

    private String kill(String body) {
        long before = ready("dead");
        String id = publish(body);
        settle(receiveOne(), "reject");
        Until.holds(() -> ready("dead") > before);
        return id;
    }

    private long ready(String queue) {
        return http.get("/v1/queues/" + queue)
                .expect(200)
                .json()
                .at("/stats/ready")
                .longValue();
    }

    private JsonNode redrive(Http as, String json) {
        String path = ALL + "/"
                + as.post(ALL, json.replace('\'', '"'))
                        .expect(202)
                        .json()
                        .get("id")
                        .textValue();
        Until.holds(
                () -> !as.get(path).expect(200).json().get("state").textValue().equals("running"));
        return as.get(path).json();
    }

    private List<JsonNode> messages(String queue) {
        return list(
                http.get("/v1/queues/" + queue + "/messages").expect(200).json().get("messages"));
    }

    @Test
    void theyGoBackWithTheirIdsAndHistory() {
        String id = kill("a");
        kill("b");

        JsonNode ended = redrive(http, "{}");

        assertThat(ended.get("state").textValue()).isEqualTo("done");
        assertThat(ended.get("total").longValue()).isEqualTo(2);
        assertThat(ended.get("moved").longValue()).isEqualTo(2);
        assertThat(ended.get("endedMillis").longValue())
                .isGreaterThanOrEqualTo(ended.get("beganMillis").longValue());
        assertThat(ended.has("to") || ended.has("error") || ended.has("ratePerSecond"))
                .isFalse();
        assertThat(bodies(messages("q"))).containsExactly("a", "b");
        assertThat(messages("q").get(0).get("id").textValue()).isEqualTo(id);
        assertThat(messages("q").get(0).at("/deaths/0/reason").textValue()).isEqualTo("rejected");
        assertThat(messages("dead")).isEmpty();
    }

    @Test
    void aFilterATargetAndAnIdAreTakenAndShown() {
        String id = kill("a");
        kill("b");

        assertThat(redrive(http, "{'to':'other','message':'" + id + "'}")
                        .get("message")
                        .textValue())
                .isEqualTo(id);
        assertThat(bodies(messages("other"))).containsExactly("a");
        JsonNode none = redrive(http, "{'filter':'color IS NOT NULL','ratePerSecond':5}");
        assertThat(none.get("filter").textValue()).isEqualTo("color IS NOT NULL");
        assertThat(none.get("ratePerSecond").intValue()).isEqualTo(5);
        assertThat(none.get("moved").intValue()).isZero();
        JsonNode known = http.get(ALL).expect(200).json().get("redrives");
        assertThat(list(known).stream().map(each -> each.get("id").textValue())).containsExactly("2", "1");
    }

    @Test
    void aTopicCanBeTheTarget() {
        http.put("/v1/topics/later", "{\"partitions\":1}").expect(201);
        String id = kill("a");

        JsonNode ended = redrive(http, "{'toTopic':'later'}");

        assertThat(ended.get("toTopic").textValue()).isEqualTo("later");
        assertThat(ended.has("to")).isFalse();
        assertThat(ended.get("moved").intValue()).isEqualTo(1);
        JsonNode read = http.get("/v1/topics/later/partitions/0/messages")
                .expect(200)
                .json()
                .at("/messages/0");
        assertThat(read.get("id").textValue()).isEqualTo(id);
        assertThat(read.at("/deaths/0/queue").textValue()).isEqualTo("q");
        assertThat(messages("dead")).isEmpty();
    }

    @Test
    void oneAtATimeAndItCanBeCancelled() {
        for (String each : new String[] {"a", "b", "c"}) {
            kill(each);
        }
        String id = http.post(ALL, "{\"ratePerSecond\":1}")
                .expect(202)
                .json()
                .get("id")
                .textValue();

        Http.Answer second = http.post(ALL, "{}").expectProblem(409, "redrive-running");
        assertThat(second.json().get("retryable").booleanValue()).isTrue();
        http.delete(ALL + "/" + id).expect(202);

        Until.holds(
                () -> http.get(ALL + "/" + id).json().get("state").textValue().equals("cancelled"));
        assertThat(ready("dead") + ready("q")).isEqualTo(3);
        http.delete(ALL + "/" + id).expect(202);
        http.get(ALL + "/7").expectProblem(404, "redrive-not-found");
        http.get("/v1/queues/q/redrive/" + id).expectProblem(404, "redrive-not-found");
    }

    @Test
    void whatIsWrongIsRefused() {
        http.post(ALL, "{\"to\":\"none\"}").expectProblem(404, "queue-not-found");
        http.post(ALL, "{\"to\":\"dead\"}").expectProblem(400, "invalid-value");
        http.post(ALL, "{\"to\":\"\"}").expectProblem(400, "invalid-value");
        http.post(ALL, "{\"toTopic\":\"none\"}").expectProblem(404, "topic-not-found");
        http.post(ALL, "{\"toTopic\":\"q\",\"to\":\"q\"}").expectProblem(400, "invalid-value");
        http.post(ALL, "{\"filter\":\"color =\"}").expectProblem(400, "invalid-value");
        http.post(ALL, "{\"message\":\"x\"}").expectProblem(400, "invalid-value");
        http.post(ALL, "{\"ratePerSecond\":1000001}").expectProblem(400, "invalid-value");
        http.post("/v1/queues/none/redrive", "{}").expectProblem(404, "queue-not-found");
        assertThat(http.get(ALL).json().get("redrives")).isEmpty();
    }

    @Test
    void nothingIsMovedWhereWhoAsksMayNotPublish() {
        kill("a");
        rig.addUser("admin", "secret", true);
        rig.addUser("ada", "secret", false);
        Http admin = http.as("admin", "secret");
        Http ada = http.as("ada", "secret");
        ada.post(ALL, "{}").expectProblem(403, "forbidden");
        ada.get(ALL).expectProblem(403, "forbidden");
        allow(admin, statement("consume", "dead"));

        JsonNode ended = redrive(ada, "{}");
        assertThat(ended.get("moved").intValue()).isZero();
        assertThat(ended.get("passedOver").intValue()).isEqualTo(1);
        ada.post(ALL, "{\"to\":\"other\"}").expectProblem(403, "forbidden");
        ada.post(ALL, "{\"toTopic\":\"other\"}").expectProblem(403, "forbidden");

        allow(admin, statement("consume", "dead") + "," + statement("publish", "q"));
        assertThat(redrive(ada, "{}").get("moved").intValue()).isEqualTo(1);
    }

    private static void allow(Http admin, String statements) {
        admin.put("/v1/users/ada", "{\"statements\":[" + statements + "]}").expect(200);
    }

    private static String statement(String action, String queue) {
        return "{\"effect\":\"allow\",\"actions\":[\"" + action + "\"],\"kind\":\"queue\",\"space\":\"root\","
                + "\"pattern\":{\"literal\":\"" + queue + "\"}}";
    }
}
