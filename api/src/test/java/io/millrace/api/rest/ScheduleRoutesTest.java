package io.millrace.api.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.api.Http;
import io.millrace.api.Until;
import io.millrace.broker.schedule.ScheduledMessage;
import io.millrace.broker.security.Action;
import io.millrace.broker.security.NamePattern;
import io.millrace.broker.security.ResourceKind;
import io.millrace.broker.security.SpaceScope;
import io.millrace.broker.security.Statement;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules over HTTP: made, shown, changed, fired and removed. */
class ScheduleRoutesTest extends RigTest {
    private static final String HOURLY = "{\"everyMillis\":3600000,\"queue\":\"q\",\"message\":{\"body\":\"tick\"}}";

    @Test
    void aScheduleIsMadeOnceShownListedAndRemoved() throws IOException {
        http.put("/v1/exchanges/x", "{\"type\":\"fanout\"}").expect(201);
        String settings = "{\"cron\":\"0 9 * * mon-fri\",\"timeZone\":\"Europe/Berlin\",\"exchange\":\"x\","
                + "\"routingKey\":\"a.b\",\"missed\":\"each\",\"enabled\":false,\"message\":{\"bodyBase64\":\"AP8=\","
                + "\"key\":\"k\",\"contentType\":\"t\",\"correlationId\":\"c\",\"replyTo\":\"r\",\"messageId\":\"m\","
                + "\"group\":\"g\",\"priority\":1,\"delayMillis\":2,\"timeToLiveMillis\":3,"
                + "\"headers\":{\"a\":\"text\",\"b\":7,\"c\":1.5,\"d\":true,\"e\":{\"base64\":\"AQ==\"}}}}";
        JsonNode made = http.put("/v1/schedules/s", settings).expect(201).json();
        JsonNode said = Http.JSON.readTree(settings);
        said.fieldNames()
                .forEachRemaining(name -> assertThat(made.get(name)).as(name).isEqualTo(said.get(name)));
        assertThat(made.get("state").textValue()).isEqualTo("disabled");
        assertThat(made.has("lastMillis") || made.has("nextMillis") || made.has("failure"))
                .isFalse();

        http.put("/v1/schedules/s", settings).expect(200);
        http.put("/v1/schedules/s", "{\"missed\":\"each\"}").expect(200);
        http.put("/v1/schedules/s", "{\"missed\":\"skip\"}").expectProblem(409, "schedule-exists");
        http.put("/v1/schedules/t", HOURLY).expect(201);
        assertThat(http.get("/v1/schedules/s").expect(200).json()).isEqualTo(made);
        JsonNode page = http.get("/v1/schedules?limit=1").json();
        assertThat(page.get("schedules").findValuesAsText("name")).containsExactly("s");
        assertThat(page.at("/schedules/0").has("message")).isFalse();
        assertThat(page.get("next").textValue()).isEqualTo("s");
        assertThat(http.get("/v1/schedules?after=s&prefix=t").json().get("schedules"))
                .hasSize(1);
        rig.restart();
        http = rig.http();
        assertThat(http.get("/v1/schedules/s").expect(200).json()).isEqualTo(made);

        http.delete("/v1/schedules/s").expect(204);
        http.get("/v1/schedules/s").expectProblem(404, "schedule-not-found");
        http.delete("/v1/schedules/s").expectProblem(404, "schedule-not-found");
        http.patch("/v1/schedules/s", "{}").expectProblem(404, "schedule-not-found");
        http.send("POST", "/v1/schedules/s/fire", null, null).expectProblem(404, "schedule-not-found");
    }

    @Test
    void itFiresWhenItIsDueAlsoAfterARestart() throws IOException {
        long due = http.put("/v1/schedules/s", HOURLY)
                .expect(201)
                .json()
                .get("nextMillis")
                .longValue();

        rig.time().pass(Duration.ofMinutes(61));

        JsonNode message = receiveOne();
        assertThat(message.get("body").textValue()).isEqualTo("tick");
        assertThat(message.at("/headers/" + ScheduledMessage.NAME_HEADER).textValue())
                .isEqualTo("s");
        assertThat(message.at("/headers/" + ScheduledMessage.DUE_HEADER).longValue())
                .isEqualTo(due);
        settle(message, "acknowledge");
        rig.time().pass(Duration.ofHours(3));
        rig.restart();
        http = rig.http();
        message = receiveOne();
        assertThat(message.at("/headers/" + ScheduledMessage.DUE_HEADER).longValue())
                .as("one for all that were missed, or the last of them that was fired in time")
                .isGreaterThan(due);
    }

    @Test
    void aClockThatIsSetForwardIsNoticed() {
        http.put("/v1/schedules/s", HOURLY).expect(201);

        rig.time().setWall(Duration.ofMinutes(61));

        JsonNode message = receiveOne();
        assertThat(message.get("body").textValue()).isEqualTo("tick");
        settle(message, "acknowledge");
        rig.time().setWall(Duration.ofMinutes(-61));
        rig.time().pass(Duration.ofMinutes(59));
        assertThat(receive("{\"max\":9}")).isEmpty();
    }

    @Test
    void itFiresNow() {
        http.put("/v1/schedules/s", HOURLY).expect(201);

        JsonNode answer = http.send("POST", "/v1/schedules/s/fire", null, null)
                .expect(201)
                .json();

        assertThat(answer.at("/queues/0/queue").textValue()).isEqualTo("q");
        assertThat(receiveOne().get("id")).isEqualTo(answer.at("/queues/0/id"));
        http.put("/v1/exchanges/x", "{\"type\":\"fanout\"}").expect(201);
        http.patch("/v1/schedules/s", "{\"exchange\":\"x\"}").expect(200);
        http.send("POST", "/v1/schedules/s/fire", null, null).expect(200);
        assertThat(http.get("/v1/schedules/s").json().has("lastMillis")).isFalse();
    }

    @Test
    void whatIsChangedIsChangedAndTheRestStays() {
        JsonNode made = http.put(
                        "/v1/schedules/s", "{\"cron\":\"0 9 * * *\",\"queue\":\"q\",\"message\":{\"body\":\"b\"}}")
                .expect(201)
                .json();
        assertThat(made.get("timeZone").textValue()).isEqualTo("UTC");
        assertThat(made.get("missed").textValue()).isEqualTo("once");
        assertThat(made.get("state").textValue()).isEqualTo("active");

        JsonNode moved = http.patch("/v1/schedules/s", "{\"timeZone\":\"Asia/Tokyo\",\"missed\":\"skip\"}")
                .expect(200)
                .json();
        assertThat(moved.get("cron").textValue()).isEqualTo("0 9 * * *");
        assertThat(moved.get("timeZone").textValue()).isEqualTo("Asia/Tokyo");
        assertThat(moved.at("/message/body").textValue()).isEqualTo("b");
        JsonNode cron = http.patch("/v1/schedules/s", "{\"cron\":\"0 10 * * *\"}")
                .expect(200)
                .json();
        assertThat(cron.get("timeZone").textValue()).isEqualTo("Asia/Tokyo");
        JsonNode every = http.patch("/v1/schedules/s", "{\"everyMillis\":1000,\"enabled\":false}")
                .expect(200)
                .json();
        assertThat(every.has("cron")).isFalse();
        assertThat(every.get("state").textValue()).isEqualTo("disabled");
        http.patch("/v1/schedules/s", "{\"timeZone\":\"UTC\"}").expectProblem(400, "invalid-value");
        http.patch("/v1/schedules/s", "{\"queue\":\"none\"}").expectProblem(404, "queue-not-found");
    }

    @Test
    void whereItsQueueIsGoneItIsSaidAndItCanBeDisabled() {
        http.put("/v1/schedules/s", HOURLY).expect(201);
        http.delete("/v1/queues/q").expect(204);
        rig.time().pass(Duration.ofMinutes(61));

        Until.holds(() ->
                http.get("/v1/schedules/s").json().get("state").textValue().equals("failing"));
        JsonNode failing = http.get("/v1/schedules/s").json();
        assertThat(failing.get("failure").textValue()).isEqualTo("there is no queue q");
        assertThat(failing.get("nextMillis").longValue()).isPositive();

        JsonNode disabled =
                http.patch("/v1/schedules/s", "{\"enabled\":false}").expect(200).json();
        assertThat(disabled.get("state").textValue()).isEqualTo("disabled");
        assertThat(disabled.has("failure")).isFalse();
        http.send("POST", "/v1/schedules/s/fire", null, null).expectProblem(404, "queue-not-found");
        http.put("/v1/schedules/t", HOURLY).expectProblem(404, "queue-not-found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | malformed-json",
                "{\"queue\":\"q\",\"message\":{}} | malformed-json",
                "{\"cron\":\"* * * * *\",\"message\":{}} | malformed-json",
                "{\"cron\":\"* * * * *\",\"queue\":\"q\"} | malformed-json",
                "{\"cron\":7,\"queue\":\"q\",\"message\":{}} | malformed-json",
                "{\"cron\":\"* * * * *\",\"queue\":\"q\",\"message\":7} | malformed-json",
                "{\"cron\":\"* * *\",\"queue\":\"q\",\"message\":{}} | invalid-value",
                "{\"cron\":\"0 0 30 2 *\",\"queue\":\"q\",\"message\":{}} | invalid-value",
                "{\"cron\":\"* * * * *\",\"timeZone\":\"Mars\",\"queue\":\"q\",\"message\":{}} | invalid-value",
                "{\"cron\":\"* * * * *\",\"everyMillis\":1000,\"queue\":\"q\",\"message\":{}} | invalid-value",
                "{\"everyMillis\":1000,\"timeZone\":\"UTC\",\"queue\":\"q\",\"message\":{}} | invalid-value",
                "{\"everyMillis\":999,\"queue\":\"q\",\"message\":{}} | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"exchange\":\"x\",\"message\":{}} | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"routingKey\":\"x\",\"message\":{}} | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"missed\":\"some\",\"message\":{}} | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"message\":{\"dueMillis\":1}} | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"message\":{\"expiryMillis\":1}} | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"message\":{\"deduplicationId\":\"a\"}} | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"message\":{\"headers\":{\"millrace-schedule\":1}}}"
                        + " | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"message\":{\"more\":1}} | invalid-value",
                "{\"everyMillis\":1000,\"queue\":\"q\",\"message\":{},\"more\":1} | invalid-value"
            })
    void whatIsWrongIsRefused(String json, String problem) {
        http.put("/v1/schedules/s", json).expectProblem(400, problem);
        assertThat(http.get("/v1/schedules").json().get("schedules")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {65_536, 65_537})
    void aMessageHasABound(int bytes) {
        String json = HOURLY.replace("tick", "x".repeat(bytes));
        if (bytes > ScheduledMessage.BYTES_MAX) {
            http.put("/v1/schedules/s", json).expectProblem(400, "invalid-value");
        } else {
            http.put("/v1/schedules/s", json).expect(201);
            String base64 = Base64.getEncoder().encodeToString(new byte[bytes]);
            http.put("/v1/schedules/t", HOURLY.replace("body", "bodyBase64").replace("tick", base64))
                    .expect(201);
        }
    }

    @Test
    void whoMayNotPublishMayNotHaveAScheduleDoIt() {
        rig.addUser("admin", "secret", true);
        rig.addUser("eve", "secret", false, allow(ResourceKind.SCHEDULE, Action.CREATE, Action.CONFIGURE));
        rig.addUser("ada", "secret", false, allow(ResourceKind.SCHEDULE, Action.CREATE, Action.DESCRIBE), publish());
        rig.addUser("bob", "secret", false, publish());
        Http admin = http.as("admin", "secret");
        Http eve = http.as("eve", "secret");
        Http ada = http.as("ada", "secret");

        eve.put("/v1/schedules/s", HOURLY).expectProblem(403, "forbidden");
        http.as("bob", "secret").put("/v1/schedules/s", HOURLY).expectProblem(403, "forbidden");
        ada.put("/v1/schedules/s", HOURLY).expect(201);
        eve.patch("/v1/schedules/s", "{\"missed\":\"each\"}").expectProblem(403, "forbidden");
        eve.get("/v1/schedules/s").expectProblem(403, "forbidden");
        eve.send("POST", "/v1/schedules/s/fire", null, null).expectProblem(403, "forbidden");
        eve.delete("/v1/schedules/s").expectProblem(403, "forbidden");
        assertThat(eve.get("/v1/schedules").expect(200).json().get("schedules")).isEmpty();
        assertThat(ada.get("/v1/schedules").expect(200).json().get("schedules")).hasSize(1);
        ada.patch("/v1/schedules/s", "{\"missed\":\"each\"}").expectProblem(403, "forbidden");
        ada.send("POST", "/v1/schedules/s/fire", null, null).expect(201);
        admin.put("/v1/exchanges/inner", "{\"type\":\"fanout\",\"internal\":true}")
                .expect(201);
        admin.patch("/v1/schedules/s", "{\"exchange\":\"inner\"}").expectProblem(403, "exchange-internal");
    }

    private static Statement allow(ResourceKind kind, Action... actions) {
        return Statement.allow(List.of(actions), kind, SpaceScope.every(), NamePattern.any());
    }

    private static Statement publish() {
        return allow(ResourceKind.QUEUE, Action.PUBLISH);
    }
}
